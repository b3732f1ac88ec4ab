import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import SinkError
from engine.sinks.blur import FaceBlur
from engine.sinks.growing import partial
from engine.sinks.shown import Shown
from engine.sinks.video import AnnotatedVideo
from engine.sinks.zone import DrawnZone
from engine.sources.blackout import Blackout
from engine.sources.video import open_video
from engine.values.frame import Frame, Image
from engine.values.result import FrameResult
from tests.engine.sinks import made
from tests.engine.sinks.clips import clip, loud_from, pictures

ROOT = Path(__file__).parents[3]


def record(
    path: Path,
    results: Iterable[FrameResult],
    *,
    blur: bool = False,
) -> None:
    blurring = FaceBlur() if blur else None
    with AnnotatedVideo(path, rate=25, blur=blurring) as video:
        for result in results:
            video.write(result)
        video.finish(())


def test_every_frame_is_there_at_its_own_second(tmp_path: Path) -> None:
    seconds = [0.0, 0.04, 0.0811, 0.12, 0.5, 0.533, 0.566, 2.0, 2.001, 2.5, 7.0]
    path = tmp_path / "cam.annotated.mp4"
    record(
        path,
        [
            made.result(index=n, time_s=time_s, looked=n % 2 == 0)
            for n, time_s in enumerate(seconds)
        ],
    )
    assert [time_s for time_s, _ in pictures(path)] == pytest.approx(seconds, abs=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_first_frame_after_second_zero_keeps_its_second(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    record(path, [made.result(index=n, time_s=3.5 + n / 25) for n in range(10)])
    assert pictures(path)[0][0] == pytest.approx(3.5)


def test_times_that_stand_still_lose_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    record(path, [made.result(index=n, time_s=time_s) for n, time_s in enumerate([0, 1, 1, 1, 2])])
    seconds = [time_s for time_s, _ in pictures(path)]
    assert seconds == pytest.approx([0, 1, 1, 1, 2], abs=1e-4)
    assert (np.diff(seconds) > 0).all()


def test_a_whole_file_is_an_ordinary_mp4(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    record(path, [made.result(index=n) for n in range(60)])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.frames == 60  # fragmented files do not tell
        assert float(stream.duration * stream.time_base) == pytest.approx(60 / 25, abs=1e-3)
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"


def test_the_drawing_is_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    result = made.result([(100, 80, 180, 170)], beliefs=[made.belief(30)])
    record(path, [result] * 5)
    image = pictures(path)[-1][1].astype(int)
    yellow = (image[..., 0] > 150) & (image[..., 1] > 150) & (image[..., 2] < 120)
    assert yellow[75:175, 95:185].sum() > 100


@pytest.mark.parametrize("colour", [(200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128)])
def test_colours_survive(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    path = tmp_path / "cam.annotated.mp4"
    image = np.full((720, 1280, 3), colour, np.uint8)
    record(path, [made.result([], image=image)])
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert frame.colorspace == 1  # BT.709, said so that players need not guess
        seen = frame.to_ndarray(format="rgb24")[360, 640]
    np.testing.assert_allclose(seen, colour, atol=4)


@pytest.mark.parametrize(("size", "even"), [((321, 241), (322, 242)), ((1, 1), (2, 2))])
def test_odd_sizes_grow_by_one(
    tmp_path: Path, size: tuple[int, int], even: tuple[int, int]
) -> None:
    path = tmp_path / "cam.annotated.mp4"
    record(path, [made.result([], image=made.ramp(*size))] * 3)
    assert pictures(path)[0][1].shape[1::-1] == even


def test_a_change_of_size_is_scaled_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    sizes = [(320, 240), (640, 480), (161, 99), (320, 240)]
    record(
        path,
        [made.result([], index=n, image=made.ramp(*size)) for n, size in enumerate(sizes)],
    )
    assert [image.shape for _, image in pictures(path)] == [(240, 320, 3)] * 4


def test_blurred_faces_are_blurred_in_the_video_alone(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    image = np.repeat(np.repeat(generator.integers(0, 256, (60, 80, 3)), 4, 0), 4, 1)
    result = made.result([(100, 80, 180, 170)], image=image.astype(np.uint8))
    before = result.frame.image.copy()
    for blur in (False, True):
        record(tmp_path / f"{blur}.mp4", [result] * 2, blur=blur)
    inside = [
        pictures(tmp_path / f"{blur}.mp4")[0][1][100:150, 120:160].std() for blur in (False, True)
    ]
    assert inside[1] < 0.5 * inside[0]
    assert (result.frame.image == before).all()


def coarse_noise() -> Image:
    blocks = np.random.default_rng(0).integers(30, 226, (30, 40, 3))
    return np.repeat(np.repeat(blocks, 8, 0), 8, 1).astype(np.uint8)


def decoded(path: Path, image: Image) -> list[Frame]:
    """A clip of the usual form of video, decoded."""
    record(path, [made.result([], index=n, image=image) for n in range(4)])
    with open_video(path, name="cam") as source:
        frames = list(source)
    assert len(frames) == 4
    assert all(frame.planes is not None for frame in frames)
    return frames


def on(frame: Frame) -> FrameResult:
    return replace(made.result([(100, 80, 180, 170)], time_s=frame.time_s), frame=frame)


def test_decoded_planes_are_drawn_on_as_their_pictures_are(tmp_path: Path) -> None:
    frames = decoded(tmp_path / "clip.mp4", made.ramp())
    record(tmp_path / "planes.mp4", [on(frame) for frame in frames])
    record(tmp_path / "rgb.mp4", [on(frame.showing(frame.image)) for frame in frames])
    for (time_s, found), (expected_s, expected) in zip(
        pictures(tmp_path / "planes.mp4"), pictures(tmp_path / "rgb.mp4"), strict=True
    ):
        assert time_s == expected_s
        assert np.abs(found.astype(int) - expected).mean() < 1.5
    assert (frames[0].image == made.ramp()).mean() > 0.2  # nothing was drawn on the decoder's own


@pytest.mark.parametrize("planes", [True, False])
@pytest.mark.parametrize("on_top", ["boxes", "trails", "zones"])
def test_only_what_is_asked_for_is_drawn(tmp_path: Path, planes: bool, on_top: str) -> None:
    places = {
        "boxes": np.s_[78:175, 98:185],
        "trails": np.s_[190:210, 30:120],
        "zones": np.s_[10:60, 190:310],
    }
    off = Shown(boxes=False, ages=False, ids=False, curves=False, zones=False)
    trails = {1: np.array([[40, 200], [110, 200]], np.float32)}
    zone = DrawnZone(((0.6, 0.05), (0.95, 0.05), (0.95, 0.2), (0.6, 0.2)), "door")
    look = (replace(off, **{on_top: True}), trails, (zone,))
    path = tmp_path / "out.mp4"
    with AnnotatedVideo(path, rate=25, look=lambda: look) as video:
        for frame in decoded(tmp_path / "clip.mp4", np.full((240, 320, 3), 90, np.uint8)):
            video.write(on(frame if planes else frame.showing(frame.image)))
    image = pictures(path)[-1][1].astype(int)
    drawn = np.abs(image - 90).max(2) > 40
    assert {name for name, place in places.items() if drawn[place].any()} == {on_top}


def test_what_is_blurred_does_not_come_back_from_the_decoder(tmp_path: Path) -> None:
    frames = decoded(tmp_path / "clip.mp4", coarse_noise())
    inside = []
    for blur in (False, True):
        record(tmp_path / f"{blur}.mp4", [on(frame) for frame in frames], blur=blur)
        inside += [image[100:150, 120:160].std() for _, image in pictures(tmp_path / f"{blur}.mp4")]
    assert max(inside[4:]) < 0.5 * min(inside[:4])


def test_what_is_blacked_out_does_not_come_back_from_the_decoder(tmp_path: Path) -> None:
    decoded(tmp_path / "clip.mp4", np.full((240, 320, 3), 200, np.uint8))
    right = ((0.75, 0.0), (1.0, 0.0), (1.0, 1.0), (0.75, 1.0))
    with Blackout(open_video(tmp_path / "clip.mp4", name="cam"), [right]) as source:
        record(tmp_path / "out.mp4", [on(frame) for frame in source])
    for _, image in pictures(tmp_path / "out.mp4"):
        assert image[:, 250:].max() < 40
        assert image[:, :60].min() > 150


def test_a_source_without_frames_leaves_no_file(tmp_path: Path) -> None:
    record(tmp_path / "cam.annotated.mp4", [])
    assert list(tmp_path.iterdir()) == []


def test_after_an_interrupt_the_video_is_whole_up_to_that_frame(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"

    def interrupted() -> None:
        with AnnotatedVideo(path, rate=25) as video:
            for index in range(30):
                video.write(made.result(index=index))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(pictures(path)) == 30


def test_a_full_disk_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "cam.annotated.mp4"
    partial(path).symlink_to("/dev/full")
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, (240, 320, 3), dtype=np.uint8)
    errors = []
    with AnnotatedVideo(path, rate=25) as video:
        for index in range(120):
            try:
                video.write(made.result(index=index, image=noise))
            except SinkError as error:
                errors.append(str(error))
        video.finish(())
    assert errors == [
        f"cannot write {path}: no space left on its disk. Make room or choose another --out."
    ]
    assert not path.exists()


def test_a_folder_that_is_missing_is_one_error(tmp_path: Path) -> None:
    with (
        AnnotatedVideo(tmp_path / "gone" / "a.mp4", rate=25) as video,
        pytest.raises(SinkError, match="no such file or directory"),
    ):
        video.write(made.result())


def test_a_killed_run_leaves_a_video_that_plays(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from engine.sinks.video import AnnotatedVideo
from tests.engine.sinks import made
with AnnotatedVideo(Path(sys.argv[1]), rate=25, audio_from=Path(sys.argv[2])) as video:
    for index in range(250):
        video.write(made.result(index=index))
    print("written", flush=True)
    sys.stdin.read()
"""
    source, path = tmp_path / "a.mkv", tmp_path / "cam.annotated.mp4"
    clip(source, "aac", start_s=0.0)
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path), str(source)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert not path.exists()
    seconds = [time_s for time_s, _ in pictures(partial(path))]
    assert len(seconds) >= 250 - 3 * 25
    assert seconds == pytest.approx([n / 25 for n in range(len(seconds))], abs=1e-4)
    assert loud_from(partial(path)) == pytest.approx(1.0, abs=0.01)
