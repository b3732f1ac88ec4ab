"""What runs as numbers for Prometheus, and as one word for a health check. Knows no network.

Source of the format: Prometheus text-based exposition format, version 0.0.4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from engine.grade import Grade
from engine.memory import resident_bytes
from engine.notify.delivery import DeliveryStatus
from engine.status import SessionStatus, State
from engine.store.store import StoreStatus

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Samples = Iterable[tuple[dict[str, str], float]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is told at one moment.

    Attributes:
        statuses: Every camera, by name.
        grades: Quality of its connection over the last hour.
        occupancy: People in each of its areas; "" is the whole picture.
        runtimes: What runs each model, by the name of its file; empty while they load.
        store: How the store stands, None without one.
        failure: Why the engine as a whole gave up, or "".
        wanted: Names of the cameras that shall run.
        outlets: How each delivery of events stands, by an address that is safe to show.
        refused: Why the cameras file as it is now is not used, or "".
    """

    statuses: Mapping[str, SessionStatus]
    grades: Mapping[str, Grade]
    occupancy: Mapping[str, Mapping[str, int]]
    runtimes: Mapping[str, str]
    store: StoreStatus | None
    failure: str
    wanted: tuple[str, ...]
    outlets: Mapping[str, DeliveryStatus] = field(default_factory=dict)
    refused: str = ""

    @property
    def healthy(self) -> bool:
        """Whether every camera that shall run is running, and the engine has not given up."""
        running = [
            name in self.statuses and self.statuses[name].state is State.RUNNING
            for name in self.wanted
        ]
        return all(running) and not self.failure


def health(snapshot: Snapshot) -> dict[str, object]:
    """The answer of `/healthz` as it becomes JSON."""
    return {
        "healthy": snapshot.healthy,
        "failure": snapshot.failure,
        "cameras_file": snapshot.refused,
        "cameras": {
            name: {
                "state": str(status.state),
                "message": status.message,
                "grade": str(snapshot.grades.get(name, "")),
                "lag_s": round(status.lag_s, 3),
                "frames_per_s": round(status.frames_per_s, 2),
            }
            for name, status in snapshot.statuses.items()
        },
        "store": None
        if snapshot.store is None
        else {
            "problem": snapshot.store.problem,
            "waiting": snapshot.store.waiting,
            "lost": snapshot.store.lost,
        },
        "outlets": {name: asdict(status) for name, status in snapshot.outlets.items()},
    }


def exposition(snapshot: Snapshot) -> str:
    """The answer of `/metrics`."""
    cameras = [({"camera": name}, status) for name, status in snapshot.statuses.items()]
    families = [
        _family("frames_total", "counter", "Frames looked at", _each(cameras, "frames")),
        _family(
            "dropped_frames_total",
            "counter",
            "Frames passed over for newer ones",
            _each(cameras, "dropped"),
        ),
        _family("stalls_total", "counter", "Silences of seconds", _each(cameras, "stalls")),
        _family(
            "reconnects_total", "counter", "Connections made again", _each(cameras, "reconnects")
        ),
        _family(
            "lag_seconds", "gauge", "Age of the newest finished result", _each(cameras, "lag_s")
        ),
        _family(
            "picture_age_seconds",
            "gauge",
            "Age of the newest picture",
            _each(cameras, "picture_age_s"),
        ),
        _family(
            "frames_per_second",
            "gauge",
            "Frames looked at, over the last two seconds",
            _each(cameras, "frames_per_s"),
        ),
        _family("people", "gauge", "People in the newest result", _each(cameras, "people")),
        _family("session_state", "gauge", "1 for the present state", _states(snapshot)),
        _family("grade", "gauge", "1 for the quality of the last hour", _grades(snapshot)),
        _family("stage_seconds", "gauge", "Seconds a frame by stage, smoothed", _stages(snapshot)),
        _family("zone_people", "gauge", "People in an area now", _zones(snapshot)),
        _family("runtime_info", "gauge", "What runs a model", _runtimes(snapshot)),
        _family("healthy", "gauge", "1 when all is well", [({}, snapshot.healthy)]),
        _family(
            "cameras_file_valid",
            "gauge",
            "0 while a changed cameras file is refused and the old one holds",
            [({}, not snapshot.refused)],
        ),
        _family(
            "process_resident_bytes", "gauge", "Memory of the program", [({}, resident_bytes())]
        ),
        *_store(snapshot.store),
        *_outlets(snapshot.outlets),
    ]
    return "".join(families)


def _each(cameras: list[tuple[dict[str, str], SessionStatus]], field: str) -> _Samples:
    return [(labels, getattr(status, field)) for labels, status in cameras]


def _states(snapshot: Snapshot) -> _Samples:
    return [
        ({"camera": name, "state": str(state)}, status.state is state)
        for name, status in snapshot.statuses.items()
        for state in State
    ]


def _grades(snapshot: Snapshot) -> _Samples:
    return [
        ({"camera": name, "grade": str(grade)}, snapshot.grades[name] is grade)
        for name in snapshot.grades
        for grade in Grade
    ]


def _stages(snapshot: Snapshot) -> _Samples:
    return [
        ({"camera": name, "stage": stage}, seconds)
        for name, status in snapshot.statuses.items()
        for stage, seconds in status.stages_s.items()
    ]


def _zones(snapshot: Snapshot) -> _Samples:
    return [
        ({"camera": name, "zone": zone}, people)
        for name, zones in snapshot.occupancy.items()
        for zone, people in zones.items()
        if zone
    ]


def _runtimes(snapshot: Snapshot) -> _Samples:
    return [
        ({"model": model, "runtime": runtime}, 1) for model, runtime in snapshot.runtimes.items()
    ]


def _store(store: StoreStatus | None) -> list[str]:
    if store is None:
        return []
    return [
        _family("store_written_total", "counter", "Events written", [({}, store.written)]),
        _family("store_lost_total", "counter", "Events lost", [({}, store.lost)]),
        _family("store_waiting", "gauge", "Events that wait", [({}, store.waiting)]),
        _family("store_stopped", "gauge", "1 while none is written", [({}, bool(store.problem))]),
    ]


def _outlets(outlets: Mapping[str, DeliveryStatus]) -> list[str]:
    if not outlets:
        return []
    told = [({"outlet": name}, status) for name, status in outlets.items()]
    return [
        _family("sent_total", "counter", "Messages sent", [(x, s.sent) for x, s in told]),
        _family("unsent_total", "counter", "Messages lost", [(x, s.lost) for x, s in told]),
        _family("unsent", "gauge", "Messages that wait", [(x, s.waiting) for x, s in told]),
        _family(
            "sending_stopped", "gauge", "1 while none goes", [(x, bool(s.problem)) for x, s in told]
        ),
    ]


def _family(name: str, kind: str, told: str, samples: _Samples) -> str:
    lines = [f"# HELP agescope_{name} {told}", f"# TYPE agescope_{name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        braced = f"{{{inside}}}" if inside else ""
        lines.append(f"agescope_{name}{braced} {float(value):.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
