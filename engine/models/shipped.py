"""The models that come with the program, and loading them."""

from dataclasses import dataclass
from pathlib import Path

from engine.errors import AgescopeError
from engine.models.choose import choose, load_model
from engine.models.model import Model
from engine.models.tensorrt.progress import Progress, silent
from engine.settings import RuntimeSettings

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models"
AGE_MODEL = FOLDER / "age.onnx"
DETECTOR = FOLDER / "yunet.onnx"


@dataclass(frozen=True, slots=True)
class Models:
    """The loaded models. Several pipelines in several threads may share them."""

    detector: Model
    age: Model

    def close(self) -> None:
        """Free both."""
        self.detector.close()
        self.age.close()


def load_models(
    settings: RuntimeSettings | None = None,
    *,
    age_model: Path = AGE_MODEL,
    progress: Progress = silent,
) -> Models:
    """Load detector and age model, each into the runtime asked for or the fastest for it.

    Args:
        settings: What runs them; None for the defaults.
        age_model: Another age model than the shipped one.
        progress: Told what takes long and how far it is, 0..1, such as building an engine on first
            use. What it raises stops the loading.

    Raises:
        ModelError: A file is missing, damaged or lacks metadata; or the runtime that was asked for
            cannot be used here. Another one is never taken instead.
    """
    settings = settings or RuntimeSettings()
    detector = load_model(DETECTOR, choose(settings, DETECTOR), settings, progress)
    try:
        age = load_model(age_model, choose(settings, age_model), settings, progress)
        return Models(detector, age)
    except AgescopeError:
        detector.close()
        raise
