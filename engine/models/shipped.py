"""The models that come with the program, and loading them."""

import os
from dataclasses import dataclass
from pathlib import Path

from engine.models.model import Model
from engine.models.onnx import OnnxModel

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models"
AGE_MODEL = FOLDER / "age.onnx"
DETECTOR = FOLDER / "yunet.onnx"


@dataclass(frozen=True, slots=True)
class Models:
    """The loaded models; several pipelines may share them."""

    detector: Model
    age: Model

    def close(self) -> None:
        """Free both."""
        self.detector.close()
        self.age.close()


def default_threads() -> int:
    """Threads of one model call: up to four usable cores; small networks gain little from more."""
    return min(4, len(os.sched_getaffinity(0)))


def load_models(threads: int = 0, *, age_model: Path = AGE_MODEL) -> Models:
    """Load detector and age model.

    Args:
        threads: Threads of one call; 0 for `default_threads`.
        age_model: Another age model than the shipped one.

    Raises:
        ModelError: A file is missing, damaged or lacks metadata.
    """
    count = threads or default_threads()
    return Models(OnnxModel(DETECTOR, threads=count), OnnxModel(age_model, threads=count))
