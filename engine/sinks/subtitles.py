"""Ages as subtitles, beside the original video, which stays as it is.

Advanced SubStation Alpha puts every age at its face and lets it glide along; WebVTT, which browsers
play, puts it there and moves it twice a second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.sinks.growing import GrowingFile
from engine.sinks.label import Label, labels_of
from engine.values.result import AgeBelief, FrameResult, Track

_SLICE_S = 0.5
"""All cues are cut at these intervals: texts and places are renewed, and times stay in order."""
_LEAST_S = 0.02
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Cue:
    """One face for up to half a second.

    Attributes:
        track_id: Number of the track.
        first_s: Media second of its first frame.
        last_s: Where it ends.
        first: Box in the first frame, x1 y1 x2 y2 in px.
        last: Box in the last frame.
        belief: The last belief.
    """

    track_id: int
    first_s: float
    last_s: float
    first: Box
    last: Box
    belief: AgeBelief


@dataclass(frozen=True, slots=True)
class Format:
    """A format of subtitles.

    Attributes:
        head: The file's head, from the picture's width and height and a title.
        cue: The text of a cue, from its label and the picture's width and height.
    """

    head: Callable[[int, int, str], str]
    cue: Callable[[Cue, Label, int, int], str]


class Subtitles:
    """Sink: the age of every tracked face in view. A source without frames leaves no file."""

    def __init__(
        self, path: Path, form: Format, *, rate: float, title: str, start_s: float = 0.0
    ) -> None:
        """Choose the final name.

        Args:
            path: Final name.
            form: `ASS` or `VTT`.
            rate: Nominal frames a second of the source, 0 where unknown.
            title: Name of the source.
            start_s: Where a player of the source shows its first picture.
        """
        self._file = GrowingFile(path)
        self._form = form
        self._title = title
        self._start_s = start_s
        self._frame_s = 1 / rate if rate > 0 else 0.04
        self._size: tuple[int, int] | None = None
        self._cues: dict[int, Cue] = {}
        self._slice_s = 0.0
        self._seen: set[int] = set()

    def __enter__(self) -> Self:
        """Return self; the file begins with the first frame."""
        return self

    def write(self, result: FrameResult) -> None:
        """Add one frame, looked at or passed over."""
        time_s = result.frame.time_s + self._start_s
        if self._size is None:
            self._begin(result, time_s)
        for track_id in self._seen:
            self._cues[track_id].last_s = time_s
        if time_s >= self._slice_s + _SLICE_S:
            self._cut(time_s)
        self._seen = set()
        rows = zip(
            result.faces.track_ids.tolist(),
            result.faces.boxes.tolist(),
            result.beliefs,
            strict=True,
        )
        for track_id, box, belief in rows:
            if track_id >= 0:
                self._show(track_id, time_s, tuple(box), belief)

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """What of them was in view is written at the end."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is still shown and give the file its name."""
        for track_id in self._seen:
            self._cues[track_id].last_s += self._frame_s
        self._cut(0.0)
        self._file.complete()

    def _begin(self, result: FrameResult, time_s: float) -> None:
        self._size = result.frame.size_wh
        self._slice_s = time_s
        self._file.open()
        self._file.append(self._form.head(*self._size, self._title))

    def _show(self, track_id: int, time_s: float, box: Box, belief: AgeBelief) -> None:
        cue = self._cues.get(track_id)
        if cue is None:
            cue = Cue(track_id, time_s, time_s, box, box, belief)
            self._cues[track_id] = cue
        cue.last_s, cue.last, cue.belief = time_s, box, belief
        self._seen.add(track_id)

    def _cut(self, time_s: float) -> None:
        """Write all cues, in the order in which they began, and start new ones."""
        cues = sorted(self._cues.values(), key=lambda cue: (cue.first_s, cue.track_id))
        cues = [cue for cue in cues if cue.last_s - cue.first_s >= _LEAST_S]
        labels = labels_of([cue.belief for cue in cues], [cue.track_id for cue in cues])
        width, height = self._size or (0, 0)
        pieces = [
            self._form.cue(cue, label, width, height)
            for cue, label in zip(cues, labels, strict=True)
        ]
        self._file.append("".join(pieces))
        self._cues, self._seen, self._slice_s = {}, set(), time_s


def _words(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _ass_head(width: int, height: int, title: str) -> str:
    size = max(14, round(0.036 * min(width, height)))
    return (
        "[Script Info]\n"
        f"Title: {' '.join(title.split())}\n"
        "ScriptType: v4.00+\nWrapStyle: 2\nScaledBorderAndShadow: yes\n"
        f"PlayResX: {width}\nPlayResY: {height}\n\n"
        "[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, "
        "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV\n"
        f"Style: Age,sans-serif,{size},&H00FFFFFF,&H00000000,&H80000000,1,1,2,0,1,0,0,0\n\n"
        "[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )


def _ass_cue(cue: Cue, label: Label, width: int, height: int) -> str:
    del width
    above = cue.first[1] > 0.06 * height
    first, last = (
        f"{max(box[0], 0):.0f},{(box[1] - 4 if above else box[3] + 4):.0f}"
        for box in (cue.first, cue.last)
    )
    place = rf"\an{1 if above else 7}\move({first},{last})"
    red, green, blue = label.colour
    mark = rf"{{\1c&H{blue:02X}{green:02X}{red:02X}&}}" + "\N{LEFT ONE QUARTER BLOCK}"
    text = rf"{{{place}}}{mark}{{\1c&HFFFFFF&}}{_words((label.number, label.age, label.interval))}"
    times = f"{_ass_time(cue.first_s)},{_ass_time(cue.last_s)}"
    return f"Dialogue: 0,{times},Age,,0,0,0,,{text}\n"


def _ass_time(time_s: float) -> str:
    hundredths = round(max(time_s, 0) * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _vtt_head(width: int, height: int, title: str) -> str:
    del width, height
    return f"WEBVTT - {' '.join(title.split()).replace('-->', '')}\n\n"


def _vtt_cue(cue: Cue, label: Label, width: int, height: int) -> str:
    left = min(max(100 * cue.last[0] / width, 0), 90)
    top = min(max(100 * cue.last[1] / height - 6, 0), 92)
    times = f"{_vtt_time(cue.first_s)} --> {_vtt_time(cue.last_s)}"
    place = f"line:{top:.0f}% position:{left:.0f}% align:start size:{100 - left:.0f}%"
    return f"{times} {place}\n{_words((label.number, label.age, label.interval))}\n\n"


def _vtt_time(time_s: float) -> str:
    thousandths = round(max(time_s, 0) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


ASS = Format(_ass_head, _ass_cue)
"""For video players; beside a video of the same name they load it by themselves."""
VTT = Format(_vtt_head, _vtt_cue)
"""For the <track> of a web page."""
