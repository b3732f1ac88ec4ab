import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DataError
from train.activations import Start, last_stage, samples_of, start_from
from train.data.crops import load
from train.methods.method import Samples

PEOPLE, EACH = 3, 2


@pytest.fixture(scope="module")
def cache(
    tmp_path_factory: pytest.TempPathFactory, write_crops: Callable[[Path, str, int, int], None]
) -> Path:
    folder = tmp_path_factory.mktemp("crops")
    write_crops(folder, "fgnet", PEOPLE, EACH)
    return folder


@pytest.fixture(scope="module")
def start(small_checkpoint: Path) -> Start:
    return start_from(small_checkpoint)


@pytest.fixture(scope="module")
def samples(cache: Path, start: Start) -> Samples:
    return samples_of("fgnet", cache, start, cache / "activations", views=4)


def test_kept_activations_give_the_numbers_of_the_whole_network(
    samples: Samples, start: Start
) -> None:
    crops = np.asarray(samples.crops)
    for view, pictures in enumerate((crops, crops[:, :, ::-1])):
        images = torch.from_numpy(pictures.copy()).permute(0, 3, 1, 2).float()
        with torch.inference_mode():
            whole = start.net.features(images)
            seen = torch.from_numpy(samples.activations[:][:, view]).float()
            kept = last_stage(start.net)(seen).mean((2, 3))
        torch.testing.assert_close(kept, whole, rtol=0, atol=2e-3)


def test_features_are_the_mean_over_crop_and_mirrored_crop(samples: Samples, start: Start) -> None:
    crops = np.asarray(samples.crops)
    both = np.concatenate([crops, crops[:, :, ::-1]])
    with torch.inference_mode():
        whole = start.net.features(torch.from_numpy(both).permute(0, 3, 1, 2).float())
    expected = whole.view(2, len(crops), -1).mean(0)
    np.testing.assert_allclose(samples.features, expected, atol=2e-3)


def test_further_views_are_changed_and_the_same_each_time(
    samples: Samples, cache: Path, start: Start, tmp_path: Path
) -> None:
    again = samples_of("fgnet", cache, start, tmp_path, views=4)
    first, second = samples.activations[:], again.activations[:]
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[:, 0], first[:, 2])
    assert not np.array_equal(first[:, 2], first[:, 3])


def test_labels_and_crops_are_those_of_the_cache(samples: Samples, cache: Path) -> None:
    crops = load(cache, "fgnet")
    assert len(samples) == PEOPLE * EACH
    assert samples.years.tolist() == [photo.age for photo in crops.photos]
    assert samples.groups.tolist() == [photo.group for photo in crops.photos]
    assert samples.crops.shape == (6, 32, 32, 3)
    assert np.isnan(samples.votes_std).all()


def test_taken_samples_stay_together(samples: Samples) -> None:
    rows = np.array([4, 1])
    taken = samples.take(rows).take([1])
    assert taken.years.tolist() == [samples.years[1]]
    np.testing.assert_array_equal(np.asarray(taken.crops), np.asarray(samples.crops)[[1]])
    np.testing.assert_array_equal(taken.features, samples.features[[1]])
    picked = taken.activations.pick(np.array([0]), np.array([2]))
    np.testing.assert_array_equal(picked[0], samples.activations[:][1, 2])


def test_the_last_stage_is_a_copy(start: Start) -> None:
    stage = last_stage(start.net)
    with torch.no_grad():
        next(iter(stage.parameters())).zero_()
    assert all(bool(p.any()) for p in start.net.body[23].conv.weight)


def test_another_network_gets_activations_of_its_own(cache: Path, start: Start) -> None:
    before = set((cache / "activations").iterdir())
    other = Start(start.net, start.side_px, start.data_sets, "another")
    samples_of("fgnet", cache, other, cache / "activations", views=2)
    assert len(set((cache / "activations").iterdir()) - before) == 2


@pytest.mark.parametrize("until", [1, 2])
def test_activations_that_find_no_room_are_told_and_leave_nothing(
    cache: Path, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: int
) -> None:
    calls = []

    def full(*_: int) -> None:
        calls.append(until)
        if len(calls) == until:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(DataError, match=r"\.npy cannot be written \(No space left"):
        samples_of("fgnet", cache, start, tmp_path)
    assert len(list(tmp_path.iterdir())) == until - 1
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("left", [0, 3, 200])
def test_damaged_activations_and_features_are_computed_anew(
    cache: Path, start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture, left: int
) -> None:
    before = samples_of("fgnet", cache, start, tmp_path)
    activations = before.activations[:].copy()
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:left])
    after = samples_of("fgnet", cache, start, tmp_path)
    np.testing.assert_array_equal(after.activations[:], activations)
    np.testing.assert_array_equal(after.features, before.features)
    assert caplog.text.count("it is computed anew") == 2


def test_a_second_stage_has_learnt_from_the_sets_of_the_first_too(
    small_checkpoint: Path, tmp_path: Path
) -> None:
    state = torch.load(small_checkpoint, weights_only=True)
    torch.save(state, tmp_path / "first_mixed.pt")
    facts = {"name": "late", "data_sets": ("utkface",), "begins_with": "first_mixed"}
    torch.save({**state, "recipe": state["recipe"] | facts}, tmp_path / "late.pt")
    assert set(start_from(tmp_path / "late.pt").data_sets) == {"aaf", "utkface"}
    (tmp_path / "first_mixed.pt").unlink()
    with pytest.raises(DataError, match=r"first_mixed\.pt is no checkpoint"):
        start_from(tmp_path / "late.pt")


def test_the_face_network_alone_has_a_new_head_and_its_own_one_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.activations.load_face_weights", lambda *_: None)
    graph = tmp_path / "faceres-deep.json"
    graph.write_text("{}")
    found = start_from(graph)
    assert not found.net.knows_ages
    assert found.face is not None
    assert found.face.knows_ages
    assert isinstance(found.face.head, torch.nn.Sequential)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.pt is no checkpoint of an age network"):
        start_from(tmp_path / "none.pt")
