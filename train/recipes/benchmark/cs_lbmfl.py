"""CS-LBMFL: learnt binary codes of three radii and ranked hyperplanes.

Paper: Lu, Liong, Zhou, TIP 2015. FG-NET there: 4.36. Result: train/README.md.
"""

from train.methods.classic.binary_codes import BinaryCodes
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import Shallow

METHOD = Shallow("cs_lbmfl", BinaryCodes(radii=(2, 3, 4)), OHRanker())
