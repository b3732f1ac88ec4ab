"""Pictures of the benchmark: cumulative scores of all methods, and three views of each method."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from train.benchmark_table import Answers, Row
from train.metrics import covered

_LEVELS = np.linspace(0.1, 0.9, 9)
_DPI = 110


def draw_cumulative_scores(path: Path, rows: Mapping[str, Row]) -> None:
    """Share of photographs within 0, 1, .. years, a line a method."""
    figure = Figure((8, 5), layout="constrained")
    axes = figure.subplots()
    for name, row in rows.items():
        curve = row.get("cumulative_score")
        if isinstance(curve, list):
            axes.plot(np.arange(len(curve)), 100 * np.array(curve), label=name, linewidth=1.2)
    axes.set(xlabel="error of at most, years", ylabel="photographs, %", ylim=(0, 100))
    axes.set_title(path.parent.name)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, ncols=2)
    _save(figure, path)


def draw_method(path: Path, name: str, answers: Answers) -> None:
    """Error by age, reliability, and predicted against true age."""
    figure = Figure((13, 4), layout="constrained")
    figure.suptitle(f"{name}, {path.parent.name}")
    by_age, reliability, scatter = figure.subplots(1, 3)
    _error_by_age(by_age, answers)
    _reliability(reliability, answers)
    scatter.plot(answers.years, answers.found.median(), ".", markersize=2, alpha=0.5)
    scatter.plot([0, 100], [0, 100], color="grey", linewidth=0.8)
    top = float(answers.years.max()) + 5
    scatter.set(xlabel="true age, years", ylabel="estimated age, years")
    scatter.set(xlim=(0, top), ylim=(0, top))
    _save(figure, path)


def _error_by_age(axes: Axes, answers: Answers) -> None:
    bands = (answers.years // 5).astype(int) * 5
    ages = np.unique(bands)
    errors = answers.errors
    axes.bar(ages + 2.5, [np.abs(errors[bands == a]).mean() for a in ages], 4.5, label="absolute")
    axes.plot(ages + 2.5, [errors[bands == a].mean() for a in ages], "k.-", label="signed")
    axes.set(xlabel="true age, years", ylabel="mean error, years")
    axes.legend(fontsize=7)


def _reliability(axes: Axes, answers: Answers) -> None:
    years = answers.years.astype(np.float64)
    shares = [covered(answers.found, years, float(level)).mean() for level in _LEVELS]
    axes.plot(100 * _LEVELS, 100 * np.array(shares), "o-", markersize=3)
    axes.plot([0, 100], [0, 100], color="grey", linewidth=0.8)
    axes.set(xlabel="interval claims, %", ylabel="interval holds, %", xlim=(0, 100), ylim=(0, 100))


def _save(figure: Figure, path: Path) -> None:
    partial = path.with_suffix(".partial.png")
    figure.savefig(partial, dpi=_DPI)
    partial.rename(path)
