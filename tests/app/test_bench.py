"""The benchmark prints ratios of the same run."""

import json
from pathlib import Path

import pytest

from app.bench import Clip, resident_mb, run_bench
from engine.errors import SettingsError, SinkError
from engine.settings import Settings


def test_the_benchmark_prints_consistent_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    run_bench(
        Clip(people=2, seconds=1.0, size_wh=(640, 360)), Settings(), scaling=False, as_json=True
    )
    found = json.loads(capsys.readouterr().out)
    assert found["frames"] == 25
    assert 0.01 < found["mbit_s"] < 10
    for name in ("exhaustive", "balanced", "fast", "annotate"):
        assert found["decode_fps"] > found[f"{name}_fps"] > 0
        assert 0 < found[f"{name}_share"] < 1
        assert found["work"][name]["stage_ms"]["write"]["p50"] > 0
    assert found["work"]["exhaustive"]["detected_in"] == 25
    assert found["work"]["balanced"]["detected_in"] < 25
    assert found["core_ms"]["balanced"] < found["core_ms"]["exhaustive"]
    assert 50 < found["resident_mb"] <= resident_mb() * 1.5


def test_a_better_quality_makes_a_heavier_clip(tmp_path: Path) -> None:
    sizes = []
    for crf in (30, 15):
        path = tmp_path / f"{crf}.mp4"
        Clip(people=1, seconds=0.4, size_wh=(320, 180), crf=crf).write(path)
        sizes.append(path.stat().st_size)
    assert sizes[1] > 2 * sizes[0]


@pytest.mark.parametrize("size", ["large", "101x78", "100x77", "0x720", "99998x99998", "640"])
def test_a_size_that_cannot_be_made_is_refused(size: str) -> None:
    with pytest.raises(SettingsError, match=f"such as 1280x720; got '{size}'"):
        Clip.parse(5, 20.0, size)


def test_a_clip_that_cannot_be_made_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    odd = Clip(people=1, seconds=0.1, size_wh=(101, 77))
    with pytest.raises(SinkError, match="cannot write"):
        run_bench(odd, Settings(), scaling=False, as_json=True)
    assert "Traceback" not in capfd.readouterr().err
