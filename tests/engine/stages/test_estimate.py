from dataclasses import replace
from typing import Any

import pytest

from engine.errors import ModelError
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL
from engine.stages.estimate import AgeEstimator


@pytest.fixture(scope="module")
def spec() -> Any:  # noqa: ANN401
    model = OnnxModel(AGE_MODEL, threads=1)
    model.close()
    return model.spec


@pytest.mark.parametrize(
    "changed",
    [
        {"ages": 50},
        {"ages": "101"},
        {"ages": 10**12},
        {"first_age": None},
        {"side_px": 112},
        {"side_px": "big"},
        {"template": [[0, 0]]},
        {"template": "square"},
        {"template": [[0, 0], [1]]},
    ],
    ids=str,
)
def test_metadata_that_does_not_fit_the_network_is_refused(
    spec: Any,  # noqa: ANN401
    changed: dict[str, object],
) -> None:
    class Changed:
        pass

    Changed.spec = replace(spec, facts={**spec.facts, **changed})
    with pytest.raises(ModelError, match=r"age\.onnx: .* does not fit its network.*train\.export"):
        AgeEstimator(Changed(), batch=8)


def test_a_model_of_another_kind_is_refused(detector_model: OnnxModel) -> None:
    with pytest.raises(ModelError, match="kind 'detector'; expected 'age'"):
        AgeEstimator(detector_model, batch=8)
