"""The demo, as `make demo` runs it without a screen."""

import csv
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from app import cli, demo
from app.demo import run_demo
from engine.settings import Settings


def test_the_demo_needs_nothing_and_leaves_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_demo(tmp_path, Settings(), window=None) == 0
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


@pytest.mark.parametrize(("words", "smallest_px"), [((), 60), (("--no-window",), None)])
def test_the_window_of_the_demo_begins_with_the_settings_that_it_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], smallest_px: int | None
) -> None:
    ran: list[tuple[Settings, Settings | None]] = []

    def run(_: Path, settings: Settings, *, window: Settings | None) -> int:
        ran.append((settings, window))
        return 0

    monkeypatch.setattr(demo, "run_demo", run)
    monkeypatch.setattr("app.preferences.config_folder", lambda: tmp_path)
    (tmp_path / "settings.toml").write_text("[detect]\nsmallest_face_px = 60\n")
    assert CliRunner().invoke(cli.app, ["demo", *words]).exit_code == 0
    ((settings, window),) = ran
    assert settings == Settings(), "what the demo tells is the same for everybody"
    assert (window and window.detect.smallest_face_px) == smallest_px
