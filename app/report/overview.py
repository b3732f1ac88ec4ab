"""What a report tells, gathered from a summary and the digests beside it. Knows no HTML."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from engine.archive.folder import Folder
from engine.errors import SinkError
from engine.sinks.digest import SUFFIX, Digest, Person, read_digest
from engine.sinks.presence import Presence
from engine.sinks.tally import Tally
from engine.values.result import Status

_MOST_PEOPLE = 24
_MOST_COURSES = 6
_LEVEL_90 = 1.645
"""Standard deviations to either side that hold 90 % of a normal distribution."""


class Outcome(BaseModel):
    """What the summary says of a source, as far as a report needs it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    address: str = ""
    frames: int = 0
    seconds: float = 0.0
    people: int = 0
    interrupted: bool = False
    errors: tuple[str, ...] = ()
    outputs: tuple[str, ...] | None = None
    earlier_results: bool = False

    @property
    def state(self) -> str:
        """In one word."""
        if self.earlier_results:
            return "earlier results"
        if self.errors:
            return "problem" if self.frames else "failed"
        return "interrupted" if self.interrupted else "done"


@dataclass(frozen=True, slots=True)
class Row:
    """One source in the table of sources: its digest's tally is None where there is none."""

    outcome: Outcome
    pictures: bool
    tally: Tally | None


@dataclass(slots=True)
class Overview:
    """Everything together.

    Attributes:
        rows: One a source, in order.
        tally: Sums over all sources.
        people: Those in view longest, at most 24.
        courses: Names and people in view over time, of the first 6 sources of video.
        video_s: Seconds of video.
        frames: Frames looked at.
        pictures: Pictures looked at.
        without: Sources without a readable digest.
    """

    rows: list[Row] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    people: list[Person] = field(default_factory=list)
    courses: list[tuple[str, Presence]] = field(default_factory=list)
    video_s: float = 0.0
    frames: int = 0
    pictures: int = 0
    without: int = 0


def gather(folder: Folder, summary: Mapping[str, object]) -> Overview:
    """Read the digests of all sources that the summary names, one after the other."""
    overview = Overview()
    chosen: list[tuple[tuple[float, ...], Person]] = []
    sources = summary["sources"]
    for at, entry in enumerate(sources if isinstance(sources, list) else []):
        outcome = Outcome.model_validate(entry)
        digest = _digest(folder, outcome)
        overview.rows.append(
            Row(
                outcome,
                pictures=digest is not None and digest.pictures,
                tally=None if digest is None else digest.tally,
            )
        )
        if digest is None:
            overview.without += 1
            continue
        _add(overview, digest)
        for place, person in enumerate(digest.people):
            heapq.heappush(chosen, (_worth(person, at * 100 + place), person))
            if len(chosen) > _MOST_PEOPLE:
                heapq.heappop(chosen)
    overview.people = [person for _, person in sorted(chosen, key=lambda pair: pair[0])[::-1]]
    return overview


def interval_90(expected: float, variance: float, people: int) -> tuple[float, float]:
    """Between what the number of people in a band lies with 90 %, by the normal distribution.

    Takes the errors for those of people apart; a bias that the model has on everybody is not in it.
    """
    reach = _LEVEL_90 * variance**0.5
    return max(expected - reach, 0.0), min(expected + reach, float(people))


def _digest(folder: Folder, outcome: Outcome) -> Digest | None:
    file = f"{outcome.source}{SUFFIX}"
    if outcome.outputs is not None and file not in outcome.outputs:  # an earlier run left it
        return None
    try:
        data = folder.read(file)
        return None if data is None else read_digest(data)
    except (SinkError, ValueError):  # unreadable or damaged: the report says so
        return None


def _add(overview: Overview, digest: Digest) -> None:
    overview.tally += digest.tally
    if digest.pictures:
        overview.pictures += digest.frames
        return
    overview.frames += digest.frames
    overview.video_s += digest.last_s - digest.first_s
    if len(overview.courses) < _MOST_COURSES:
        overview.courses.append((digest.source, digest.presence))


def _worth(person: Person, place: int) -> tuple[float, ...]:
    """Who is told about first: those with an age, longest in view, by the order of the sources."""
    known = person.status is not Status.INSUFFICIENT
    return (float(known), person.last_s - person.first_s, person.side_px, float(-place))
