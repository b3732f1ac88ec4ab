"""DLDL-v2: label distribution and expected age together.

Paper: Gao, Zhou, Wu, Geng, IJCAI 2018.
"""

from train.losses.dldl_v2 import DLDLv2Loss
from train.methods.fine_tune import FineTune

METHOD = FineTune("dldl_v2", DLDLv2Loss())
