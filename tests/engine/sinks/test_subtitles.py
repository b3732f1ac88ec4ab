from itertools import pairwise
from pathlib import Path

import av
import pytest

from engine.sinks.palette import DASH
from engine.sinks.subtitles import ASS, VTT, Format, Subtitles
from engine.values.result import Status
from tests.engine.sinks import made

Cue = tuple[float, float, str]


def written(
    path: Path, form: Format, frames: int = 40, *, title: str = "cam", start_s: float = 0.0
) -> Path:
    """A face that walks to the right, 8 px a frame, and a second one in the frames 10 to 19."""
    with Subtitles(path, form, rate=25.0, title=title, start_s=start_s) as sink:
        for index in range(frames):
            boxes = [[8 * index, 80, 60 + 8 * index, 150]]
            boxes += [[10, 2, 40, 40]] if 10 <= index < 20 else []
            sink.write(made.result(boxes, index=index))
        sink.finish(())
    return path


def cues(path: Path) -> list[Cue]:
    """Start, end and text as FFmpeg understands them."""
    with av.open(str(path)) as container:
        base = container.streams.subtitles[0].time_base
        return [
            (float(p.pts * base), float((p.pts + p.duration) * base), bytes(p).decode())
            for p in container.demux()
            if p.pts is not None
        ]


@pytest.mark.parametrize(("name", "form"), [("cam.ass", ASS), ("cam.vtt", VTT)])
def test_a_decoder_reads_times_and_texts(tmp_path: Path, name: str, form: Format) -> None:
    found = cues(written(tmp_path / name, form))
    first = [cue for cue in found if "#1" in cue[2]]
    second = [cue for cue in found if "#2" in cue[2]]
    assert all(before[1] == after[0] for before, after in pairwise(first))
    assert (first[0][0], first[-1][1]) == (0.0, pytest.approx(1.6, abs=0.011))
    assert (second[0][0], second[-1][1]) == pytest.approx((0.4, 0.8), abs=0.011)
    assert all(start < end for start, end, _ in found)
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)
    assert f"#1 20 (13{DASH}27)" in first[0][2].replace("{\\1c&HFFFFFF&}", "")


@pytest.mark.parametrize(("name", "form"), [("cam.ass", ASS), ("cam.vtt", VTT)])
def test_where_the_sound_begins_before_the_picture_cues_wait_for_it(
    tmp_path: Path, name: str, form: Format
) -> None:
    found = cues(written(tmp_path / name, form, start_s=3.0))
    (tmp_path / name).unlink()
    plain = cues(written(tmp_path / name, form))
    assert [start for start, _, _ in found] == pytest.approx(
        [s + 3 for s, _, _ in plain], abs=0.011
    )
    assert [end for _, end, _ in found] == pytest.approx([e + 3 for _, e, _ in plain], 0, 0.011)


def test_ass_text_goes_along_with_the_face_and_leaves_no_picture(tmp_path: Path) -> None:
    lines = written(tmp_path / "cam.ass", ASS).read_text().splitlines()
    assert "PlayResX: 320" in lines
    assert "PlayResY: 240" in lines
    events = [line for line in lines if line.startswith("Dialogue")]
    assert r"\an1\move(0,76,96,76)" in events[0]
    assert any(r"\an7\move(10,44,10,44)" in event for event in events)


def test_vtt_keeps_cues_inside_the_picture(tmp_path: Path) -> None:
    text = written(tmp_path / "cam.vtt", VTT, frames=60).read_text()
    places = [line.split() for line in text.splitlines() if "-->" in line]
    for *_, line, position, _, size in places:
        left, width = float(position[9:-1]), float(size[5:-1])
        assert 0 <= float(line[5:-1]) <= 92
        assert 0 <= left <= left + width <= 100


@pytest.mark.parametrize(("name", "form"), [("cam.ass", ASS), ("cam.vtt", VTT)])
def test_a_hostile_title_stays_one_line(tmp_path: Path, name: str, form: Format) -> None:
    path = written(tmp_path / name, form, title="a\n[Events]\n00:00 --> 00:09\nb")
    assert len(cues(path)) == len(cues(written(tmp_path / f"plain-{name}", form)))


def test_a_face_nothing_is_known_of_has_a_number_and_no_age(tmp_path: Path) -> None:
    unclear = made.belief(status=Status.INSUFFICIENT)
    with Subtitles(tmp_path / "cam.vtt", VTT, rate=0, title="cam") as sink:
        sink.write(made.result(beliefs=[unclear]))
        sink.finish(())
    assert cues(tmp_path / "cam.vtt") == [(0.0, pytest.approx(0.04), "#1 …")]


def test_no_frames_leave_no_file(tmp_path: Path) -> None:
    with Subtitles(tmp_path / "cam.ass", ASS, rate=25, title="cam") as sink:
        sink.finish(())
    assert list(tmp_path.iterdir()) == []
