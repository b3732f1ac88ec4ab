"""`bench --truth`: how right the program is on made-up scenes whose people are known."""

import json
import math
import sys

from rich.console import Console
from rich.table import Table

from app.progress import announcer
from engine.ahead import side_by_side
from engine.models.shipped import load_models
from engine.settings import Settings
from engine.truth.trial import Number, Trial, run_trial, scores

__all__ = ["Trial", "run_truth"]

_ROWS = (
    ("recall_24px", "recall from 24 px", "{:.1%}"),
    ("idf1", "IDF1", "{:.3f}"),
    ("id_switches", "identity switches", "{}"),
    ("frame_mae", "error of single frames, years", "{:.2f}"),
    ("track_mae", "error of tracks, years", "{:.2f}"),
    ("frame_mae_degraded", "  single frames, bad conditions", "{:.2f}"),
    ("track_mae_degraded", "  tracks, bad conditions", "{:.2f}"),
    ("coverage90", "90 % intervals that hold the age", "{:.1%}"),
    ("width90", "their width, years", "{:.1f}"),
    ("jitter", "jitter once stable, years a frame", "{:.3f}"),
    ("flips", "threshold flips once stable", "{}"),
    ("stable_s", "seconds until stable, median", "{:.2f}"),
    ("stable_share", "tracks that get stable", "{:.0%}"),
)


def run_truth(trial: Trial, settings: Settings, *, as_json: bool) -> None:
    """Make scenes, analyse them with each effort and print how right that was.

    Args:
        trial: What scenes.
        settings: Engine settings; each effort is tried.
        as_json: Print JSON instead of a table.

    Raises:
        AgescopeError: Photographs, portraits, a model or the extra `truth` are missing.
    """
    models = load_models(side_by_side(settings.runtime), progress=announcer(sys.stderr))
    seen = run_trial(trial, models, settings, _tell)
    found = {effort.value: scores(sightings) for effort, sightings in seen.items()}
    models.close()
    if as_json:
        said = {
            "scenes": trial.scenes,
            "people": trial.people,
            "faces": str(trial.faces or "portraits"),
            **found,
        }
        sys.stdout.write(json.dumps(_plain(said), indent=2) + "\n")
        return
    table = Table(title=f"{trial.scenes} scenes of {trial.people} people")
    table.add_column("")
    for effort in found:
        table.add_column(effort, justify="right")
    for key, label, style in _ROWS:
        table.add_row(label, *(_worded(numbers[key], style) for numbers in found.values()))
    Console(file=sys.stdout).print(table)


def _worded(number: Number, style: str) -> str:
    return "-" if isinstance(number, float) and math.isnan(number) else style.format(number)


def _tell(step: str) -> None:
    sys.stderr.write(step + "\n")


def _plain(value: object) -> object:
    """The value for JSON: numbers rounded, null where nothing could be measured."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value
