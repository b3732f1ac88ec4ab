"""The stand-in of the NVIDIA driver."""

from tests.engine.models.cuda.standin.fixtures import gpu, libcuda

__all__ = ["gpu", "libcuda"]
