import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.sinks.biography import Biographer, Faces
from engine.sinks.digest import Digest, DigestFile, read_digest
from engine.sinks.palette import BANDS
from engine.sinks.presence import PresenceCounter
from engine.sinks.tally import Tally, band_shares
from engine.values.result import Status, Track
from tests.engine.sinks import made


def digest(path: Path, frames: int, ends: dict[int, int], faces: Faces | None = None) -> Digest:
    """People 1 to n in view from the start; `ends` says after how many frames each leaves."""
    with DigestFile(path, source="cam", pictures=False, faces=faces) as sink:
        for index in range(frames):
            here = [n for n, end in ends.items() if index < end]
            gone = tuple(track(n, index) for n, end in ends.items() if index == end)
            boxes = [[20 * n, 20, 20 * n + 40, 60] for n in here]
            sink.write(made.result(boxes, index=index, ended=gone))
        sink.finish(tuple(track(n, frames) for n, end in ends.items() if end >= frames))
    return read_digest(path.read_bytes())


def track(number: int, frames: int, status: Status = Status.STABLE) -> Track:
    belief = made.belief(20 + number, status)
    return Track("cam", number, 0.0, (frames - 1) / 25, frames, belief, 0.7)


def test_the_longest_visits_are_told_of_and_all_are_counted(tmp_path: Path) -> None:
    told = digest(tmp_path / "d.json", 200, {n: 210 - 10 * n for n in range(1, 21)})
    assert told.tally.people == 20
    assert [person.track_id for person in told.people] == [*range(1, 13)]
    assert told.presence.mean[0] == pytest.approx(19.16)
    assert told.presence.most[0] == 20
    assert told.tally.longest_s == pytest.approx(7.96)
    assert sum(told.tally.dwell) == told.tally.visits == 20


def test_a_digest_stays_small_however_long_the_visit(tmp_path: Path) -> None:
    short = digest(tmp_path / "short.json", 100, {1: 100})
    long = digest(tmp_path / "long.json", 1000, {1: 1000})
    assert len(short.people[0].course) > 20
    assert len(long.people[0].course) <= 49
    times = [point[0] for point in long.people[0].course]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (0.0, pytest.approx(39.96))


def test_there_are_no_faces_unless_asked_for_and_blurred_ones_are_a_mosaic(tmp_path: Path) -> None:
    assert digest(tmp_path / "d.json", 5, {1: 5}).people[0].face == ""
    plain = picture(digest(tmp_path / "d.json", 5, {1: 5}, Faces()))
    mosaic = picture(digest(tmp_path / "d.json", 5, {1: 5}, Faces(blur=True)))
    assert plain.shape == mosaic.shape == (112, 112, 3)
    cells = mosaic.reshape(7, 16, 7, 16, 3).astype(float)[:, 4:12, :, 4:12]
    assert cells.std(axis=(1, 3)).max() < 4  # what JPEG leaves of flat blocks


def picture(told: Digest) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(told.people[0].face), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_every_face_of_a_picture_is_one_person_without_a_stay(tmp_path: Path) -> None:
    with DigestFile(tmp_path / "d.json", source="photos", pictures=True) as sink:
        for index, name in enumerate(("a.jpg", "b.jpg")):
            boxes = [[10, 10, 50, 60], [100, 10, 170, 90]][: index + 1]
            sink.write(made.result(boxes, index=index, picture=name))
        sink.finish(())
    told = read_digest((tmp_path / "d.json").read_bytes())
    assert (told.tally.people, told.tally.visits, told.frames) == (3, 0, 2)
    assert [person.picture for person in told.people] == ["b.jpg", "a.jpg", "b.jpg"]
    assert told.presence.mean == ()


def test_a_run_that_broke_unforeseen_leaves_no_digest(tmp_path: Path) -> None:
    sink = DigestFile(tmp_path / "d.json", source="cam", pictures=False)
    sink.__enter__()
    sink.write(made.result())
    sink.__exit__(KeyError, KeyError(), None)
    assert not (tmp_path / "d.json").exists()


@pytest.mark.parametrize("text", ["", "{", '{"format": 2, "source": "cam", "pictures": false}'])
def test_a_damaged_digest_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Digest"):
        read_digest(text.encode())


def test_a_person_is_shared_out_among_the_bands() -> None:
    distribution = made.distribution(25.0)
    shares = band_shares(distribution)
    for place, band in enumerate(BANDS):
        after = BANDS[place + 1].first if place + 1 < len(BANDS) else 200
        inside = distribution.probs[band.first : after]
        assert shares[place] == pytest.approx(float(inside.sum()), abs=1e-6)
    assert shares.sum() == pytest.approx(1)


def test_tallies_add_up_in_any_order() -> None:
    statuses = [Status.STABLE, Status.PROVISIONAL, Status.INSUFFICIENT]
    lives = Biographer().end(track(n, 10 * n, status) for n, status in enumerate(statuses, 1))
    one, two, three = (Tally.of(life) for life in lives)
    left, right = (one + two) + three, one + (two + three)
    for name in Tally.model_fields:
        assert getattr(left, name) == pytest.approx(getattr(right, name))
    assert (left.people, left.unknown, left.provisional, left.too_small) == (3, 1, 1, 1)
    assert left.bands_variance[3] == pytest.approx(
        sum(t.bands[3] * (1 - t.bands[3]) for t in (one, two))
    )
    assert one + Tally() == one


def test_presence_keeps_its_size_and_its_mean() -> None:
    counter = PresenceCounter()
    for frame in range(40_000):
        counter.add(100.0 + frame / 10, frame % 3)
    told = counter.result()
    assert 120 <= len(told.mean) <= 240
    assert told.step_s == 32.0
    assert told.first_s == 100.0
    assert all(mean == pytest.approx(1, abs=0.02) for mean in told.mean)
    assert set(told.most) == {2}


def test_parts_without_frames_have_no_mean() -> None:
    counter = PresenceCounter()
    counter.add(0.0, 2)
    counter.add(3.5, 1)
    assert counter.result().mean == (1.5, None, None, 1)


def test_a_recorder_that_rests_while_nobody_is_there_counts_nobody_more() -> None:
    """Ten frames a second while two people are there, half a minute of every ten, else 0.1."""
    counter, time_s, ten_s = PresenceCounter(), 0.0, 600.0
    while time_s < 12 * ten_s:
        busy = time_s % ten_s < 30
        counter.add(time_s, 2 if busy else 0)
        time_s += 0.1 if busy else 10.0
    told = counter.result()
    seen = [mean for mean in told.mean if mean is not None]
    assert (told.step_s, max(told.most)) == (32.0, 2)
    assert sum(seen) / len(seen) == pytest.approx(2 * 30 / ten_s, rel=0.1)


def test_people_between_frames_far_apart_are_those_of_both() -> None:
    counter = PresenceCounter()
    for time_s, people in ((0.0, 3), (500.0, 1), (1000.0, 1)):
        counter.add(time_s, people)
    told = counter.result()
    assert told.step_s == 8.0
    assert [told.mean[0], told.mean[62], told.mean[125]] == pytest.approx([1.125, 1, 1])
