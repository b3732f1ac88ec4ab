"""Cross-entropy on the whole age, as in DEX; also the ablation of AMR that has neither term.

Paper: Rothe, Timofte, Van Gool, IJCV 2018. FG-NET there: 4.63, pre-trained on ImageNet.
"""

from train.losses.dldl import DLDLLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("single_label", DLDLLoss(sigma_years=0.0))
