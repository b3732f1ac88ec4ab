"""Frozen features of the common backbone and nearest neighbours.

Takes the place of "unsupervised VGG + KNN" (MORPH 7.21), but is none: the common backbone was
taught the ages of other people, where VGG-Face was taught no ages. Result: train/README.md.
"""

from train.methods.classic.knn import NearestNeighbours
from train.methods.classic.shallow import FaceFeatures, Shallow

METHOD = Shallow("features_knn", FaceFeatures(), NearestNeighbours())
