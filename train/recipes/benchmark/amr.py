"""AMR as recommended: cross-entropy + 0.2 mean + 0.05 residue, pure form; lambdas of the paper.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022. FG-NET there: 3.61. Result: train/README.md.
"""

from train.losses.amr import AMRLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("amr", AMRLoss(mean_weight=0.2, residue_weight=0.05))
