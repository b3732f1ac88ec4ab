"""SADAL in the authors' setting: all losses at once, of weight 1, one-hot ages, nothing detached.

Departs from their code, beside what `train.methods.metric` says of trunk and embedding: softmax and
metric share the trunk and learn together (how theirs were joined is not released); quadruplets are
drawn anew each time, eight a step (theirs: lists in order, sixteen), also where an age has one
neighbour only; rates are ours, for theirs are not released. G's last term is squared and measured
through f, theirs neither; of the older neighbour G is shown j before i, theirs i before j. Slips of
their last version (no hinge in D, one neighbour lost in G) are not taken over.

Paper: Sun, Liu, Wang, Yu, Wu, ICME 2019. FG-NET there: 3.67. Result: train/README.md.
"""

from train.methods.metric.learner import Duel
from train.methods.metric.sadal import Sadal

METHOD = Sadal(
    "sadal_release",
    stages=(("release", 4),),
    duel=Duel(margin_mode="source", linear_generator=True, metric_weight=1.0, sigma_years=0.0),
)
