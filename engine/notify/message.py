"""Events as messages for other programs: numbers only, in JSON."""

import json
import uuid
from dataclasses import asdict, dataclass

from engine.cameras_file_outlets import What
from engine.sinks.rows import TRACK_COLUMNS, track_rows
from engine.zones.events import WHOLE, Event, VisitEvent, ZoneEvent

_YEARS = 2
_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Message:
    """One event on its way.

    Attributes:
        key: No other message has it; the receiver tells a repetition by it.
        camera: Name of the camera.
        what: Kind of event.
        body: JSON in UTF-8.
    """

    key: str
    camera: str
    what: What
    body: bytes


def message_of(event: Event) -> Message | None:
    """The message of an event; None of those that stay here."""
    match event:
        case VisitEvent():
            return _message("visit", event.camera, _visit(event))
        case ZoneEvent():
            return _message("zone", event.camera, _zone(event))
    return None


def _message(what: What, camera: str, told: dict[str, object]) -> Message:
    key = uuid.uuid4().hex
    entry = {"id": key, "event": what, "camera": camera, **told}
    return Message(key, camera, what, json.dumps(entry, ensure_ascii=False).encode())


def _visit(event: VisitEvent) -> dict[str, object]:
    (row,) = track_rows([event.track], TRACK_COLUMNS)
    track = {column.name: value for column, value in zip(TRACK_COLUMNS, row, strict=True)}
    for own in ("source", "first_s", "last_s"):
        del track[own]
    zones = [_rounded(asdict(zone)) for zone in event.zones if zone.zone != WHOLE]
    return {
        "first_at": round(event.first_at, _SECONDS),
        "last_at": round(event.last_at, _SECONDS),
        **track,
        "zones": zones,
    }


def _zone(event: ZoneEvent) -> dict[str, object]:
    ages = event.belief.distribution
    low, high = (round(float(age), _YEARS) for age in ages.interval(0.9))
    return {
        "at": round(event.at, _SECONDS),
        "zone": event.zone,
        "kind": event.kind,
        "action": str(event.action),
        "track_id": event.track_id,
        "dwell_s": round(event.dwell_s, _SECONDS),
        "attention_s": round(event.attention_s, _SECONDS),
        "age_mean": round(float(ages.mean()), _YEARS),
        "age_p05": low,
        "age_p95": high,
        "status": event.belief.status.value,
    }


def _rounded(values: dict[str, object]) -> dict[str, object]:
    return {
        key: round(value, _SECONDS) if isinstance(value, float) else value
        for key, value in values.items()
    }
