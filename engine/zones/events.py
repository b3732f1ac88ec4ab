"""What happened in front of a camera, as events that stores, brokers and charts can take."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from engine.values.age import Doubles
from engine.values.result import AgeBelief, Track

ZoneKind = Literal["area", "line"]
WHOLE = ""
"""Name of the zone that is the whole picture."""


class Shape(Protocol):
    """A zone as drawn: `cameras_file.Zone` fits."""

    @property
    def name(self) -> str:
        """Unique in its camera."""
        ...

    @property
    def kind(self) -> str:
        """Area or line; others are passed over."""
        ...

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """In widths and heights of the picture, from its top left corner."""
        ...


class Action(StrEnum):
    """What somebody did at a zone."""

    ENTERED = "entered"
    LEFT = "left"
    IN = "in"
    """Crossed a line from its left to its right, looking from its first point to its second."""
    OUT = "out"
    """Crossed it the other way."""


@dataclass(frozen=True, slots=True)
class ZoneVisit:
    """What one track did at one zone, so far.

    Attributes:
        zone: Its name; `WHOLE` for the picture.
        kind: Area or line.
        entries: How often the track came in; of a line 0.
        crossed_in: Crossings of a line in its direction; of an area 0.
        crossed_out: Crossings against it.
        dwell_s: Seconds inside an area.
        attention_s: Of these, seconds with the face turned to the camera.
        first_s: Media second of the first entry or crossing.
        last_s: Media second when last seen inside or crossing.
    """

    zone: str
    kind: ZoneKind
    entries: int
    crossed_in: int
    crossed_out: int
    dwell_s: float
    attention_s: float
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True, eq=False)
class ZoneEvent:
    """Somebody entered or left an area, or crossed a line.

    Attributes:
        camera: Name of the camera.
        zone: Name of the zone.
        kind: Area or line.
        action: What happened.
        track_id: Who, within this run of the camera; no identity.
        at: Unix time, s.
        dwell_s: Seconds in the area so far.
        attention_s: Of these, with the face turned to the camera.
        belief: The age as far as it is known at that moment.
    """

    camera: str
    zone: str
    kind: ZoneKind
    action: Action
    track_id: int
    at: float
    dwell_s: float
    attention_s: float
    belief: AgeBelief


@dataclass(frozen=True, slots=True, eq=False)
class VisitEvent:
    """Somebody's visit is over.

    Attributes:
        number: Of the visit; no other has it in this run of the program.
        camera: Name of the camera.
        track: Its id, length, quality and final belief.
        first_at: Unix time of the first sight, s.
        last_at: Unix time of the last sight, s.
        zones: What was done at each zone touched; the first is the whole picture.
    """

    number: int
    camera: str
    track: Track
    first_at: float
    last_at: float
    zones: tuple[ZoneVisit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Underway:
    """Somebody's visit that is not over yet: sent again, grown, twice a second.

    Attributes:
        visit: As it stands.
    """

    visit: VisitEvent

    @property
    def camera(self) -> str:
        """Name of the camera."""
        return self.visit.camera


@dataclass(frozen=True, slots=True, eq=False)
class Minute:
    """One zone of one camera in one minute, so far: sent again, grown, twice a second.

    Attributes:
        camera: Name of the camera.
        zone: Name of the zone; `WHOLE` for the picture.
        kind: Area or line.
        start_at: Unix time of the minute, s, divisible by 60.
        frames: Frames looked at.
        seconds: Seconds that were watched.
        people_s: Person-seconds in the area.
        attention_s: Of these, with the face turned to the camera.
        most_people: Most people in the area at once.
        entered: People who came in; of a line those who crossed it in its direction.
        left: People who went; of a line those who crossed it against its direction.
        ages_s: (A,) float64, person-seconds of each age: the sum of the beliefs of those present.
        series: Two of the same minute add up where it differs: the clock was set back, say.
    """

    camera: str
    zone: str
    kind: ZoneKind
    start_at: int
    frames: int
    seconds: float
    people_s: float
    attention_s: float
    most_people: int
    entered: int
    left: int
    ages_s: Doubles
    series: int = 0


Event = ZoneEvent | VisitEvent | Underway | Minute
