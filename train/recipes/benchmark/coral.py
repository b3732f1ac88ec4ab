"""Parallel ordinal hyperplanes.

Paper: Cao, Mirjalili, Raschka, Pattern Recognition Letters 2020. The biases of a hundred thresholds
must move apart by ten and more before answers are as narrow as they could be: the new head takes
twenty times as many passes as others (with as few, FG-NET comes out at 5.4 years instead of 3.6).
"""

from train.losses.coral import CORALLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("coral", CORALLoss(), head_epochs=600, head_steps=18_000)
