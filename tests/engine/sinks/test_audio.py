from collections.abc import Iterable
from pathlib import Path

import av
import pytest

from engine.sinks.video import AnnotatedVideo
from engine.sources.video import open_video
from engine.values.result import FrameResult
from tests.engine.sinks import made
from tests.engine.sinks.clips import clip, loud_from, pictures


def record(path: Path, results: Iterable[FrameResult], *, audio_from: Path | None) -> None:
    with AnnotatedVideo(path, rate=25, audio_from=audio_from) as video:
        for result in results:
            video.write(result)
        video.finish(())


def annotate(source: Path, path: Path) -> None:
    """As the pipeline does: the first frame is at second 0."""
    frames = pictures(source)
    results = [
        made.result([], index=index, time_s=time_s - frames[0][0], image=image)
        for index, (time_s, image) in enumerate(frames)
    ]
    record(path, results, audio_from=source)


@pytest.mark.parametrize(
    ("name", "codec", "start_s", "kept"),
    [
        ("a.mp4", "aac", 0.0, "aac"),
        ("b.mkv", "aac", 1.6, "aac"),
        ("c.mkv", "libopus", 0.0, "opus"),
        ("d.mkv", "libmp3lame", 2.0, "mp3"),
        ("e.mkv", "flac", 0.0, "flac"),
        ("f.ts", "aac", 10.0, "aac"),
        ("g.mov", "pcm_s16le", 0.0, "aac"),
    ],
)
def test_the_sound_is_kept_in_time(
    tmp_path: Path, name: str, codec: str, start_s: float, kept: str
) -> None:
    source, path = tmp_path / name, tmp_path / "cam.annotated.mp4"
    clip(source, codec, start_s=start_s)
    annotate(source, path)
    frames = pictures(path)
    assert len(frames) == 50
    white_from = next(time_s for time_s, image in frames if image.mean() > 128)
    assert white_from == pytest.approx(1.0, abs=0.002)
    assert loud_from(path) == pytest.approx(1.0, abs=0.01)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec.canonical_name == kept
        length_s = float(stream.duration * stream.time_base)
    assert length_s == pytest.approx(3.0, abs=0.1)  # to its end, a second after the pictures


def test_the_sound_of_a_joined_recording_carries_on_with_its_pictures(tmp_path: Path) -> None:
    later, joined, path = (tmp_path / name for name in ("later.ts", "joined.ts", "annotated.mp4"))
    clip(later, "aac", start_s=10.0, sound_s=2)
    clip(joined, "aac", start_s=0.0, sound_s=2)
    joined.write_bytes(later.read_bytes() + joined.read_bytes())
    with open_video(joined, name="cam") as source:
        results = [made.result([], time_s=frame.time_s, image=frame.image) for frame in source]
    record(path, results, audio_from=joined)
    white_from = next(time_s for time_s, image in pictures(path)[60:] if image.mean() > 128)
    assert white_from == pytest.approx(3.0, abs=0.1)
    assert loud_from(path) == pytest.approx(1.0, abs=0.02)
    assert loud_from(path, after_s=2.5) == pytest.approx(white_from, abs=0.02)


def test_a_run_that_was_stopped_has_no_sound_of_what_was_not_reached(tmp_path: Path) -> None:
    source, path = tmp_path / "a.mkv", tmp_path / "cam.annotated.mp4"
    clip(source, "aac", start_s=0.0)
    record(path, [made.result(index=index) for index in range(10)], audio_from=source)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(0.4, abs=0.25)


def test_stereo_sound_that_must_be_encoded_stays_stereo(tmp_path: Path) -> None:
    source, path = tmp_path / "a.mkv", tmp_path / "cam.annotated.mp4"
    clip(source, "pcm_s16le", start_s=0.0, layout="stereo")
    annotate(source, path)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].channels == 2


def test_a_source_without_sound_gives_a_silent_video(tmp_path: Path) -> None:
    source, path = tmp_path / "mute.mp4", tmp_path / "cam.annotated.mp4"
    record(source, [made.result(index=n) for n in range(5)], audio_from=None)
    record(path, [made.result(index=n) for n in range(5)], audio_from=source)
    with av.open(str(path)) as container:
        assert not container.streams.audio


def test_a_source_whose_sound_cannot_be_read_costs_only_the_sound(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken, strange, path = (tmp_path / n for n in ("broken.mp4", "strange.mkv", "annotated.mp4"))
    broken.write_text("this is no video")
    clip(strange, "aac", start_s=0.0)
    strange.write_bytes(strange.read_bytes().replace(b"A_AAC", b"A_QQQ"))
    for source in (broken, strange):
        record(path, [made.result(index=n) for n in range(5)], audio_from=source)
        assert len(pictures(path)) == 5
    assert "broken.mp4: the sound ends here" in caplog.text
    assert "strange.mkv: the sound ends here (FFmpeg cannot decode it)" in caplog.text
