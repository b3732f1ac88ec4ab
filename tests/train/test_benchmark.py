"""From cached crops to the table, on a data set that this file makes."""

import csv
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError, SettingsError
from engine.values.age import AgeDistribution
from train.activations import start_from
from train.benchmark import REVISION, Job, answered, benchmark, main, methods_named, run
from train.data.crops import load
from train.losses.amr import AMRLoss
from train.losses.regression import RegressionLoss
from train.methods.fine_tune import FineTune
from train.methods.method import AGES, LazyRows, Method, Predictor, Samples, Spread
from train.methods.metric.learner import Duel
from train.methods.metric.sadal import Sadal
from train.protocols import Protocol, Sets, protocols_named

OURS = (("rank", 1), ("real", 1), ("adversary", 2))
AMR = FineTune("amr", AMRLoss(), epochs=1, batch=4)
POINTS = FineTune("points", RegressionLoss(), epochs=1, batch=4, head_epochs=2)


@dataclass(frozen=True)
class Median:
    """Answers the median of what it learnt from; counts how often it was asked to learn."""

    fits: list[int]
    name: str = "median"

    def __repr__(self) -> str:
        return "Median()"

    def fit(self, train: Samples, watch: Samples, seed: int) -> Predictor:
        assert not set(train.groups) & set(watch.groups)
        self.fits.append(seed)
        middle = float(np.median(train.years))
        spread = Spread.of(np.full(len(watch), middle), watch.years)
        return lambda samples: spread.around(np.full(len(samples), middle))


@dataclass(frozen=True)
class Broken:
    name: str = "broken"
    kind: type[Exception] = ValueError

    def fit(self, *_: object) -> Predictor:
        raise self.kind("too few of everything")


@pytest.fixture(scope="module")
def sets(
    tmp_path_factory: pytest.TempPathFactory,
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
) -> Sets:
    cache = tmp_path_factory.mktemp("crops")
    write_crops(cache, "fgnet", 6, 3)
    write_crops(cache, "aaf", 8, 2)
    return Sets(cache, start_from(small_checkpoint), cache / "activations")


def lopo(sets: Sets) -> Protocol:
    return protocols_named("fgnet-lopo", sets, None)[0]


def job(out: Path, sets: Sets, *, resume: bool = True) -> Job:
    return Job(out, sets.start.key, seed=1, resume=resume)


def table_of(out: Path) -> dict[str, dict[str, object]]:
    return json.loads((out / "fgnet-lopo" / "table.json").read_text())


def test_the_table_has_a_row_for_every_method(sets: Sets, tmp_path: Path) -> None:
    failed = benchmark([AMR, POINTS, Median([])], lopo(sets), job(tmp_path, sets))
    assert failed == []
    folder = tmp_path / "fgnet-lopo"
    rows = table_of(tmp_path)
    assert set(rows) == {"amr", "points", "median"}
    assert all(row["images"] == 18 for row in rows.values())
    maes = [row["mae"] for row in rows.values()]
    assert maes == sorted(maes)
    with (folder / "table.csv").open(newline="") as stream:
        assert [row["method"] for row in csv.DictReader(stream)] == list(rows)
    text = (folder / "table.md").read_text()
    assert "macro MAE" in text
    assert "| median |" in text
    pictures = {path.name for path in folder.glob("*.png")}
    assert pictures == {"amr.png", "points.png", "median.png", "cumulative_score.png"}
    assert len(list((folder / "amr").glob("person-p*.npz"))) == 6


def test_a_run_goes_on_where_it_stopped(sets: Sets, tmp_path: Path) -> None:
    whole = Median([])
    benchmark([whole], lopo(sets), job(tmp_path, sets))
    before = table_of(tmp_path)["median"]["mae"]
    (tmp_path / "fgnet-lopo" / "median" / "person-p3.npz").unlink()
    again = Median([])
    benchmark([again], lopo(sets), job(tmp_path, sets))
    assert (len(whole.fits), len(again.fits)) == (6, 1)
    assert table_of(tmp_path)["median"]["mae"] == before


