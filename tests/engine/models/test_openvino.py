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

from engine.errors import ModelError
from engine.models.onnx import OnnxModel
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image

if find_spec("openvino") is None:  # importing it any other way than the engine does reports it
    pytest.skip("the extra openvino is not installed", allow_module_level=True)

from engine.models.openvino import OpenVinoModel, openvino, parts_of, precisions_for

SHIPPED = (DETECTOR, AGE_MODEL)
EXACT = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}


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


def random_pictures(count: int, side: int = 144) -> Image:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_both_runtimes_read_the_same_out_of_a_file(path: Path) -> None:
    assert OpenVinoModel(path, threads=1).spec == OnnxModel(path, threads=1).spec


def test_it_says_what_really_runs(age_openvino: OpenVinoModel) -> None:
    running = age_openvino.running
    assert (running.runtime, running.device, running.gpu) == ("openvino", "CPU", False)
    assert running.precision in ("float32", "bfloat16", "float16")


@pytest.mark.parametrize(
    ("kind", "capabilities", "precisions"),
    [
        ("age", ["FP32", "INT8"], ("f32",)),
        ("age", ["FP32", "BF16"], ("bf16",)),
        ("age", ["FP32", "BF16", "FP16"], ("f16",)),
        ("detector", ["FP32", "INT8"], ("f32",)),
        ("detector", ["FP32", "BF16"], ("bf16", "f32")),
        ("detector", ["FP32", "BF16", "FP16"], ("f16",)),
    ],
)
def test_half_precision_is_used_where_the_cpu_has_it_and_boxes_stay_sharp(
    kind: str, capabilities: list[str], precisions: tuple[str, ...]
) -> None:
    assert precisions_for(kind, capabilities) == precisions


def test_a_network_in_two_parts_answers_like_the_whole() -> None:
    core = openvino.Core()
    whole = core.compile_model(core.read_model(DETECTOR), "CPU", EXACT)
    body, heads = (
        core.compile_model(part, "CPU", EXACT) for part in parts_of(core.read_model(DETECTOR))
    )
    for size_hw in ((160, 192), (96, 320)):
        image = np.random.default_rng(0).integers(0, 256, (2, *size_hw, 3), np.uint8)
        expected, found = whole(image), heads(list(body(image).values()))
        for port in whole.outputs:
            name = port.get_any_name()
            np.testing.assert_allclose(found[name], expected[name], atol=1e-4)


def test_a_batch_of_any_size_goes_in_and_comes_out(age_openvino: OpenVinoModel) -> None:
    all_rows = age_openvino({"crops": random_pictures(5)})["probabilities"]
    for batch in (1, 3, 0):
        rows = age_openvino({"crops": random_pictures(5)[:batch]})["probabilities"]
        np.testing.assert_allclose(rows, all_rows[:batch], atol=1e-6)


def test_answers_belong_to_the_caller(age_openvino: OpenVinoModel) -> None:
    first = age_openvino({"crops": random_pictures(1)})["probabilities"]
    before = first.copy()
    age_openvino({"crops": 255 - random_pictures(1)})
    np.testing.assert_array_equal(first, before)


def test_several_threads_may_call_one_model(age_openvino: OpenVinoModel) -> None:
    crops = random_pictures(4)
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
        model({"crops": random_pictures(1)})


def test_wrong_crops_are_refused_in_the_words_of_every_runtime(
    age_openvino: OpenVinoModel, age_model: OnnxModel
) -> None:
    for model in (age_openvino, age_model):
        with pytest.raises(ValueError, match=r"'crops' is uint8 \(1, 64, 64, 3\); expected"):
            model({"crops": random_pictures(1, 64)})
        with pytest.raises(ValueError, match="is float32"):
            model({"crops": random_pictures(1).astype(np.float32)})
        with pytest.raises(ValueError, match="takes the inputs crops; got pictures"):
            model({"pictures": random_pictures(1)})


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
    assert "pip install 'agescope[openvino]'" in answer.stderr


def assert_same_ages(ours: OpenVinoModel, theirs: OnnxModel, crops: Image) -> None:
    ages = [AgeEstimator(model, batch=8)(crops).mean() for model in (ours, theirs)]
    worst_years = 0.001 if ours.running.precision == "float32" else 0.2
    assert np.abs(ages[0] - ages[1]).max() < worst_years


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
    assert_same_ages(age_openvino, age_model, shipped_crops)


def test_faces_agree_on_the_shipped_pictures(
    detector_openvino: OpenVinoModel, detector_model: OnnxModel, shipped_frames: list[Frame]
) -> None:
    assert_same_faces(detector_openvino, detector_model, shipped_frames)


@pytest.mark.data
def test_ages_agree_on_200_people(
    age_openvino: OpenVinoModel, age_model: OnnxModel, real_crops: Image
) -> None:
    assert_same_ages(age_openvino, age_model, real_crops)


@pytest.mark.data
def test_faces_agree_in_clips(
    detector_openvino: OpenVinoModel, detector_model: OnnxModel, clip_frames: list[Frame]
) -> None:
    assert_same_faces(detector_openvino, detector_model, clip_frames)
