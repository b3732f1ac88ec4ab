"""Conditional probability neural network on bio-inspired features.

Paper: Geng, Yin, Zhou, TPAMI 2013. FG-NET there: 4.76. Result: train/README.md.
"""

from train.methods.classic.bif import BioInspired
from train.methods.classic.cpnn import ConditionalNetwork
from train.methods.classic.shallow import Shallow

METHOD = Shallow("cpnn", BioInspired(), ConditionalNetwork())
