"""Kernel ridge regression on all layers of the common backbone and of the face network beside it.

Our own, after Bukar and Ugail, 2017, who found layers before the last to tell more of FG-NET's
ages. Needs --face-weights for its best numbers. Result: train/README.md.
"""

from train.methods.layers import AllLayers

METHOD = AllLayers("all_layers")
