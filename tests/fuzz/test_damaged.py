"""Damaged videos, pictures, cameras and models: no crash, no hang, the engine's own errors only."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEW = {"containers": 60, "models": 25, "rtsp": 4}
MANY = 2000
_LONGEST_S = 3600


def endure(target: str, first: int, last: int) -> list[str]:
    """What went wrong, by trial: each time the rest goes on in a new process."""
    failures = []
    while first < last:
        program = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz.targets"]
        ended = subprocess.run(
            [*program, target, str(first), str(last)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
        )
        if ended.returncode == 0:
            return failures
        at = int((ended.stdout.split() or [str(last)])[-1])
        failures.append(f"{target} {at}: exit code {ended.returncode}\n{ended.stderr[-1500:]}")
        first = at + 1
    return failures


@pytest.mark.parametrize("target", FEW)
def test_a_few_do_no_harm(target: str) -> None:
    assert endure(target, 0, FEW[target]) == []


@pytest.mark.slow
@pytest.mark.parametrize("target", FEW)
def test_two_thousand_do_no_harm(target: str) -> None:
    """Cameras mostly wait, so many are tried side by side."""
    side_by_side = 8 if target == "rtsp" else 1
    share = MANY // side_by_side
    with ThreadPoolExecutor(side_by_side) as pool:
        firsts = range(0, MANY, share)
        found = pool.map(lambda first: endure(target, first, first + share), firsts)
        assert [failure for failures in found for failure in failures] == []
