import csv
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch import Tensor

from engine.errors import DataError, SettingsError
from train.backbone import AgeNet
from train.checkpoint import load_average
from train.data.crops import load
from train.data.photo import Photo
from train.fit import Order, TrainingCrops, fit, logits_of
from train.losses.amr import AMRLoss
from train.recipe import Recipe

RECIPE = Recipe(
    name="tiny",
    data_sets=("tiny",),
    loss=AMRLoss(),
    side_px=32,
    epochs=2,
    batch=4,
    dropout=0.2,
    frozen_layers=9,
)
STEPS_PER_EPOCH = 2
YEARS = np.full(12, 30.0)


class StoppedLoss(AMRLoss):
    """AMR until the run is stopped, as by Ctrl-C; to a recipe it looks the same."""

    calls: ClassVar[int] = 0
    last: ClassVar[int] = 0

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        if StoppedLoss.calls == StoppedLoss.last:
            raise KeyboardInterrupt
        StoppedLoss.calls += 1
        return AMRLoss()(logits, ages, years)


class DivergingLoss(AMRLoss):
    """AMR whose gradients are no numbers; to a recipe it looks the same."""

    def __call__(self, logits: Tensor, ages: Tensor, years: Tensor) -> Tensor:
        return AMRLoss()(logits, ages, years) * float("inf")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve cached crops whose brightness tells the age."""
    folder = tmp_path_factory.mktemp("cache")
    random = np.random.default_rng(0)
    ages = np.linspace(5, 90, 12).round()
    pixels = random.integers(-20, 20, (12, 40, 40, 4)) + 2 * ages[:, None, None, None]
    pixels[..., 3] = 255
    np.save(folder / "tiny-0.npy", pixels.clip(0, 255).astype(np.uint8))
    splits = ["train"] * 9 + ["val"] * 3
    with (folder / "tiny-0.csv").open("w", newline="") as stream:
        photos = [Photo("tiny", f"{n}.jpg", float(age), str(n)) for n, age in enumerate(ages)]
        rows = [{**asdict(p), "split": s} for p, s in zip(photos, splits, strict=True)]
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def state_of(checkpoint: Path) -> dict[str, Any]:
    return torch.load(checkpoint, weights_only=True)


def assert_same(first: object, second: object) -> None:
    torch.testing.assert_close(first, second, rtol=0, atol=0)


@pytest.fixture(scope="module")
def unbroken(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoint of a whole run."""
    return fit(RECIPE, cache, tmp_path_factory.mktemp("runs"), None)


