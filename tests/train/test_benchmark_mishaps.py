"""What was measured survives a wrong option, a failure and a damaged file."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from train.activations import start_from
from train.benchmark import Job, benchmark, main, methods_named
from train.methods.method import Predictor
from train.protocols import Sets, protocols_named

FOLDS = "fgnet-3-folds"


@dataclass(frozen=True)
class Broken:
    name: str = "features_knn"

    def fit(self, *_: object) -> Predictor:
        raise ValueError("too few of everything")


@pytest.fixture(scope="module")
def cache(
    tmp_path_factory: pytest.TempPathFactory,
    write_crops: Callable[[Path, str, int, int], None],
) -> Path:
    made = tmp_path_factory.mktemp("crops")
    write_crops(made, "fgnet", 6, 3)
    return made


@pytest.fixture
def ask(cache: Path, small_checkpoint: Path, tmp_path: Path) -> Callable[..., int]:
    """Run the benchmark's command with some words more."""

    def asked(*words: str) -> int:
        common = ["--methods", "features_knn", "--checkpoint", str(small_checkpoint)]
        common += ["--cache", str(cache), "--out", str(tmp_path), "--folds", "3"]
        return main([*common, *words])

    return asked


def row_of(out: Path) -> dict[str, object]:
    return json.loads((out / FOLDS / "table.json").read_text())["features_knn"]


def test_a_wrong_cache_is_one_line_and_leaves_the_table_alone(
    ask: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask() == 0
    before = row_of(tmp_path)
    capsys.readouterr()
    assert ask("--cache", str(tmp_path / "empty")) == 1
    told = capsys.readouterr().err
    assert "holds no crops of fgnet" in told
    assert told.count("\n") == 1
    assert row_of(tmp_path) == before


@pytest.mark.parametrize("count", ["-1", "0", "1", "7"])
def test_folds_that_the_people_cannot_be_dealt_into_are_refused(
    ask: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], count: str
) -> None:
    assert ask("--folds", count) == 1
    assert f"6 people cannot be dealt into {count} folds: give 2 to 6" in capsys.readouterr().err
    assert not list(tmp_path.glob("fgnet-*"))


def test_a_failure_stands_beside_the_numbers_that_were_measured_before(
    cache: Path, small_checkpoint: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    start = start_from(small_checkpoint)
    (protocol,) = protocols_named("fgnet-lopo", Sets(cache, start, cache / "activations"), 3)
    job = Job(tmp_path, start.key, seed=1, resume=False)
    good = methods_named(["features_knn"])
    benchmark(good, protocol, job)
    before = row_of(tmp_path)
    assert benchmark([Broken()], protocol, job) == ["features_knn"]
    assert "features_knn failed" in caplog.text
    assert row_of(tmp_path) == {**before, "failed": "ValueError: too few of everything"}
    text = (tmp_path / FOLDS / "table.md").read_text()
    assert "| features_knn |" in text
    assert "- features_knn failed when it was run last: ValueError: too few" in text
    assert benchmark(good, protocol, job) == []
    assert "failed" not in row_of(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_answer_is_made_anew(
    ask: Callable[..., int],
    tmp_path: Path,
    damage: bytes | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert ask() == 0
    before = row_of(tmp_path)
    answer = tmp_path / FOLDS / "features_knn" / "fold-01.npz"
    whole = answer.read_bytes()
    answer.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert ask("--resume") == 0
    assert f"{answer} is damaged: that fold is answered anew" in caplog.text
    assert {**row_of(tmp_path), "minutes": 0} == {**before, "minutes": 0}


@pytest.mark.parametrize(
    "text", ['{"amr": {"mae": 3.', "[]", "null", '{"amr": "mae"}', '{"amr": {"mae": 5.1}}']
)
def test_a_damaged_table_is_told_in_one_line_before_any_method_runs(
    ask: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    table = tmp_path / FOLDS / "table.json"
    table.parent.mkdir()
    table.write_text(text)
    assert ask() == 1
    told = capsys.readouterr().err.splitlines()
    assert told[-1].startswith(f"{table} is damaged. Delete it;")
    assert not any("Traceback" in line for line in told)
    assert not (tmp_path / FOLDS / "features_knn").exists()
    table.unlink()
    assert ask("--resume") == 0


@pytest.mark.parametrize("number", ["-1", "4294967296"])
def test_a_seed_that_not_every_method_takes_is_refused(
    ask: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    assert ask("--seed", number) == 1
    assert capsys.readouterr().err == "give --seed a number from 0 to 4294967295\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--threads", "--processes"])
@pytest.mark.parametrize("number", ["0", "-2"])
def test_less_than_one_thread_or_process_is_refused(
    ask: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    number: str,
) -> None:
    assert ask(option, number) == 1
    assert capsys.readouterr().err == "give --threads and --processes numbers of 1 or more\n"
    assert not list(tmp_path.iterdir())
