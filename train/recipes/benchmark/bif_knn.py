"""Bio-inspired features and nearest neighbours: the weak baseline of the papers' tables.

FG-NET in their tables: 8.24. Result: train/README.md.
"""

from train.methods.classic.bif import BioInspired
from train.methods.classic.knn import NearestNeighbours
from train.methods.classic.shallow import Shallow

METHOD = Shallow("bif_knn", BioInspired(), NearestNeighbours())
