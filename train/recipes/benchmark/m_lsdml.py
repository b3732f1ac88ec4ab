"""M-LSDML: LSDML over grey and coloured photographs, whose embeddings are aligned.

Paper: Liu, Lu, Feng, Zhou, TIFS 2018. FG-NET there: 3.74. Result: train/README.md.
"""

from train.methods.metric.m_lsdml import PopulationMetric

METHOD = PopulationMetric("m_lsdml")
