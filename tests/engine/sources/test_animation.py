from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources import animation
from engine.sources.address import open_source
from engine.sources.animation import AnimationSource

DURATIONS_MS = [40, 50, 60, 70, 400, 90, 100, 110, 120, 130]


def write(path: Path, durations_ms: list[int] = DURATIONS_MS) -> None:
    """Ten opaque frames, brighter and brighter in red, but the fourth clear."""
    frames = []
    for index in range(10):
        frame = np.zeros((60, 80, 4), np.uint8)
        frame[..., 2] = 20 * index
        frame[..., 3] = 0 if index == 3 else 255
        frames.append(frame)
    written = cv2.Animation()
    written.frames, written.durations = frames, durations_ms
    cv2.imwriteanimation(str(path), written)


def test_an_animated_webp_is_a_video_with_its_own_times(tmp_path: Path) -> None:
    path = tmp_path / "wave.webp"
    write(path)
    with open_source(str(path), small_size=lambda w, h: (w // 2, h // 2)) as source:
        assert isinstance(source, AnimationSource)
        frames = list(source)
    expected = np.concatenate([[0], np.cumsum(DURATIONS_MS)[:-1]]) / 1000
    assert [frame.time_s for frame in frames] == pytest.approx(expected)
    assert (source.info.frames, source.info.width, source.info.height) == (10, 80, 60)
    assert source.info.duration_s == pytest.approx(sum(DURATIONS_MS) / 1000)
    assert not source.info.pictures
    for index, frame in enumerate(frames):
        red = (255, 255, 255) if index == 3 else (20 * index, 0, 0)
        assert np.abs(frame.image[30, 40].astype(int) - red).max() <= 12
        assert frame.small is not None
        assert frame.small.shape == (30, 40, 3)
        assert not frame.image.flags.writeable


def test_an_animated_png_is_a_video_and_one_that_stands_still_a_picture(tmp_path: Path) -> None:
    moving, still = tmp_path / "moving.png", tmp_path / "still.png"
    write(moving)
    with open_source(str(moving)) as source:
        frames = list(source)
    assert not source.info.pictures
    expected = np.concatenate([[0], np.cumsum(DURATIONS_MS)[:-1]]) / 1000
    assert [frame.time_s for frame in frames] == pytest.approx(expected)
    assert [int(frame.image[30, 40, 0]) for frame in frames if frame.index != 3] == [
        20 * index for index in range(10) if index != 3
    ]
    cv2.imwrite(str(still), np.zeros((60, 80, 3), np.uint8))
    with open_source(str(still)) as source:
        assert source.info.pictures


def test_frames_that_are_to_be_shown_for_no_time_are_shown_for_a_tenth_of_a_second(
    tmp_path: Path,
) -> None:
    path = tmp_path / "wave.webp"
    write(path, [0] * 10)
    with open_source(str(path)) as source:
        assert [frame.time_s for frame in source] == pytest.approx([n / 10 for n in range(10)])
        assert (source.info.rate, source.info.duration_s) == pytest.approx((10, 1))


def test_frames_are_fetched_in_chunks_without_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wave.webp"
    write(path)
    monkeypatch.setattr(animation, "_CHUNK_PX", 3 * 80 * 60)
    with open_source(str(path)) as source:
        reds = [int(frame.image[30, 40, 0]) for frame in source if frame.index != 3]
    assert reds == sorted(reds)
    assert len(reds) == 9


def test_a_damaged_animation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wave.webp"
    write(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SourceError, match="cannot be decoded"):
        open_source(str(path))


def test_closing_ends_after_the_frame_under_way(tmp_path: Path) -> None:
    path = tmp_path / "wave.webp"
    write(path)
    source = open_source(str(path))
    seen = []
    for frame in source:
        seen.append(frame.index)
        source.close()
    assert seen == [0]
