from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from engine.sources.address import open_source
from engine.sources.recording import recording_of
from engine.sources.scene import Scene, Script, write_clip
from engine.sources.seeking import PICTURE_S, Recording, length_s, shown_s
from engine.values.frame import Image

SCENE = "synthetic:?people=1&seconds=2&size=160x120&rate=25"


def half(width: int, height: int) -> tuple[int, int]:
    return width // 2, height // 2


def opened(address: str) -> Recording:
    return recording_of(partial(open_source, address, small_size=half, name="x"), half)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_clip(file, Scene(Script(1, 4.0, (160, 120), 25.0, 1, "visits")))
    return str(file)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pictures")
    for shade in (10, 90, 170):
        cv2.imwrite(str(folder / f"{shade:03}.png"), np.full((60, 80, 3), shade, np.uint8))
    return str(folder)


@pytest.mark.parametrize("place", [0, 1, 23, 24, 25, 26, 70, 99])
def test_a_sought_frame_is_the_very_frame_of_plain_reading(clip: str, place: int) -> None:
    with open_source(clip, small_size=half, name="x") as source:
        plain = list(source)
    recording = opened(clip)
    found = list(islice(recording.frames_from(plain[place].time_s), 3))
    for frame, wanted in zip(found, plain[place:], strict=False):
        assert (frame.index, frame.time_s) == (wanted.index, pytest.approx(wanted.time_s))
        np.testing.assert_array_equal(frame.image, wanted.image)
        np.testing.assert_array_equal(frame.small, wanted.small)
    recording.close()


@pytest.mark.parametrize(("time_s", "index"), [(0.0, 0), (0.039, 0), (0.04, 1), (1.0, 25)])
def test_between_two_frames_the_earlier_one_is_shown(clip: str, time_s: float, index: int) -> None:
    recording = opened(clip)
    assert next(iter(recording.frames_from(time_s))).index == index
    recording.close()


@pytest.mark.parametrize("source", ["clip", "scene", "pictures"])
def test_past_the_end_is_the_last_frame_and_the_beginning_can_be_read_again(
    source: str, request: pytest.FixtureRequest
) -> None:
    address = SCENE if source == "scene" else request.getfixturevalue(source)
    recording = opened(address)
    ends_s = (length_s(recording.info), 999.0)
    at_end = [[shown_s(frame) for frame in recording.frames_from(end_s)] for end_s in ends_s]
    whole = [shown_s(frame) for frame in recording.frames_from(0.0)]
    assert at_end == [whole[-1:]] * 2
    assert whole[0] == 0.0
    assert len(whole) == recording.info.frames
    assert whole[-1] < length_s(recording.info)
    recording.close()


@pytest.mark.parametrize("name", ["joined.ts", "leaping.mkv"])
def test_odd_timestamps_are_played_and_sought_as_they_are_read(
    make_clip: Callable[..., Path], number_of: Callable[[Image], int], name: str
) -> None:
    if name == "joined.ts":
        later = make_clip("later.ts", frames=40, pts=[1000 + 4 * n for n in range(40)])
        path = make_clip("earlier.ts", frames=40, pts=[4 * n for n in range(40)])
        path.write_bytes(later.read_bytes() + path.read_bytes())
    else:
        path = leaping(make_clip("plain.mkv", frames=80))
    with open_source(str(path), small_size=half, name="x") as source:
        plain = [(frame.time_s, number_of(frame.image)) for frame in source]
    assert [time_s for time_s, _ in plain] == pytest.approx([n / 25 for n in range(80)], abs=0.1)
    recording = opened(str(path))
    for first in (0, 60, 10, 38, 41, 79):
        found = recording.frames_from(plain[first][0])
        assert [(frame.time_s, number_of(frame.image)) for frame in found] == [
            (pytest.approx(time_s), number) for time_s, number in plain[first:]
        ]
    recording.close()


def leaping(path: Path) -> Path:
    """A copy of a clip in which one timestamp is a thousand seconds ahead."""
    copy = path.with_name("leaping.mkv")
    with av.open(str(path)) as source, av.open(str(copy), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is None or packet.pts is None:
                continue
            packet.pts += 1_000_000 if number == 37 else 0
            packet.stream = stream
            target.mux(packet)
    return copy


def test_a_scene_is_drawn_from_any_second_as_from_the_beginning() -> None:
    recording = opened(SCENE)
    whole = list(recording.frames_from(0.0))
    part = list(recording.frames_from(1.2))
    assert part[0].index == 30
    np.testing.assert_array_equal(part[0].image, whole[30].image)


def test_pictures_stand_for_two_seconds_each(pictures: str) -> None:
    recording = opened(pictures)
    shades = [int(frame.image[0, 0, 0]) for frame in recording.frames_from(1.5 * PICTURE_S)]
    assert shades == [90, 170]
    assert length_s(recording.info) == 3 * PICTURE_S
    recording.close()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    open_it: Callable[[str], Recording] = opened
    with pytest.raises(Exception, match="does not exist"):
        open_it(str(tmp_path / "none.mp4"))
