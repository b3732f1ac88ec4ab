"""Label distribution learning (IIS-LLD) on bio-inspired features.

Paper: Geng, Yin, Zhou, TPAMI 2013. FG-NET there: 5.77. Result: train/README.md.
"""

from train.methods.classic.bif import BioInspired
from train.methods.classic.ldl import MaximumEntropy
from train.methods.classic.shallow import Shallow

METHOD = Shallow("ldl", BioInspired(), MaximumEntropy())
