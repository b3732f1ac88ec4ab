"""The card says what was measured, and keeps what was written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.models.onnx import OnnxModel
from engine.stages.estimate import AgeEstimator
from engine.values.age import AgeDistribution
from train.card import (
    BEGIN,
    END,
    Measured,
    challenges,
    grouped,
    scores_by_group,
    section,
    write_card,
)
from train.data.crops import HALF_SIDE, MARGIN, Crops
from train.data.photo import Photo
from train.evaluate import evaluate, from_afar

AXIS = np.arange(101, dtype=np.float32)


def around(means: np.ndarray, width: float) -> AgeDistribution:
    powers = np.exp(-0.5 * ((AXIS - means[:, None]) / width) ** 2)
    return AgeDistribution(AXIS, (powers / powers.sum(1, keepdims=True)).astype(np.float32))


def measured(count: int = 600, error: float = 3.0, width: float = 3.0) -> Measured:
    random = np.random.default_rng(0)
    ages = random.integers(0, 60, count)
    sexes = np.where(np.arange(count) % 2, "female", "male")
    photos = [
        Photo("made", f"{n}.jpg", float(age), f"{n}", str(sex))
        for n, (age, sex) in enumerate(zip(ages, sexes, strict=True))
    ]
    means = ages + error * random.normal(size=count)
    far = around(means + 2 * error * random.normal(size=count), width)
    return Measured("made", "test", photos, around(means, width), far)


def test_groups_are_those_with_enough_photographs() -> None:
    names = (lambda p: p.sex, lambda p: "old" if p.age >= 58 else "")
    found = grouped(measured(), names, least=100)
    assert list(found) == ["female", "male"]
    assert [len(rows) for rows in found.values()] == [300, 300]


def test_all_photographs_have_a_row_however_few_they_are() -> None:
    assert {name: s.images for name, s in scores_by_group(measured(12)).items()} == {"all": 12}


def test_a_section_judges_intervals_by_what_they_hold() -> None:
    honest, boastful = section(measured(4000)), section(measured(4000, width=1.0))
    row = next(line for line in honest.splitlines() if line.endswith("| yes |"))
    assert row.startswith("| all | 4000 |")
    assert "| yes |" not in boastful
    assert "children 0-12" in honest
    assert "From afar the MAE grows by +" in honest


def test_a_section_tells_the_epsilon_error_where_there_are_votes() -> None:
    ages = np.array([20.0, 40.0, 60.0])
    stds = (5.0, 5.0, None)
    photos = [Photo("clap2016", "", a, "", votes_std=s) for a, s in zip(ages, stds, strict=True)]
    answers = around(ages + 5, 3.0)
    text = section(Measured("clap2016", "test", photos, answers))
    assert "ε-error of the median: 0.393 of 2 photographs that have votes." in text
    assert "ε-error" not in section(measured())


def test_challenge_25_is_told_for_everybody_and_each_sex() -> None:
    everybody, parts = challenges(measured())["all"], challenges(measured())
    assert set(parts) == {"all", "female", "male"}
    assert everybody.minors == parts["female"].minors + parts["male"].minors > 0
    for line in ("Challenge-25", "P(< 18)", "P(>= 25)"):
        assert line in section(measured())


def test_only_the_measured_part_of_a_card_is_renewed(tmp_path: Path) -> None:
    card = tmp_path / "age.md"
    card.write_text(f"# Words\n\n{BEGIN}\nold numbers\n{END}\n\n**Not for.** Everything.\n")
    write_card(card, [measured()], "`age.onnx` 0123")
    write_card(card, [measured()], "`age.onnx` 4567")
    text = card.read_text()
    assert text.startswith("# Words\n")
    assert text.endswith("**Not for.** Everything.\n")
    assert "old numbers" not in text
    assert "0123" not in text
    assert text.count("### made, test split") == text.count(BEGIN) == 1
    assert "(age.made.png)" in text
    assert (tmp_path / "age.made.png").stat().st_size > 1000


def test_from_afar_only_what_is_larger_than_the_eyes_distance_allows_is_left() -> None:
    side = 225
    fine = np.zeros((1, side, side, 4), np.uint8)
    fine[:, ::2] = 255  # stripes of one px
    coarse = np.zeros_like(fine)
    coarse[:, : side // 2] = 255
    tiny = round(2 * HALF_SIDE * MARGIN * 12)
    assert tiny == 40
    seen = from_afar(fine, 12)
    assert seen.shape == fine.shape
    assert np.ptp(seen[0, 20:-20, 20:-20].astype(int)) < 60
    edge = from_afar(coarse, 12)[0, :, 100, 0]
    assert (edge[:100].min(), edge[-100:].max()) == (255, 0)


@pytest.fixture(scope="module")
def estimator() -> AgeEstimator:
    return AgeEstimator(OnnxModel(Path("assets/models/age.onnx"), threads=1), batch=4)


def five_crops() -> Crops:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 225, 225, 4), dtype=np.uint8)
    photos = [Photo("made", f"{n}.jpg", float(n), f"{n}") for n in range(5)]
    return Crops(pixels, photos, ["train"] * 3 + ["test"] * 2)


def test_a_set_without_the_split_is_measured_whole(estimator: AgeEstimator) -> None:
    crops = five_crops()
    whole, part = (evaluate(estimator, crops, split, ["utkface"]) for split in ("val", "test"))
    assert (whole.split, len(whole.photos)) == ("all", 5)
    assert (part.split, part.years.tolist()) == ("test", [3.0, 4.0])
    np.testing.assert_allclose(whole.found.probs[3:], part.found.probs, atol=1e-6)
    afar = evaluate(estimator, crops, "test", ["utkface"], afar=True).small
    assert afar is not None
    assert np.abs(afar.probs - part.found.probs).max() > 1e-4


@pytest.mark.parametrize("split", ["all", "val"])
def test_photographs_that_the_splits_drop_are_not_measured(
    estimator: AgeEstimator, split: str
) -> None:
    crops = replace(five_crops(), splits=["train", "dropped", "test", "dropped", "test"])
    assert evaluate(estimator, crops, split, ["utkface"]).years.tolist() == [0.0, 2.0, 4.0]
    with pytest.raises(DataError, match="made has no photographs but those that are dropped"):
        evaluate(estimator, replace(crops, splits=["dropped"] * 5), split, ["utkface"])


def test_a_set_that_was_trained_on_is_not_measured_whole_in_place_of_its_split(
    estimator: AgeEstimator,
) -> None:
    with pytest.raises(DataError, match="made has no val photographs, and the model was trained"):
        evaluate(estimator, five_crops(), "val", ["made"])
    assert len(evaluate(estimator, five_crops(), "test", ["made"]).photos) == 2
    assert len(evaluate(estimator, five_crops(), "all", ["made"]).photos) == 5
