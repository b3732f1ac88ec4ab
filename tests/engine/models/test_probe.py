from pathlib import Path

import onnxruntime
import pytest

from engine.models.probe import probe, probe_providers
from engine.models.shipped import DETECTOR


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
