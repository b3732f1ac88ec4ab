"""What `analyze` takes for a source, what it leaves out, and what it refuses before it begins."""

import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.analyze import Wish, analyze_all
from engine.errors import ModelError, SettingsError, SinkError, SourceError
from engine.settings import DetectSettings, Settings


@pytest.fixture
def dot(tmp_path: Path) -> Path:
    """A picture of one pixel."""
    path = tmp_path / "dot.png"
    cv2.imwrite(str(path), np.zeros((1, 1, 3), np.uint8))
    return path


def names(out: Path) -> set[str]:
    return {path.name.split(".")[0] for path in out.glob("*.faces.csv")}


def test_a_pattern_leaves_out_results_and_a_name_does_not(
    dot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = [dot.with_name("a.annotated.png"), dot.with_name("a.contact-1.jpg")]
    for path in ours:
        path.write_bytes(dot.read_bytes())
    wish = Wish(tmp_path / "out", report=False)
    pattern = f"{tmp_path}/*.[pj][np]g"
    assert analyze_all([pattern], wish, Settings()) == 0
    assert names(wish.out) == {"dot"}  # type: ignore[arg-type]
    assert f"left out: {ours[0]}, {ours[1]}. Name" in capsys.readouterr().err
    assert analyze_all([str(ours[0])], wish, Settings()) == 0
    assert f"analysed: {ours[0]}. Whoever" in capsys.readouterr().err
    dot.unlink()
    with pytest.raises(SourceError, match="nothing but results of this program"):
        analyze_all([pattern], wish, Settings())


@pytest.mark.skipif(find_spec("mediapipe") is not None, reason="the extra mediapipe is installed")
def test_what_cannot_be_used_is_refused_before_a_source_is_begun(
    dot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert analyze_all([str(dot)], Wish(out, quiet=True), Settings()) == 0
    before = (out / "manifest.json").read_bytes()
    missing = Settings(detect=DetectSettings(detector="mediapipe"))
    for jobs in (1, 2):
        wish = Wish(out, resume=True, jobs=jobs, timeout_s=60.0 * (jobs - 1), quiet=True)
        with pytest.raises(ModelError, match="mediapipe is not installed"):
            analyze_all([str(dot)], wish, missing)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)  # what Python does for a missing one
    with pytest.raises(SinkError, match="need pyarrow"):
        analyze_all([str(dot)], Wish(out, ("parquet",), resume=True, quiet=True), Settings())
    assert (out / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(("source", "out", "what"), [("dot.png", "", "--out"), ("", "o", "source")])
def test_an_empty_name_is_not_the_current_folder(
    source: str, out: str, what: str, dot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(dot.parent)
    with pytest.raises(SettingsError, match=f"{what} is empty"):
        analyze_all([source], Wish(out), Settings())
    assert list(dot.parent.iterdir()) == [dot]
