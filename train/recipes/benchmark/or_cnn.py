"""Independent binary outputs, one a threshold.

Paper: Niu, Zhou, Wang, Gao, Hua, CVPR 2016.
"""

from train.losses.or_cnn import ORCNNLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("or_cnn", ORCNNLoss())
