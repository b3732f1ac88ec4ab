"""OHRanker on bio-inspired features; its paper has active appearance models.

Paper: Chang, Chen, Hung, CVPR 2011. FG-NET there: 4.48. Result: train/README.md.
"""

from train.methods.classic.bif import BioInspired
from train.methods.classic.ohrank import OHRanker
from train.methods.classic.shallow import Shallow

METHOD = Shallow("ohrank", BioInspired(), OHRanker())