def test_a_row_tells_the_commits_that_made_its_answers(
    sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def benchmarked_by(commit: str) -> object:
        monkeypatch.setattr("train.benchmark.commit", lambda: commit)
        benchmark([Median([])], lopo(sets), job(tmp_path, sets))
        return table_of(tmp_path)["median"]["commit"]

    assert benchmarked_by("first") == "first"
    assert benchmarked_by("second") == "first"  # nothing was answered anew
    (tmp_path / "fgnet-lopo" / "median" / "person-p3.npz").unlink()
    assert benchmarked_by("second") == "first and second"


def test_a_row_tells_the_days_on_which_its_answers_were_made(
    sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def benchmarked_on(day: str) -> object:
        monkeypatch.setattr("train.benchmark.time.strftime", lambda *_: day)
        benchmark([Median([])], lopo(sets), job(tmp_path, sets))
        return table_of(tmp_path)["median"]["date"]

    assert benchmarked_on("2026-01-01") == "2026-01-01"
    assert benchmarked_on("2026-01-02") == "2026-01-01"  # nothing was answered anew
    (tmp_path / "fgnet-lopo" / "median" / "person-p3.npz").unlink()
    assert benchmarked_on("2026-01-03") == "2026-01-01 to 2026-01-03"


def test_answers_that_do_not_tell_their_day_are_of_the_day_of_their_file(
    sets: Sets, tmp_path: Path
) -> None:
    benchmark([Median([])], lopo(sets), job(tmp_path, sets))
    for file in (tmp_path / "fgnet-lopo" / "median").glob("*.npz"):
        with np.load(file) as kept:
            older = {name: kept[name] for name in kept.files if name != "dates"}
        np.savez_compressed(file, **older)
        os.utime(file, (1_700_000_000, 1_700_000_000))
    method = Median([])
    benchmark([method], lopo(sets), job(tmp_path, sets))
    assert method.fits == []
    assert str(table_of(tmp_path)["median"]["date"]).startswith("2023-11-1")


def test_without_resume_every_fold_is_run_again(sets: Sets, tmp_path: Path) -> None:
    method = Median([])
    for _ in range(2):
        benchmark([method], lopo(sets), job(tmp_path, sets, resume=False))
    assert len(method.fits) == 12


def relabelled(sets: Sets, cache: Path, *, number: int, older_by: int) -> Sets:
    """The same people in crops of another number, with other ages."""
    crops = load(sets.cache, "fgnet")
    cache.mkdir(exist_ok=True)
    np.save(cache / f"fgnet-{number}.npy", crops.pixels)
    rows = [
        {**asdict(photo), "age": photo.age + older_by, "split": split}
        for photo, split in zip(crops.photos, crops.splits, strict=True)
    ]
    with (cache / f"fgnet-{number}.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return replace(sets, cache=cache)


@pytest.mark.parametrize(("number", "older_by", "again"), [(0, 0, 0), (0, 5, 6), (1, 0, 6)])
def test_answers_about_other_ages_or_crops_are_not_taken_up(
    sets: Sets, tmp_path: Path, number: int, older_by: int, again: int
) -> None:
    benchmark([Median([])], lopo(sets), job(tmp_path, sets))
    other = relabelled(sets, tmp_path / "crops", number=number, older_by=older_by)
    method = Median([])
    benchmark([method], lopo(other), job(tmp_path, other))
    assert len(method.fits) == again


def test_answers_of_before_a_method_was_mended_are_not_taken_up(
    sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = Median([])
    benchmark([method], lopo(sets), job(tmp_path, sets))
    monkeypatch.setattr("train.benchmark.REVISION", REVISION + 1)
    benchmark([method], lopo(sets), job(tmp_path, sets))
    assert len(method.fits) == 12


def test_answers_of_another_seed_are_not_taken_up(sets: Sets, tmp_path: Path) -> None:
    method = Median([])
    benchmark([method], lopo(sets), job(tmp_path, sets))
    benchmark([method], lopo(sets), replace(job(tmp_path, sets), seed=2))
    assert method.fits == [1] * 6 + [2] * 6


def test_the_same_seed_gives_the_same_numbers(sets: Sets, tmp_path: Path) -> None:
    rows = []
    for name in ("first", "second"):
        benchmark([AMR], lopo(sets), job(tmp_path / name, sets))
        rows.append(table_of(tmp_path / name)["amr"])
    assert {**rows[0], "minutes": 0} == {**rows[1], "minutes": 0}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_processes_side_by_side_give_the_numbers_of_one(
    sets: Sets, small_checkpoint: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = []
    for count in ("1", "2"):
        out = tmp_path / count
        asked = ["--methods", "features_knn", "--checkpoint", str(small_checkpoint)]
        asked += ["--cache", str(sets.cache), "--out", str(out), "--processes", count]
        assert main(asked) == 0
        rows.append(table_of(out)["features_knn"])
        kept = (out / "fgnet-lopo" / "features_knn").glob("person-p*.npz")
        assert len(list(kept)) == 6
    assert {**rows[0], "minutes": 0} == {**rows[1], "minutes": 0}
    assert "| features_knn |" in capsys.readouterr().out


def test_a_share_of_the_folds_is_every_nth(sets: Sets, tmp_path: Path) -> None:
    method = Median([])
    run(method, lopo(sets), replace(job(tmp_path, sets), share=(1, 4)))
    names = sorted(path.stem for path in (tmp_path / "fgnet-lopo" / "median").glob("*.npz"))
    assert names == ["person-p1", "person-p5"]


def test_a_method_that_fails_is_named_and_the_next_one_runs(
    sets: Sets, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    failed = benchmark([Broken(), Median([])], lopo(sets), job(tmp_path, sets))
    assert failed == ["broken"]
    assert "broken failed" in caplog.text
    text = (tmp_path / "fgnet-lopo" / "table.md").read_text()
    assert "broken failed: ValueError: too few of everything" in text
    assert "| median |" in text


def test_a_method_that_fails_in_an_unforeseen_way_stops_no_other(
    sets: Sets, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken(kind=IndexError)
    assert benchmark([broken, Median([])], lopo(sets), job(tmp_path, sets)) == ["broken"]
    assert "broken failed" in caplog.text
    assert "| median |" in (tmp_path / "fgnet-lopo" / "table.md").read_text()


def test_a_process_beyond_the_last_fold_has_nothing_to_answer(sets: Sets, tmp_path: Path) -> None:
    assert answered(Median([]), lopo(sets), replace(job(tmp_path, sets), share=(6, 7))) == []


def test_every_recipe_of_the_benchmark_defines_its_method() -> None:
    names = {method.name for method in methods_named([])}
    assert {"amr", "amr_release", "ce_mean", "ce_residue", "single_label", "dldl_v2"} <= names


@pytest.mark.parametrize(
    "method",
    [
        FineTune("amr", AMRLoss(0.2, 0.05, 0.0, 0.0)),
        FineTune("amr_release", AMRLoss(0.2, 0.05, 0.0, 1e-3)),
        FineTune("ce_mean", AMRLoss(0.2, 0.0, 0.0, 0.0)),
        FineTune("ce_residue", AMRLoss(0.0, 0.05, 0.0, 0.0)),
        Sadal(
            "sadal", "softmax", False, OURS, Duel("scaled", "clamped", False, 0.3, 1.0, 2.0, 1e-4)
        ),
        Sadal(
            "sadal_source",
            "softmax",
            False,
            OURS,
            Duel("source", "clamped", False, 0.3, 1.0, 2.0, 1e-4),
        ),
        Sadal(
            "sadal_release",
            "softmax",
            False,
            (("release", 4),),
            Duel("source", "clamped", True, 1.0, 1.0, 0.0, 1e-4),
        ),
        Sadal("sadal_knn", "knn", False, OURS, Duel()),
        Sadal("sadal_ohrank", "ohrank", False, OURS, Duel()),
        Sadal("vdal", "softmax", True, OURS, Duel()),
    ],
    ids=lambda method: method.name,
)
def test_recipes_of_the_named_losses_have_their_constants(method: Method) -> None:
    assert methods_named([method.name]) == [method]


def test_a_recipe_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match=r"no benchmark recipe is called arm; there are .*amr"):
        methods_named(["arm"])


def test_a_recipe_without_its_method_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(SettingsError, match="defines no METHOD called empty"):
        methods_named([], tmp_path)


def test_no_person_is_in_two_parts_and_all_are_asked_once(sets: Sets) -> None:
    asked: list[str] = []
    for fold in lopo(sets).folds(1):
        parts = [set(part.groups) for part in (fold.train, fold.watch, fold.test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == 6
        asked += parts[2]
    assert sorted(asked) == [f"p{n}" for n in range(6)]


def test_people_can_be_dealt_into_fewer_folds(sets: Sets) -> None:
    (protocol,) = protocols_named("fgnet-lopo", sets, 3)
    folds = list(protocol.folds(1))
    assert protocol.name == "fgnet-3-folds"
    assert [len(set(fold.test.groups)) for fold in folds] == [2, 2, 2]
    assert {str(group) for fold in folds for group in fold.test.groups} == {
        f"p{n}" for n in range(6)
    }


def test_fixed_splits_learn_watch_and_ask_what_they_say(sets: Sets) -> None:
    (protocol,) = protocols_named("aaf", sets, None)
    (fold,) = protocol.folds(1)
    assert (len(fold.train), len(fold.watch), len(fold.test)) == (12, 2, 2)


def test_a_backbone_that_has_seen_the_target_is_refused(sets: Sets) -> None:
    with pytest.raises(DataError, match="was trained on the ages of aaf, which a test on aaf"):
        protocols_named("cross", sets, None)


def test_a_backbone_that_has_seen_only_the_source_may_cross(sets: Sets) -> None:
    fresh = replace(sets, start=replace(sets.start, data_sets=()))
    protocols = protocols_named("cross", fresh, None)
    assert [p.name for p in protocols] == ["utkface-to-aaf", "utkface-to-fgnet", "aaf-to-utkface"]


@pytest.mark.parametrize(
    ("learnt", "left"),
    [("utkface", ["utkface-to-aaf", "utkface-to-fgnet"]), ("aaf", ["aaf-to-utkface"])],
)
def test_a_backbone_of_one_set_crosses_from_it_and_the_other_pairs_are_left_out(
    sets: Sets, learnt: str, left: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "train.protocols")
    own = replace(sets, start=replace(sets.start, data_sets=(learnt,)))
    assert [p.name for p in protocols_named("cross", own, None)] == left
    assert caplog.text.count("is left out: the backbone was trained on the ages of") == 3 - len(
        left
    )


def test_the_parts_of_a_fold_share_their_crops(sets: Sets) -> None:
    (fold,) = protocols_named("aaf", sets, None)[0].folds(1)
    parts = fold.train.crops, fold.watch.crops, fold.test.crops
    assert all(isinstance(part, LazyRows) for part in parts)
    assert len({id(part.array) for part in parts}) == 1


def test_the_spread_of_errors_grows_with_age() -> None:
    random = np.random.default_rng(0)
    estimates = random.uniform(0, 80, 4000).astype(np.float32)
    years = (estimates + (1 + 0.1 * estimates) * random.normal(size=4000)).astype(np.float32)
    spread = Spread.of(estimates, years)
    assert (spread.at_zero, spread.per_year) == pytest.approx((1.0, 0.1), abs=0.15)


@pytest.mark.parametrize("point", [0.0, 3.2, 55.0, 100.0])
def test_the_median_stays_the_estimate_even_at_the_ends_of_the_axis(point: float) -> None:
    found = Spread(4.0, 0.0).around(np.array([point]))
    assert isinstance(found, AgeDistribution)
    assert found.ages is AGES
    assert float(found.probs.sum()) == pytest.approx(1, abs=1e-5)
    assert float(found.median()[0]) == pytest.approx(point, abs=0.5)
