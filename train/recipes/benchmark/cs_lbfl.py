"""CS-LBFL: learnt binary codes of one radius and ranked hyperplanes.

Paper: Lu, Liong, Zhou, TIP 2015. FG-NET there: 4.43. Result: train/README.md.
"""

from train.methods.classic.binary_codes import BinaryCodes
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import Shallow

METHOD = Shallow("cs_lbfl", BinaryCodes(radii=(3,)), OHRanker())
