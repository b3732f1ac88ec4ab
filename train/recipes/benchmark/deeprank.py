"""DeepRank: a ranking network on the scattering transform.

Paper: Yang, Lin, Chang, Chen, BMVC 2015. MORPH there: 3.57. Result: train/README.md.
"""

from train.methods.classic.ranking_net import DeepRank
from train.methods.classic.scattering import Scattering
from train.methods.classic.shallow import Shallow

METHOD = Shallow("deeprank", Scattering(), DeepRank(), components=500)