def test_a_run_keeps_everything_and_logs_every_epoch(unbroken: Path) -> None:
    state = state_of(unbroken)
    assert state["step"] == RECIPE.epochs * STEPS_PER_EPOCH
    assert state["recipe"]["name"] == "tiny"
    with unbroken.with_suffix(".csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert all(0 < float(row["tiny_val_mae"]) < 100 for row in rows)
    assert not list(unbroken.parent.glob("*.partial"))


def test_a_stopped_run_goes_on_to_the_numbers_of_an_unbroken_one(
    unbroken: Path, cache: Path, tmp_path: Path
) -> None:
    stopped(cache, tmp_path)
    assert state_of(tmp_path / "tiny.pt")["step"] == STEPS_PER_EPOCH
    resumed, whole = state_of(fit(RECIPE, cache, tmp_path, None)), state_of(unbroken)
    for part in ("net", "average", "optimizer"):
        assert_same(resumed[part], whole[part])
    assert (tmp_path / "tiny.csv").read_text() == unbroken.with_suffix(".csv").read_text()


@pytest.mark.parametrize("split", ["val", "all"])
def test_an_unseen_set_is_watched_and_decides_nothing(
    unbroken: Path,
    cache: Path,
    tmp_path: Path,
    write_crops: Callable[[Path, str, int, int], None],
    caplog: pytest.LogCaptureFixture,
    split: str,
) -> None:
    caplog.set_level("INFO", "train.journal")
    for file in cache.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    write_crops(tmp_path, "other", 6, 2)
    table = tmp_path / "other-0.csv"
    if split == "all":  # as of FG-NET, which has no splits; one photograph is a dropped duplicate
        text = table.read_text().replace(",val", ",train").replace(",test", ",train")
        table.write_text(text.removesuffix(",train\n") + ",dropped\n")
    out = tmp_path / "runs"
    kept = fit(replace(RECIPE, watched=("other",)), tmp_path, out, None)
    for part in ("net", "average", "optimizer"):
        assert_same(state_of(kept)[part], state_of(unbroken)[part])

    crops = load(tmp_path, "other")
    rows = crops.rows("val") if split == "val" else list(range(11))
    net = load_average(kept, RECIPE.ages)
    probs = torch.softmax(logits_of(net, crops, rows, RECIPE.side_px), 1).numpy()
    off = probs @ np.arange(RECIPE.ages) - [crops.photos[row].age for row in rows]
    with kept.with_suffix(".csv").open(newline="") as stream:
        told = list(csv.DictReader(stream))[-1]
    assert list(told) == ["epoch", "tiny_val_mae", "other_unseen_mae", "other_unseen_bias"]
    events = EventAccumulator(str(out / "tensorboard" / "tiny")).Reload()
    for what, number in (("mae", np.abs(off).mean()), ("bias", off.mean())):
        name = f"other_unseen_{what}"
        assert float(told[name]) == pytest.approx(number, abs=1e-3)
        assert events.Scalars(name)[-1].value == pytest.approx(number, abs=1e-3)
        assert name in caplog.text


@pytest.mark.parametrize("begins_with", ["", "first"])
def test_a_set_that_is_learnt_from_cannot_be_watched_as_unseen(
    cache: Path, tmp_path: Path, begins_with: str
) -> None:
    first_stage(tmp_path, 0.0)
    home = "late" if begins_with else "tiny"
    recipe = replace(RECIPE, data_sets=(home,), watched=("tiny",), begins_with=begins_with)
    with pytest.raises(DataError, match="tiny is learnt from and cannot be watched as unseen"):
        fit(recipe, cache, tmp_path, None)


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ("train", "other has test photographs and no validation photographs"),
        ("dropped", "other has no photographs to watch"),
    ],
)
def test_a_watched_set_with_nothing_to_watch_is_refused_and_a_restart_loses_nothing(
    cache: Path,
    tmp_path: Path,
    write_crops: Callable[[Path, str, int, int], None],
    split: str,
    told: str,
) -> None:
    for file in cache.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    write_crops(tmp_path, "other", 6, 2)
    table = tmp_path / "other-0.csv"
    text = table.read_text().replace(",val", f",{split}")
    if split == "dropped":
        text = text.replace(",train", ",dropped").replace(",test", ",dropped")
    table.write_text(text)
    out = tmp_path / "runs"
    out.mkdir()
    (out / "tiny.pt").write_text("of an earlier run")
    with pytest.raises(DataError, match=told):
        fit(replace(RECIPE, watched=("other",)), tmp_path, out, None, restart=True)
    assert (out / "tiny.pt").read_text() == "of an earlier run"


def test_a_recipe_of_no_epochs_is_refused_and_a_restart_loses_nothing(
    cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "tiny.pt").write_text("of an earlier run")
    with pytest.raises(SettingsError, match="tiny has 0 epochs"):
        fit(replace(RECIPE, epochs=0), cache, tmp_path, None, restart=True)
    assert (tmp_path / "tiny.pt").read_text() == "of an earlier run"


def test_a_checkpoint_of_before_sets_were_watched_goes_on(
    unbroken: Path, cache: Path, tmp_path: Path
) -> None:
    stopped(cache, tmp_path)
    state = state_of(tmp_path / "tiny.pt")
    del state["recipe"]["watched"]
    torch.save(state, tmp_path / "tiny.pt")
    assert_same(state_of(fit(RECIPE, cache, tmp_path, None))["net"], state_of(unbroken)["net"])


def stopped(cache: Path, out: Path, recipe: Recipe = RECIPE) -> None:
    """A run that is stopped in its second epoch."""
    StoppedLoss.calls, StoppedLoss.last = 0, STEPS_PER_EPOCH + 1
    with pytest.raises(KeyboardInterrupt):
        fit(replace(recipe, loss=StoppedLoss()), cache, out, None)


