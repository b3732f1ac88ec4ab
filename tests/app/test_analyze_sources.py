"""What `analyze` takes for a source, what it leaves out, and what it refuses before it begins."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.analyze import Wish, analyze_all
from engine.errors import SourceError
from engine.settings import Settings


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
