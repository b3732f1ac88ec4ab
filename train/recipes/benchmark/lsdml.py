"""LSDML: ranking and label-sensitive pairs, fine-tuned as all deep rows are.

Paper: Liu, Lu, Feng, Zhou, TIFS 2018. FG-NET there: 3.92. Result: train/README.md.
"""

from train.losses.lsdml import LSDMLLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("lsdml", LSDMLLoss())
