"""OpenVINO keeps the contract of models and gives what ONNX Runtime gives."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.models.model import EXACT_FIRST
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image
from tests.engine.models.made import SIDE_PX, random_crops

if find_spec("openvino") is None:  # importing it any other way than the engine does reports it
    pytest.skip("the extra openvino is not installed", allow_module_level=True)

from engine.models.openvino import _CORE, OpenVinoModel, parted, precisions_for

SHIPPED = (DETECTOR, AGE_MODEL)
MOST_YEARS = {"float32": (0.001, 0.001), "float16": (0.05, 0.2), "bfloat16": (0.06, 0.35)}
"""By what it computes in, how far ages may be apart in the mean and at worst."""


@pytest.fixture(scope="module")
def age_openvino() -> Iterator[OpenVinoModel]:
    model = OpenVinoModel(AGE_MODEL, threads=2)
    yield model
    model.close()


@pytest.fixture(scope="module")
def detector_openvino() -> Iterator[OpenVinoModel]:
    model = OpenVinoModel(DETECTOR, threads=2)
    yield model
    model.close()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_both_runtimes_read_the_same_out_of_a_file(path: Path) -> None:
    assert OpenVinoModel(path, threads=1).spec == OnnxModel(path, threads=1).spec


def test_it_says_what_really_runs(age_openvino: OpenVinoModel) -> None:
    running = age_openvino.running
    assert (running.runtime, running.device, running.gpu) == ("openvino", "CPU", False)
    assert running.precision in MOST_YEARS


@pytest.mark.parametrize(
    ("kind", "capabilities", "precisions"),
    [
        ("age", ["FP32", "INT8"], ("f32",)),
        ("age", ["FP32", "BF16"], ("f32", "bf16")),
        ("age", ["FP32", "BF16", "FP16"], ("f32", "f16")),
        ("detector", ["FP32", "INT8"], ("f32",)),
        ("detector", ["FP32", "BF16"], ("bf16", "f32")),
        ("detector", ["FP32", "BF16", "FP16"], ("f16",)),
    ],
)
def test_half_precision_is_used_where_the_cpu_has_it_and_the_network_bears_it(
    kind: str, capabilities: list[str], precisions: tuple[str, ...]
) -> None:
    assert precisions_for(kind, capabilities) == precisions


def test_an_age_network_is_cut_after_the_convolutions_that_stay_exact() -> None:
    parts = parted(_CORE.read_model(AGE_MODEL), "age")
    convolutions = [
        sum("Convolution" in op.get_type_name() for op in part.get_ops()) for part in parts
    ]
    assert convolutions == [EXACT_FIRST["age"], 27 - EXACT_FIRST["age"]]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_network_in_two_parts_answers_like_the_whole(path: Path) -> None:
    exact = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    whole = _CORE.compile_model(_CORE.read_model(path), "CPU", exact)
    first, rest = (
        _CORE.compile_model(part, "CPU", exact)
        for part in parted(_CORE.read_model(path), "age" if path == AGE_MODEL else "detector")
    )
    pictures = random_crops(2, side_px=SIDE_PX if path == AGE_MODEL else 192)
    expected, found = whole(pictures), rest(list(first(pictures).values()))
    for port in whole.outputs:
        name = port.get_any_name()
        np.testing.assert_allclose(found[name], expected[name], atol=1e-4)


def test_a_batch_of_any_size_goes_in_and_comes_out(
    age_openvino: OpenVinoModel, distinct_crops: Image
) -> None:
    all_rows = age_openvino({"crops": distinct_crops[:5]})["probabilities"]
    for batch in (1, 3, 0):
        rows = age_openvino({"crops": distinct_crops[:batch]})["probabilities"]
        np.testing.assert_allclose(rows, all_rows[:batch], atol=1e-6)


def test_answers_belong_to_the_caller(age_openvino: OpenVinoModel) -> None:
    first = age_openvino({"crops": random_crops(1)})["probabilities"]
    before = first.copy()
    age_openvino({"crops": 255 - random_crops(1)})
    np.testing.assert_array_equal(first, before)


def test_several_threads_may_call_one_model(
    age_openvino: OpenVinoModel, distinct_crops: Image
) -> None:
    crops = distinct_crops[:4]
    expected = age_openvino({"crops": crops})["probabilities"]
    wrong: list[int] = []

    def call(row: int) -> None:
        for _ in range(20):
            found = age_openvino({"crops": crops[row : row + 1]})["probabilities"]
            if np.abs(found - expected[row]).max() > 1e-5:
                wrong.append(row)

    threads = [threading.Thread(target=call, args=(row,)) for row in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_closed_model_says_so() -> None:
    model = OpenVinoModel(AGE_MODEL, threads=1)
    model.close()
    model.close()
    with pytest.raises(ModelError, match="is closed"):
        model({"crops": random_crops(1)})


def test_wrong_crops_are_refused_in_the_words_of_every_runtime(
    age_openvino: OpenVinoModel, age_model: OnnxModel
) -> None:
    for model in (age_openvino, age_model):
        with pytest.raises(ValueError, match=r"'crops' is uint8 \(1, 64, 64, 3\); expected"):
            model({"crops": random_crops(1, side_px=64)})
        with pytest.raises(ValueError, match="is float32"):
            model({"crops": random_crops(1).astype(np.float32)})
        with pytest.raises(ValueError, match="takes the inputs crops; got pictures"):
            model({"pictures": random_crops(1)})


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx does not exist"):
        OpenVinoModel(tmp_path / "gone.onnx", threads=1)
    text = tmp_path / "text.onnx"
    text.write_text("hello")
    with pytest.raises(ModelError, match=r"text\.onnx could not be loaded") as caught:
        OpenVinoModel(text, threads=1)
    assert "\n" not in str(caught.value)
    foreign = onnx.load(AGE_MODEL)
    del foreign.metadata_props[:]
    onnx.save(foreign, tmp_path / "foreign.onnx")
    with pytest.raises(ModelError, match="no agescope model"):
        OpenVinoModel(tmp_path / "foreign.onnx", threads=1)


def test_loading_it_reports_nothing_to_anybody(tmp_path: Path) -> None:
    code = (
        "import sys, threading\n"
        "sys.addaudithook(lambda name, _: name.startswith('socket') and sys.exit(name))\n"
        "import engine.models.openvino\n"
        "sys.exit(threading.active_count() - 1 or 'openvino_telemetry' in sys.modules)"
    )
    homes = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **homes}, check=True)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_reaches_a_program_whose_models_are_closed() -> None:
    code = (
        "import signal, sys\n"
        "from engine.models.openvino import OpenVinoModel\n"
        "from engine.models.shipped import AGE_MODEL, DETECTOR\n"
        "models = [OpenVinoModel(path, threads=1) for path in (DETECTOR, AGE_MODEL)]\n"
        "while models:\n"
        "    models.pop(0).close()\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(42))\n"
        "signal.raise_signal(signal.SIGINT)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 42


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path) -> None:
    (tmp_path / "openvino.py").write_text("raise ImportError('libopenvino.so: cannot open')")
    code = "import engine.models.openvino"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "cannot be used: libopenvino.so: cannot open" in answer.stderr
    assert "pip install -e '.[openvino]'" in answer.stderr


def years_apart(ours: OpenVinoModel, theirs: OnnxModel, crops: Image) -> NDArray[np.float64]:
    ages = [AgeEstimator(model, batch=8)(crops).mean() for model in (ours, theirs)]
    return np.abs(ages[0] - ages[1])


def assert_same_faces(ours: OpenVinoModel, theirs: OnnxModel, frames: list[Frame]) -> None:
    worst_px = 0.01 if ours.running.precision == "float32" else 0.5
    scale = DetectorScale(20, 14)
    for frame in frames:
        found, expected = (
            YuNetDetector(model, scale, score_threshold=0.5)(frame) for model in (ours, theirs)
        )
        np.testing.assert_allclose(found.boxes, expected.boxes, atol=worst_px)
        np.testing.assert_allclose(found.landmarks, expected.landmarks, atol=worst_px)


def test_ages_agree_on_the_shipped_pictures(
    age_openvino: OpenVinoModel, age_model: OnnxModel, shipped_crops: Image
) -> None:
    _, worst = MOST_YEARS[age_openvino.running.precision]
    assert years_apart(age_openvino, age_model, shipped_crops).max() <= worst


def test_faces_agree_on_the_shipped_pictures(
    detector_openvino: OpenVinoModel, detector_model: OnnxModel, shipped_frames: list[Frame]
) -> None:
    assert_same_faces(detector_openvino, detector_model, shipped_frames)


@pytest.mark.data
def test_ages_agree_on_200_people(
    age_openvino: OpenVinoModel, age_model: OnnxModel, real_crops: Image
) -> None:
    mean, worst = MOST_YEARS[age_openvino.running.precision]
    apart = years_apart(age_openvino, age_model, real_crops)
    assert len(apart) == 200
    assert apart.mean() <= mean
    assert apart.max() <= worst


@pytest.mark.data
def test_threads_change_no_age(age_openvino: OpenVinoModel, real_crops: Image) -> None:
    alone = OpenVinoModel(AGE_MODEL, threads=1)
    for crops in (real_crops[:1], real_crops[:5], real_crops[:8]):
        ours, theirs = (m({"crops": crops})["probabilities"] for m in (age_openvino, alone))
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.data
def test_faces_agree_in_clips(
    detector_openvino: OpenVinoModel, detector_model: OnnxModel, clip_frames: list[Frame]
) -> None:
    assert_same_faces(detector_openvino, detector_model, clip_frames)
