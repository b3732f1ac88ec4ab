"""The picture of beliefs over time: one panel a person, drawn from the faces table."""

from collections import defaultdict
from pathlib import Path

from engine.errors import SinkError, installing

_LEAST_ROWS = 5
_MOST_PANELS = 12


def draw_beliefs(rows: list[dict[str, str]], path: Path, *, title: str) -> None:
    """Draw median, 50 % and 90 % interval and the single-frame estimates of every track.

    Args:
        rows: Rows of a faces table.
        path: PNG file to write.
        title: Above the panels.

    Raises:
        SinkError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SinkError(
            f"the picture needs matplotlib. Install it with: {installing('demo')}"
        ) from error
    tracks = _tracks(rows)
    figure = Figure(figsize=(9, 1 + 1.9 * max(len(tracks), 1)), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title)
    axes = figure.subplots(max(len(tracks), 1), 1, sharex=True, squeeze=False)[:, 0]
    for at, (track, columns) in enumerate(tracks.items()):
        axis, seconds = axes[at], columns["time_s"]
        axis.fill_between(
            seconds, columns["age_p05"], columns["age_p95"], color="#0072B2", alpha=0.18, lw=0,
            label="90 % interval",
        )  # fmt: skip
        axis.fill_between(
            seconds, columns["age_p25"], columns["age_p75"], color="#0072B2", alpha=0.35, lw=0,
            label="50 % interval",
        )  # fmt: skip
        axis.plot(seconds, columns["age_median"], color="#003f66", lw=1.6, label="median")
        axis.plot(
            seconds, columns["estimate_mean"], ".", color="#D55E00", ms=2.5, label="single frame"
        )
        axis.set_ylabel(f"#{track}\nage, years")
        axis.grid(alpha=0.25)
        if at == 0:
            axis.legend(loc="upper right", ncols=4, fontsize=8, framealpha=0.9)
    axes[-1].set_xlabel("media time, seconds")
    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise SinkError(f"cannot write {path}: {error.strerror}") from error


def _tracks(rows: list[dict[str, str]]) -> dict[int, dict[str, list[float]]]:
    names = ("time_s", "age_p05", "age_p25", "age_median", "age_p75", "age_p95", "estimate_mean")
    tracks: dict[int, dict[str, list[float]]] = defaultdict(lambda: {name: [] for name in names})
    for row in rows:
        track = int(row["track_id"])
        if track < 0:
            continue
        for name in names:
            tracks[track][name].append(float(row[name]) if row[name] else float("nan"))
    long = {k: v for k, v in sorted(tracks.items()) if len(v["time_s"]) >= _LEAST_ROWS}
    return dict(list(long.items())[:_MOST_PANELS])