def first_stage(out: Path, brightness: float) -> None:
    out.mkdir(exist_ok=True)
    torch.manual_seed(3)
    net = AgeNet()
    with torch.no_grad():
        net.head.bias += brightness
    torch.save({"recipe": asdict(RECIPE), "average": net.state_dict()}, out / "first.pt")


@pytest.mark.parametrize("finished", [False, True])
def test_a_run_does_not_go_on_from_other_weights_than_it_began_with(
    cache: Path, tmp_path: Path, finished: bool
) -> None:
    late = replace(RECIPE, begins_with="first")
    first_stage(tmp_path, 0.0)
    if finished:
        fit(late, cache, tmp_path, None)
    else:
        stopped(cache, tmp_path, late)
    first_stage(tmp_path, 0.0)  # trained again, to the same numbers
    fit(late, cache, tmp_path, None)
    first_stage(tmp_path, 1.0)
    with pytest.raises(DataError, match=r"tiny\.pt was trained from other weights than are given"):
        fit(late, cache, tmp_path, None)


def test_a_run_does_not_go_on_with_other_crops_than_it_began_with(
    cache: Path, tmp_path: Path
) -> None:
    for ending in ("npy", "csv"):
        (tmp_path / f"tiny-0.{ending}").write_bytes((cache / f"tiny-0.{ending}").read_bytes())
    stopped(tmp_path, tmp_path / "runs")
    for ending in ("npy", "csv"):
        (tmp_path / f"tiny-0.{ending}").rename(tmp_path / f"tiny-1.{ending}")
    with pytest.raises(DataError, match=r"tiny\.pt was trained from other crops than are given"):
        fit(RECIPE, tmp_path, tmp_path / "runs", None)


def test_a_checkpoint_that_does_not_tell_its_origin_goes_on(
    unbroken: Path, cache: Path, tmp_path: Path
) -> None:
    stopped(cache, tmp_path)
    state = state_of(tmp_path / "tiny.pt")
    del state["origin"]
    torch.save(state, tmp_path / "tiny.pt")
    assert_same(state_of(fit(RECIPE, cache, tmp_path, None))["net"], state_of(unbroken)["net"])


