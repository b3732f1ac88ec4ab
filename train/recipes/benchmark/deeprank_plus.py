"""DeepRank+: DeepRank with a ranker for each of four age groups.

Paper: Yang, Lin, Chang, Chen, BMVC 2015. MORPH there: 3.49. Result: train/README.md.
"""

from train.methods.classic.ranking_net import DeepRank
from train.methods.classic.scattering import Scattering
from train.methods.classic.shallow import Shallow

METHOD = Shallow("deeprank_plus", Scattering(), DeepRank((13.0, 25.0, 45.0)), components=500)
