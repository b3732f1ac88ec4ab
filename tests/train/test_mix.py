from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from engine.errors import DataError, SettingsError
from train.backbone import AgeNet
from train.checkpoint import digest_of, learnt_crops, load_average, start_of
from train.losses.amr import AMRLoss
from train.mix import mix, mixed, smallest_good
from train.recipe import Recipe

LATE = Recipe("late", ("made",), AMRLoss(), ages=5, begins_with="first")


def test_the_ends_of_the_line_are_the_two_networks_and_its_middle_their_mean() -> None:
    start, tuned = AgeNet(ages=5), AgeNet(ages=5)
    for share, expected in (
        (0.0, start.head.weight),
        (0.5, (start.head.weight + tuned.head.weight) / 2),
        (1.0, tuned.head.weight),
    ):
        torch.testing.assert_close(mixed(start, tuned, share).head.weight, expected)


def test_mixing_leaves_the_networks_alone() -> None:
    start, tuned = AgeNet(ages=5), AgeNet(ages=5)
    before = tuned.head.weight.clone()
    mixed(start, tuned, 0.3)
    assert torch.equal(tuned.head.weight, before)


def test_the_smallest_share_that_is_as_good_is_taken() -> None:
    assert smallest_good({0.4: 5.3, 0.6: 5.04, 0.8: 5.0, 1.0: 5.1}) == 0.6


def test_a_clear_winner_is_taken() -> None:
    assert smallest_good({0.4: 6.0, 1.0: 5.0}) == pytest.approx(1.0)


def kept(folder: Path, name: str, **more: object) -> AgeNet:
    net = AgeNet(ages=LATE.ages)
    torch.save({"recipe": asdict(LATE), "average": net.state_dict(), **more}, folder / f"{name}.pt")
    return net


def test_a_second_stage_is_mixed_with_what_it_began_with(tmp_path: Path) -> None:
    first, late = kept(tmp_path, "first"), kept(tmp_path, "late")
    found = load_average(mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75), LATE.ages)
    expected = 0.25 * first.head.weight + 0.75 * late.head.weight
    torch.testing.assert_close(found.head.weight, expected)


def test_a_mixed_checkpoint_tells_its_share(tmp_path: Path) -> None:
    kept(tmp_path, "first")
    kept(tmp_path, "late")
    made = mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75)
    assert torch.load(made, weights_only=True)["share"] == 0.75


@pytest.mark.parametrize("share", [float("nan"), -0.1, 1.01, 75.0])
def test_a_share_that_is_none_is_refused_and_nothing_written(tmp_path: Path, share: float) -> None:
    kept(tmp_path, "first")
    kept(tmp_path, "late")
    with pytest.raises(SettingsError, match=f"a share is 0 to 1, not {share}"):
        mix(tmp_path / "late.pt", LATE, tmp_path, None, share)
    assert not (tmp_path / "late_mixed.pt").exists()


def test_without_what_it_began_with_nothing_is_mixed(tmp_path: Path) -> None:
    kept(tmp_path, "late")
    with pytest.raises(DataError, match="first"):
        mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75)
    assert not (tmp_path / "late_mixed.pt").exists()


def test_nothing_is_mixed_with_another_network_than_training_began_with(tmp_path: Path) -> None:
    first = kept(tmp_path, "first")
    kept(tmp_path, "late", origin={"weights": digest_of(first)})
    mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75).unlink()
    kept(tmp_path, "first")  # trained anew
    with pytest.raises(DataError, match=r"late\.pt was trained from other weights"):
        mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75)
    assert not (tmp_path / "late_mixed.pt").exists()


def test_a_share_is_chosen_on_the_crops_that_were_learnt_from_in_any_stage(
    tmp_path: Path, write_crops: Callable[[Path, str, int, int], None]
) -> None:
    write_crops(tmp_path, "made", 4, 1)  # made-0
    first = kept(tmp_path, "first", origin={"crops": "made-1 aaf-1"})
    kept(tmp_path, "late", origin={"weights": digest_of(first), "crops": "made-0"})
    with pytest.raises(DataError, match="trained from other crops of made than"):
        mix(tmp_path / "late.pt", LATE, tmp_path, None)
    assert not (tmp_path / "late_mixed.pt").exists()
    assert learnt_crops(tmp_path / "late.pt") == ("made-0", "made-1", "aaf-1")
    mix(tmp_path / "late.pt", LATE, tmp_path, None, 0.75)


def test_a_head_of_chance_is_mixed_with_the_one_that_training_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would fill the body.
    monkeypatch.setattr("train.checkpoint.load_face_weights", lambda *_: None)
    recipe, face = replace(LATE, begins_with=""), tmp_path / "face.json"
    began = start_of(recipe, tmp_path, face)
    kept(tmp_path, "late", origin={"weights": digest_of(began)})
    found = load_average(mix(tmp_path / "late.pt", recipe, tmp_path, face, 0.0), recipe.ages)
    assert digest_of(found) == digest_of(began)
