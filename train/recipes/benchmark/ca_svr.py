"""Cumulative attributes and SVR on bio-inspired features.

Paper: Chen, Gong, Xiang, Loy, CVPR 2013. FG-NET is not in the tables of later papers.
Result: train/README.md.
"""

from train.methods.classic.bif import BioInspired
from train.methods.classic.ca_svr import CumulativeAttributes
from train.methods.classic.shallow import Shallow

METHOD = Shallow("ca_svr", BioInspired(), CumulativeAttributes())
