"""CSOHR: ranked hyperplanes on the scattering transform.

Paper: Chang, Chen, TIP 2015. FG-NET there: 4.70. Result: train/README.md.
"""

from train.methods.classic.ohrank import OHRanker
from train.methods.classic.scattering import Scattering
from train.methods.classic.shallow import Shallow

METHOD = Shallow("csohr", Scattering(), OHRanker())
