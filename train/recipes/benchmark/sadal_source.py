"""SADAL with the margin as printed, where wider gaps want smaller distances.

Paper: Sun, Liu, Wang, Yu, Wu, ICME 2019. FG-NET there: 3.67. Result: train/README.md.
"""

from train.methods.metric.learner import Duel
from train.methods.metric.sadal import Sadal

METHOD = Sadal("sadal_source", duel=Duel(margin_mode="source"))
