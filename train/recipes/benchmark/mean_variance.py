"""Mean-variance loss.

Paper: Pan, Han, Shan, Chen, CVPR 2018. FG-NET there: 4.10, and 2.68 after IMDB-WIKI.
"""

from train.losses.mean_variance import MeanVarianceLoss
from train.methods.fine_tune import FineTune

METHOD = FineTune("mean_variance", MeanVarianceLoss())
