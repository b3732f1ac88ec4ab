"""Ordinal triplets and a ranker on one embedding (ODFL, the end-to-end form).

Paper: Liu, Lu, Feng, Zhou, 2017 and 2019. FG-NET there: 3.89.
"""

from train.losses.odfl import ODFLLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("odfl", ODFLLoss())
