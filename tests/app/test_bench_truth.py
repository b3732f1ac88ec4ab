"""`bench --truth` on scenes so small that only its form can be judged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.bench_truth import Trial, run_truth
from app.cli import app
from engine.errors import SourceError
from engine.settings import Effort, Settings

CONTRACT = {
    "recall_24px",
    "idf1",
    "id_switches",
    "frame_mae",
    "track_mae",
    "coverage90",
    "width90",
    "jitter",
    "flips",
}


def test_every_effort_is_told_in_numbers() -> None:
    options = ["--scenes", "1", "--people", "2", "--seconds", "3", "--json"]
    done = CliRunner().invoke(app, ["bench", "--truth", *options])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["scenes"], found["people"], found["faces"]) == (1, 2, "portraits")
    for effort in Effort:
        numbers = found[effort.value]
        assert numbers.keys() >= CONTRACT
        assert 0.5 < numbers["recall_24px"] <= 1
        assert 0 <= numbers["coverage90"] <= 1


def test_photographs_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no photograph whose name tells an age"):
        run_truth(Trial(1, 1, tmp_path, 1.0), Settings(), as_json=False)
