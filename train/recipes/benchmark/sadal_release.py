"""SADAL trained as the authors' code does: one pass, linear generator, nothing detached.

Paper: Sun, Liu, Wang, Yu, Wu, ICME 2019. FG-NET there: 3.67. Result: train/README.md.
"""

from train.methods.metric.learner import Duel
from train.methods.metric.sadal import Sadal

METHOD = Sadal(
    "sadal_release",
    stages=(("release", 4),),
    duel=Duel(margin_mode="source", linear_generator=True),
)