def test_a_run_that_is_killed_before_it_saves_tells_no_epoch_twice(
    unbroken: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("train.fit.Run.save", killed)
        with pytest.raises(KeyboardInterrupt):
            fit(RECIPE, cache, tmp_path, None)
    assert (tmp_path / "tiny.csv").read_text().count("\n") == 2
    fit(RECIPE, cache, tmp_path, None)
    assert (tmp_path / "tiny.csv").read_text() == unbroken.with_suffix(".csv").read_text()
    assert not list(tmp_path.glob("*.partial"))


def test_a_restart_that_begins_forgets_the_earlier_run(cache: Path, tmp_path: Path) -> None:
    for ending in ("pt", "csv"):
        (tmp_path / f"tiny.{ending}").write_text("of another recipe")
    StoppedLoss.calls = StoppedLoss.last = 0
    with pytest.raises(KeyboardInterrupt):
        fit(replace(RECIPE, loss=StoppedLoss()), cache, tmp_path, None, restart=True)
    assert not list(tmp_path.glob("tiny.*"))


def test_a_run_that_diverges_ends_and_its_last_checkpoint_stays(
    cache: Path, tmp_path: Path
) -> None:
    stopped(cache, tmp_path)
    kept = (tmp_path / "tiny.pt").read_bytes()
    with pytest.raises(DataError, match=r"tiny diverged at step 3"):
        fit(replace(RECIPE, loss=DivergingLoss()), cache, tmp_path, None)
    assert (tmp_path / "tiny.pt").read_bytes() == kept


def test_a_finished_run_is_not_trained_further(unbroken: Path, cache: Path) -> None:
    before = unbroken.read_bytes()
    assert fit(RECIPE, cache, unbroken.parent, None) == unbroken
    assert unbroken.read_bytes() == before


def test_frozen_layers_stay_as_they_began_and_the_others_move(unbroken: Path) -> None:
    torch.manual_seed(RECIPE.seed)
    began, trained = AgeNet().state_dict(), state_of(unbroken)["net"]
    for name in began:
        frozen = name.startswith("body") and int(name.split(".")[1]) < RECIPE.frozen_layers
        assert torch.equal(began[name], trained[name]) == frozen, name


def test_the_averaged_weights_lie_between_the_first_and_the_last(unbroken: Path) -> None:
    torch.manual_seed(RECIPE.seed)
    began, state = AgeNet().state_dict(), state_of(unbroken)
    moved = (state["net"]["head.bias"] - began["head.bias"]).abs().sum()
    followed = (state["average"]["head.bias"] - began["head.bias"]).abs().sum()
    assert 0 < followed < moved


def test_an_epoch_shows_every_crop_once_in_an_order_of_its_own() -> None:
    order = Order(YEARS, RECIPE, 0)
    steps = list(order)
    assert len(steps) == len(order) == 6
    epochs = [[row for batch in steps[e * 3 : e * 3 + 3] for _, row in batch] for e in (0, 1)]
    assert all(sorted(rows) == list(range(12)) for rows in epochs)
    assert epochs[0] != epochs[1]
    assert [epoch for batch in steps for epoch, _ in batch] == [0] * 12 + [1] * 12


def test_an_order_that_starts_later_is_the_rest_of_the_whole() -> None:
    assert list(Order(YEARS, RECIPE, 4)) == list(Order(YEARS, RECIPE, 0))[4:]


def test_a_balanced_order_shows_rare_ages_more_often() -> None:
    years = np.array([30.0] * 900 + [80.0] * 100)
    batches = list(Order(years, replace(RECIPE, balance=0.5, epochs=4), 0))
    shown = [row for batch in batches for _, row in batch]
    assert len(shown) == pytest.approx(4000, abs=16)
    assert sum(row >= 900 for row in shown) / len(shown) == pytest.approx(0.25, abs=0.01)
    assert len({row for row in shown if row >= 900}) == 100


def test_a_pull_keeps_the_weights_near_their_start(cache: Path, tmp_path: Path) -> None:
    def travelled(pull: float) -> float:
        recipe = replace(RECIPE, pull=pull, learning_rate=1e-2, epochs=6)
        net = load_average(fit(recipe, cache, tmp_path / f"{pull}", None), RECIPE.ages)
        torch.manual_seed(RECIPE.seed)
        began = AgeNet().body.state_dict()
        return sum(float((w - began[name]).norm()) for name, w in net.body.state_dict().items())

    assert travelled(1000.0) < 0.8 * travelled(0.0)


@pytest.mark.parametrize("native", [True, False])
def test_bfloat16_changes_the_multiplications_and_not_the_kind_of_weights(
    unbroken: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, native: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    found = state_of(fit(replace(RECIPE, bfloat16=True), cache, tmp_path, None))["net"]
    exact = state_of(unbroken)["net"]
    assert all(weight.dtype == torch.float32 for weight in found.values())
    apart = max(float((found[name] - exact[name]).abs().max()) for name in exact)
    assert 0 < apart < 0.01 if native else apart == 0


def test_only_training_rows_are_shown_and_each_epoch_changes_them(cache: Path) -> None:
    crops = load(cache, "tiny")
    data = TrainingCrops([crops], RECIPE)
    assert len(data) == 9
    assert {row for _, row in data.places} == set(crops.rows("train"))
    first, age = data[0, 3]
    assert (first.shape, first.dtype, float(age)) == ((3, 32, 32), torch.uint8, crops.photos[3].age)
    assert torch.equal(first, data[0, 3][0])
    assert not torch.equal(first, data[1, 3][0])


def test_missing_crops_are_named_with_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no crops of tiny\. Make them with: python -m"):
        fit(RECIPE, tmp_path, tmp_path / "runs", None)


def test_a_set_without_validation_photographs_is_told_before_it_is_trained_on(
    cache: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "tiny-0.npy", np.load(cache / "tiny-0.npy"))
    table = (cache / "tiny-0.csv").read_text()
    (tmp_path / "tiny-0.csv").write_text(table.replace(",val", ",train"))
    with pytest.raises(DataError, match="tiny has no validation photographs"):
        fit(RECIPE, tmp_path, tmp_path / "runs", None)
    assert not (tmp_path / "runs").exists()


def test_fewer_photographs_than_a_batch_are_told(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"9 photographs to train on, fewer than the 10 of a batch"):
        fit(replace(RECIPE, batch=10), cache, tmp_path, None)
