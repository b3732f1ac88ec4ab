"""Frozen features of the common backbone and OHRanker.

Takes the place of "unsupervised VGG + OHRanker" (MORPH 4.58), but is none: the common backbone was
taught the ages of other people, where VGG-Face was taught no ages. Result: train/README.md.
"""

from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import FaceFeatures, Shallow

METHOD = Shallow("features_ohrank", FaceFeatures(), OHRanker())
