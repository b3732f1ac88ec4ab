"""TensorRT: engines are built on first use, kept on disk, and run on the first NVIDIA GPU."""

from engine.models.tensorrt.load import load_tensorrt

__all__ = ["load_tensorrt"]
