"""The benchmark prints ratios of the same run."""

import json

import pytest

from app.bench import resident_mb, run_bench


def test_the_benchmark_prints_consistent_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    run_bench(1.0, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["frames"] == 25
    assert found["decode_fps"] > found["exhaustive_fps"] > 0
    assert found["detect_fps"] >= 0.9 * found["exhaustive_fps"]
    assert found["exhaustive_share"] == pytest.approx(
        found["exhaustive_fps"] / found["decode_fps"], rel=0.01
    )
    assert 50 < found["resident_mb"] <= resident_mb() * 1.5
