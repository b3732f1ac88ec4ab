"""`demo`: a clip composed from public-domain portraits, with known people, analysed and shown."""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from app.analyze import Wish, analyze_all
from app.belief_chart import draw_beliefs
from app.start_window import Look, Request, has_display, has_qt, open_window
from engine.errors import SinkError
from engine.settings import Settings
from engine.sources.scene import Scene, demo_scene, write_clip
from engine.values.faces import overlaps

_CLIP = "demo.mp4"
_MATCH = 0.3


def run_demo(out: Path, settings: Settings, *, window: Settings | None) -> int:
    """Compose, analyse, draw, tell and show.

    Args:
        out: Folder for the clip and all results.
        settings: Engine settings of the analysis.
        window: Those of the window that opens afterwards if there is a display; None for no window.

    Returns:
        The exit code.

    Raises:
        AgescopeError: The portraits or a model are missing, or the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(
            f"cannot make the folder {out}: {error.strerror}. Choose another one with --out."
        ) from error
    scene = demo_scene()
    clip = out / _CLIP
    sys.stdout.write(f"composing {clip}\n")
    write_clip(clip, scene)
    code = analyze_all([str(clip)], Wish(out=out, annotate=True), settings)
    rows = _read(out / "demo.faces.csv")
    draw_beliefs(rows, out / "demo.beliefs.png", title="Age beliefs over time")
    _compare(scene, rows)
    names = ("annotated.mp4", "faces.csv", "tracks.csv", "beliefs.png")
    sys.stdout.write("\nwritten: " + ", ".join(str(out / f"demo.{n}") for n in names) + "\n")
    if window is not None and has_qt() and has_display():
        return open_window(Request((str(clip),)), window, Look())
    return code


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def _compare(scene: Scene, rows: list[dict[str, str]]) -> None:
    """Print who was in the clip, and what was believed of them."""
    seen: dict[int, Counter[int]] = defaultdict(Counter)
    last: dict[int, dict[str, str]] = {}
    ages: dict[int, float] = {}
    for row in rows:
        truth = scene.truth(int(row["frame"]))
        track = int(row["track_id"])
        if not truth or track < 0:
            continue
        box = np.array([[float(row[key]) for key in ("x1", "y1", "x2", "y2")]], np.float32)
        shared = overlaps(box, np.array([face.box_xyxy for face in truth], np.float32))[0]
        if shared.max() < _MATCH:
            continue
        face = truth[int(shared.argmax())]
        seen[face.person][track] += 1
        ages[face.person] = face.age_years
        last[track] = row
    table = Table(title="Who was in the clip, and what was believed")
    for column in ("person", "age in the portrait", "track", "believed age", "90 % interval"):
        table.add_column(column, justify="right")
    for person in sorted(seen):
        track = seen[person].most_common(1)[0][0]
        row = last[track]
        table.add_row(
            str(person + 1),
            f"{ages[person]:.0f}",
            f"#{track}",
            f"{float(row['age_median']):.0f}",
            f"{float(row['age_p05']):.0f} to {float(row['age_p95']):.0f}",
        )
    Console(file=sys.stdout).print(table)
