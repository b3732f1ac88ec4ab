"""VDAL: SADAL on a variational embedding.

Paper: Liu, Sun, Zhang, Wu, Yu, Sun, IEEE TMM 2020. Result: train/README.md.
"""

from train.methods.metric.sadal import Sadal

METHOD = Sadal("vdal", variational=True)
