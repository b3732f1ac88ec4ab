"""Folders of results as `analyze` leaves them, without analysing anything."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.sinks.biography import Faces
from engine.sinks.digest import SUFFIX, DigestFile
from engine.values.result import Status, Track
from tests.engine.sinks import made

_DEVICE = {"device": "CPU", "precision": "bfloat16", "gpu": False}


def summary(sources: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {
        "agescope": "0.1.0",
        "python": "3.11.7",
        "options": {"max_fps": 0.0},
        "versions": {"av": "18.1.0", "numpy": "2.4.6"},
        "models": {"age.onnx": {"sha256": "0" * 64, "runtime": "openvino", **_DEVICE}},
        "settings": {"schedule": {"effort": "balanced"}},
        "sources": [*sources],
    }


def outcome(source: str, **more: object) -> dict[str, object]:
    return {"source": source, "frames": 50, "seconds": 2.0, "people": 2, "errors": [], **more}


def track(number: int, years: float, status: Status = Status.STABLE) -> Track:
    return Track("cam", number, 0.0, 1.96, 49, made.belief(years, status), 0.7)


def video(out: Path, source: str, tracks: Sequence[Track], *, faces: Faces | None = None) -> None:
    """Everybody stands beside the others for two seconds."""
    boxes = [[10 + 40 * n, 20, 44 + 40 * n, 60] for n in range(len(tracks))]
    beliefs = [track.belief for track in tracks]
    sink = DigestFile(out / f"{source}{SUFFIX}", source=source, pictures=False, faces=faces)
    with sink:
        for index in range(50):
            sink.write(made.result(boxes, index=index, beliefs=beliefs, source=source))
        sink.finish(tuple(tracks))


def pictures(out: Path, source: str, names: Sequence[str], *, faces: Faces | None = None) -> None:
    """One face in every picture."""
    sink = DigestFile(out / f"{source}{SUFFIX}", source=source, pictures=True, faces=faces)
    with sink:
        for index, name in enumerate(names):
            sink.write(made.result(index=index, picture=name, source=source))
        sink.finish(())
