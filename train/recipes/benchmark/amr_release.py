"""AMR with the numbers of the authors' code: epsilon 1e-3 in the residue, lambdas 0.2 and 0.05.

Paper: Zhao, Qian, Hou, Zeng, ICME 2022. FG-NET there: 3.61; the code selects on tested people.
The code's AdamW rate of 1e-3 and 100 epochs are for a ResNet-50 that has seen no faces; here the
loss is the release's, backbone and schedule are those of all rows.
"""

from train.losses.amr import AMRLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("amr_release", AMRLoss(mean_weight=0.2, residue_weight=0.05, epsilon=1e-3))
