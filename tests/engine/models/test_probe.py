from collections.abc import Mapping
from pathlib import Path

import onnxruntime
import pytest

from engine.errors import ModelError
from engine.models import probe as probing
from engine.models.model import Array, Model
from engine.models.probe import probe, probe_providers, probe_runtimes
from engine.models.shipped import DETECTOR, Models, load_models
from engine.models.tensorrt.progress import Progress
from engine.settings import RuntimeSettings


class Full:
    """A model that loads, on a GPU that has no memory left to run it."""

    def __init__(self, model: Model) -> None:
        self.spec, self.running = model.spec, model.running
        self.calls = 0
        self.closed = False

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.calls += 1
        raise ModelError(f"CUDA_ERROR_OUT_OF_MEMORY at {list(inputs)}")

    def close(self) -> None:
        self.closed = True


def test_a_runtime_that_fails_while_it_is_timed_hides_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full: list[Full] = []

    def load(settings: RuntimeSettings, progress: Progress) -> Models:
        models = load_models(RuntimeSettings(name="onnxruntime", threads=1), progress=progress)
        if settings.name == "tensorrt":
            full.append(Full(models.age))
            return Models(models.detector, full[0])
        return models

    monkeypatch.setattr(probing, "load_models", load)
    monkeypatch.setattr(probing, "_ROUNDS", 3)
    works, fails = probe_runtimes(("onnxruntime", "tensorrt"))
    assert works.look_ms
    assert works.ages_ms
    assert "CUDA_ERROR_OUT_OF_MEMORY" in fails.found
    assert (fails.look_ms, fails.ages_ms) == (None, None)
    assert full[0].closed
    assert full[0].calls == 1, "what failed is not run again"


def test_the_cpu_runs_the_shipped_detector() -> None:
    probes = {found.name: found for found in probe_providers(DETECTOR)}
    assert probes["CPUExecutionProvider"].usable
    assert "ms" in probes["CPUExecutionProvider"].found


def test_a_web_service_is_not_probed() -> None:
    assert "AzureExecutionProvider" not in {found.name for found in probe_providers(DETECTOR)}


@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.skipif(
    "CUDAExecutionProvider" in onnxruntime.get_available_providers(), reason="this build has CUDA"
)
def test_a_provider_that_gives_way_to_the_cpu_is_not_usable() -> None:
    found = probe(DETECTOR, "CUDAExecutionProvider")
    assert not found.usable
    assert found.found == "ONNX Runtime took CPUExecutionProvider instead"


def test_a_missing_model_is_an_answer_in_one_line(tmp_path: Path) -> None:
    found = probe(tmp_path / "gone.onnx", "CPUExecutionProvider")
    assert not found.usable
    assert "gone.onnx" in found.found
    assert "\n" not in found.found
