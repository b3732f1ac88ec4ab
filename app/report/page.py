"""The report as a page: one HTML file without scripts that loads nothing from anywhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.report import charts
from app.report.charts import Bar
from app.report.overview import Overview, gather, interval_90
from app.report.words import headline, limits, shown_rows
from engine.archive.folder import Folder
from engine.sinks.digest import Person
from engine.sinks.palette import BANDS, DASH
from engine.sinks.presence import Presence
from engine.sinks.tally import AGES, DWELL_S, QUALITIES, SIDES_PX, Tally
from engine.values.age import AgeDistribution
from engine.values.result import Status

REPORT = "report.html"
_ASSETS = Path(__file__).resolve().parents[2] / "assets" / "report"
_MOST_ROWS = 200
_WORDS = {
    Status.INSUFFICIENT: "not seen well enough",
    Status.PROVISIONAL: "still settling",
    Status.STABLE: "settled",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its numbers.

    Attributes:
        title: Above it.
        chart: SVG.
        head: Names of the columns of the numbers.
        rows: The numbers.
    """

    title: str
    chart: Markup
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Card:
    """One person."""

    name: str
    person: Person
    age: str
    interval: str
    status: str
    chart: Markup | None


def write_report(folder: Folder, summary: Mapping[str, object]) -> None:
    """Write `report.html` about the sources of a summary, from the digests in the same folder.

    Args:
        folder: The folder of results.
        summary: What `summary.json` holds.

    Raises:
        SinkError: It cannot be written.
    """
    page = render(gather(folder, summary), summary)
    folder.write(REPORT, page.encode("utf-8", "backslashreplace"))


def render(overview: Overview, summary: Mapping[str, object]) -> str:
    """The HTML."""
    environment = Environment(
        loader=FileSystemLoader(_ASSETS), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"duration": charts.duration, "number": charts.number}
    tally = overview.tally
    style = (_ASSETS / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        style=Markup(style),
        headline=headline(overview),
        limits=list(limits(overview)),
        overview=overview,
        tally=tally,
        audience=_audience(tally) if tally.known else None,
        presence=[_presence(source, p) for source, p in overview.courses if p.mean],
        dwell=_counts("Time in view", DWELL_S, tally.dwell, "s") if tally.visits else None,
        qualities=_counts("Mean quality of the face", QUALITIES, tally.qualities, ""),
        sides=_counts("Largest size of the face", SIDES_PX, tally.sides, "px"),
        cards=[_card(p, alone=len(overview.rows) == 1) for p in overview.people],
        rows=shown_rows(overview.rows, _MOST_ROWS),
        summary=summary,
        options=json.dumps(summary["options"], indent=2),
        settings=json.dumps(summary["settings"], indent=2),
    )


def _audience(tally: Tally) -> Figure:
    items, rows = [], []
    for band, expected, variance in zip(BANDS, tally.bands, tally.bands_variance, strict=True):
        low, high = interval_90(expected, variance, tally.known)
        items.append(Bar(band.name, expected, low, high))
        share = f"{100 * expected / tally.known:.0f} %"
        rows.append((band.name, f"{expected:.1f}", f"{low:.1f} to {high:.1f}", share))
    chart = charts.bars(items, name="Expected number of people in each age band, with intervals")
    head = ("age", "expected number", "90 % interval", "share")
    return Figure("Expected number of people by age", chart, head, rows)


def _presence(source: str, presence: Presence) -> Figure:
    step = presence.step_s
    starts = [presence.first_s + step * n for n in range(len(presence.mean))]
    steps = zip(starts, presence.mean, strict=True)
    points = [(time_s, mean) for start, mean in steps for time_s in (start, start + step)]
    chart = charts.area(points, name=f"Mean number of people in view over time, {source}", unit="s")
    rows = [
        (f"{time_s:.0f}", "" if mean is None else f"{mean:.2f}", str(most))
        for time_s, mean, most in zip(starts, presence.mean, presence.most, strict=True)
    ]
    return Figure(source, chart, ("from second", "mean", "most"), rows)


def _counts(title: str, starts: tuple[float, ...], values: tuple[float, ...], unit: str) -> Figure:
    labels = [f"{first:g}{DASH}{last:g} {unit}".strip() for first, last in pairwise(starts)]
    labels.append(f"{starts[-1]:g}+ {unit}".strip())
    bars = [Bar(label, value) for label, value in zip(labels, values, strict=True)]
    rows = [(label, f"{value:,.0f}") for label, value in zip(labels, values, strict=True)]
    return Figure(
        title, charts.bars(bars, name=f"{title}: number of people"), ("class", "people"), rows
    )


def _card(person: Person, *, alone: bool) -> Card:
    place = person.picture or ("" if alone else person.source)
    title = f"{place}, #{person.track_id}" if place else f"#{person.track_id}"
    if person.status is Status.INSUFFICIENT:
        return Card(title, person, "?", "", _WORDS[person.status], None)
    belief = AgeDistribution(np.array(AGES, np.float32), np.array(person.probs, np.float32))
    low, median, high = belief.quantiles((0.05, 0.5, 0.95)).round().astype(int).tolist()
    name = f"age {median}, 90 % interval {low} to {high}"
    chart = (
        charts.course(person.course, name=f"Belief over time, at the end {name}")
        if len(person.course) > 1
        else charts.distribution(person.probs, name=f"Belief, {name}")
    )
    status = "one picture" if person.picture else _WORDS[person.status]
    return Card(title, person, str(median), f"{low}{DASH}{high}", status, chart)
