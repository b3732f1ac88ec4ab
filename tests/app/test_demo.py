"""The demo, as `make demo` runs it without a screen."""

import csv
from pathlib import Path

import cv2
import pytest

from app.demo import run_demo
from engine.settings import Settings


def test_the_demo_needs_nothing_and_leaves_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_demo(tmp_path, Settings(), window=False) == 0
    for name in ("mp4", "annotated.mp4", "faces.csv", "tracks.csv", "beliefs.png"):
        assert (tmp_path / f"demo.{name}").stat().st_size > 500
    assert not list(tmp_path.glob("*.partial*"))
    chart = cv2.imread(str(tmp_path / "demo.beliefs.png"))
    assert chart.std() > 10
    told = capsys.readouterr().out
    assert "age in the portrait" in told
    with (tmp_path / "demo.tracks.csv").open(newline="") as stream:
        tracks = list(csv.DictReader(stream))
    elder = max(tracks, key=lambda track: float(track["age_median"]))
    assert float(elder["age_p05"]) <= 77 <= float(elder["age_p95"])
