"""The whole chain on photographs that this file makes: crops, fit, calibrate, export."""

import importlib
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch

from engine.models.onnx import OnnxModel
from engine.stages.estimate import AgeEstimator
from engine.values.frame import Frame, Image
from train.checkpoint import load_average, recipe_of
from train.command import ended
from train.commit import commit
from train.data.augment import plain
from train.data.crops import load, newest
from train.deployed import Deployed
from train.export import TOLERANCE_YEARS, read_calibration

ROOT = Path(__file__).parents[2]
RECIPE = """
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="tiny", data_sets=("folder",), loss=AMRLoss(), side_px=32, epochs=1, batch=4,
    frozen_layers=20,
)
"""
PHOTOS, FRAMES = 16, 36


@pytest.fixture
def small_world(tmp_path: Path, portrait: Frame, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of portraits that are the brighter the older, a clip of one, and a recipe."""
    monkeypatch.chdir(ROOT)
    face = cv2.resize(portrait.image[:300, 80:380], (200, 200), interpolation=cv2.INTER_AREA)
    (tmp_path / "own").mkdir()
    (tmp_path / "clips").mkdir()
    rows = ["file,age,split"]
    for number in range(PHOTOS):
        age, split = 10 + 5 * number, "val" if number % 4 == 3 else "train"
        shown = cv2.convertScaleAbs(face, alpha=0.5 + age / 160)
        cv2.imwrite(str(tmp_path / "own" / f"{number}.jpg"), shown[:, :, ::-1])
        rows.append(f"{number}.jpg,{age},{split}")
    (tmp_path / "own" / "labels.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "tiny.py").write_text(RECIPE)
    write_clip(tmp_path / "clips" / "one.mkv", face)
    return tmp_path


def write_clip(path: Path, face: Image) -> None:
    """The face wanders over a grey picture."""
    with av.open(path, "w") as file:
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(FRAMES):
            picture = np.full((240, 320, 3), 90, np.uint8)
            picture[20:220, 40 + number : 240 + number] = face
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def run(monkeypatch: pytest.MonkeyPatch, name: str, *words: object) -> None:
    module = importlib.import_module(f"train.{name}")
    monkeypatch.setattr(sys, "argv", [name, *map(str, words)])
    assert ended(module.main) == 0


@pytest.mark.filterwarnings("ignore")  # the exporter of torch warns about itself
def test_photographs_become_a_model_that_answers_as_its_checkpoint(
    small_world: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    at, runs, model = small_world, small_world / "runs", small_world / "age.onnx"
    cache = ("--cache", at / "crops")
    run(monkeypatch, "data.crops", "folder", at / "own", *cache)
    run(monkeypatch, "fit", at / "tiny.py", *cache, "--out", runs, "--from-chance")
    run(monkeypatch, "calibrate", runs / "tiny.pt", *cache, "--clips", at / "clips")
    assert not [r for r in caplog.records if r.levelname in ("WARNING", "ERROR")]
    run(monkeypatch, "export", runs / "tiny.pt", model)  # torch's exporter warns about itself

    engine = OnnxModel(model, threads=1)
    assert (engine.spec.name, engine.spec.fact("data")) == ("tiny", ["folder"])
    assert engine.spec.fact("commit") == commit()
    assert engine.spec.fact("crops") == [newest(at / "crops", "folder").stem]
    crops = load(at / "crops", "folder")
    assert len(crops.photos) == PHOTOS
    seen = plain(np.asarray(crops.pixels[:PHOTOS]), 32)
    found = AgeEstimator(engine, batch=8)(seen)
    net = load_average(runs / "tiny.pt", recipe_of(runs / "tiny.pt").ages)
    deployed = Deployed(net, read_calibration(runs / "tiny.pt", net).widths).eval()
    with torch.inference_mode():
        expected = deployed(torch.from_numpy(np.ascontiguousarray(seen))).numpy()
    apart = np.abs((found.probs - expected) @ np.arange(101)).max()
    assert apart < TOLERANCE_YEARS
