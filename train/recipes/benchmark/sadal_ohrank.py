"""SADAL, read by ranked hyperplanes on its points.

Paper: Sun, Liu, Wang, Yu, Wu, ICME 2019. FG-NET there: 3.67. Result: train/README.md.
"""

from train.methods.metric.sadal import Sadal

METHOD = Sadal("sadal_ohrank", reading="ohrank")
