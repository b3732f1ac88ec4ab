"""The digest of a source: all that a report needs of it, small whatever its length.

Reports are made from digests alone, so that it does not matter which process, machine or run has
analysed which source.
"""

import base64
import heapq
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import cv2
from pydantic import BaseModel, ConfigDict

from engine.sinks.biography import Biographer, Biography, Faces
from engine.sinks.growing import GrowingFile
from engine.sinks.presence import Presence, PresenceCounter
from engine.sinks.tally import Tally
from engine.values.frame import Image
from engine.values.result import FrameResult, Status, Track

SUFFIX = ".digest.json"
_MOST_PEOPLE = 12
_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 82)
_QUANTILES = (0.05, 0.5, 0.95)


class Person(BaseModel):
    """One of the people seen longest.

    Attributes:
        source: Name of the source.
        track_id: Number of the track; of pictures, number of the face.
        picture: File name of the picture, else "".
        first_s: First media second.
        last_s: Last media second.
        frames: Frames in view.
        estimates: Crops that went into the belief.
        status: How far to trust it.
        quality: Mean quality, 0..1.
        side_px: Side of the face at its largest.
        probs: The final belief, probabilities of the ages 0 to 100.
        course: Media second, 5 % quantile, median, 95 % quantile in years; empty for pictures.
        face: JPEG of the best look in base64, or "".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    track_id: int
    picture: str
    first_s: float
    last_s: float
    frames: int
    estimates: int
    status: Status
    quality: float
    side_px: float
    probs: tuple[float, ...]
    course: tuple[tuple[float, float, float, float], ...]
    face: str

    @classmethod
    def of(cls, life: Biography) -> Self:
        """What a report tells of one visit."""
        track = life.track
        return cls(
            source=track.source,
            track_id=track.track_id,
            picture=life.picture,
            first_s=round(track.first_s, 3),
            last_s=round(track.last_s, 3),
            frames=track.frames,
            estimates=track.belief.estimates,
            status=track.belief.status,
            quality=round(track.quality, 4),
            side_px=round(life.side_px, 1),
            probs=tuple(float(f"{p:.4g}") for p in track.belief.distribution.probs.tolist()),
            course=_course(life),
            face="" if life.face is None else _jpeg(life.face),
        )


class Digest(BaseModel):
    """One source in short.

    Attributes:
        format: Number of this layout.
        source: Name of the source.
        pictures: Every frame was a picture of its own.
        frames: Frames looked at.
        first_s: Media second of the first frame.
        last_s: Media second of the last frame.
        tally: Sums over all people.
        presence: People in view over time; empty for pictures.
        people: At most 12: those in view longest; of pictures, those with the largest faces.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    source: str
    pictures: bool
    frames: int = 0
    first_s: float = 0.0
    last_s: float = 0.0
    tally: Tally = Tally()
    presence: Presence = Presence()
    people: tuple[Person, ...] = ()


def read_digest(data: bytes) -> Digest:
    """Read a digest from the bytes of its file.

    Raises:
        ValueError: It is damaged or of another version.
    """
    return Digest.model_validate_json(data)


class DigestFile:
    """Sink: gathers the digest and writes it at the end."""

    def __init__(
        self, path: Path, *, source: str, pictures: bool, faces: Faces | None = None
    ) -> None:
        """Choose the final name.

        Args:
            path: Final name.
            source: Name of the source.
            pictures: Every frame is a picture of its own.
            faces: Which pictures of faces go into it, None for none.
        """
        self._file = GrowingFile(path)
        self._begun = Digest(source=source, pictures=pictures)
        self._biographer = Biographer(faces)
        self._presence = PresenceCounter()
        self._tally = Tally()
        self._longest: list[tuple[float, int, Biography]] = []
        self._frames = 0
        self._first_s = self._last_s = 0.0

    def __enter__(self) -> Self:
        """Begin the file, so that a folder that takes none is told at once."""
        self._file.open()
        return self

    def write(self, result: FrameResult) -> None:
        """Gather one frame."""
        self._gather(self._biographer.follow(result))
        if not result.looked:
            return
        time_s = result.frame.time_s
        self._first_s = self._first_s if self._frames else time_s
        self._last_s = time_s
        self._frames += 1
        if not self._begun.pictures:
            self._presence.add(time_s, int((result.faces.track_ids >= 0).sum()))

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Gather those who stayed to the end, and write."""
        self._gather(self._biographer.end(tracks))
        digest = self._begun.model_copy(
            update={
                "frames": self._frames,
                "first_s": round(self._first_s, 3),
                "last_s": round(self._last_s, 3),
                "tally": self._tally,
                "presence": self._presence.result(),
                "people": tuple(Person.of(life) for _, _, life in sorted(self._longest)[::-1]),
            }
        )
        self._file.append(digest.model_dump_json() + "\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the file its name, unless something unforeseen came before the end."""
        if kind is None:
            self._file.complete()
        else:
            self._file.end()

    def _gather(self, lives: list[Biography]) -> None:
        for life in lives:
            self._tally += Tally.of(life)
            track = life.track
            worth = life.side_px if self._begun.pictures else track.last_s - track.first_s
            heapq.heappush(self._longest, (worth, -track.track_id, life))
            if len(self._longest) > _MOST_PEOPLE:
                heapq.heappop(self._longest)


def _course(life: Biography) -> tuple[tuple[float, float, float, float], ...]:
    known = [m for m in life.course if m.belief.status is not Status.INSUFFICIENT]
    points = []
    for moment in known:
        low, median, high = moment.belief.distribution.quantiles(_QUANTILES).round(2).tolist()
        points.append((round(moment.time_s, 3), low, median, high))
    return tuple(points)


def _jpeg(image: Image) -> str:
    done, data = cv2.imencode(".jpg", image[:, :, ::-1], _JPEG)
    return base64.b64encode(data.tobytes()).decode() if done else ""
