"""Charts as inline SVG: bars, areas and belief curves. Colours come from the page's style sheet.

Every function returns markup that is safe to put into a page: words are escaped here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 640, 240
_SMALL = (320, 130)
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 24, 26
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: Below it.
        value: Its height, 0 or more.
        low: Lower end of its interval, or None for no interval.
        high: Upper end.
    """

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class _Axes:
    """From values to px."""

    first: float
    last: float
    top: float
    size: tuple[int, int] = (_WIDTH, _HEIGHT)
    bottom: float = 0.0

    def x(self, value: float) -> float:
        span = max(self.last - self.first, 1e-9)
        return _LEFT + (self.size[0] - _LEFT - _RIGHT) * (value - self.first) / span

    def y(self, value: float) -> float:
        span = max(self.top - self.bottom, 1e-9)
        return (
            self.size[1]
            - _BOTTOM
            - (self.size[1] - _TOP - _BOTTOM) * ((value - self.bottom) / span)
        )


def bars(items: Sequence[Bar], *, name: str) -> Markup:
    """Upright bars; intervals as whiskers.

    Args:
        items: At least one.
        name: What the chart shows, for those who do not see it.
    """
    highest = max(max(item.value, item.high or 0) for item in items)
    ticks = tick_values(highest)
    axes = _Axes(0, len(items), ticks[-1])
    parts = _grid(axes, ticks)
    for place, item in enumerate(items):
        left, right = axes.x(place + 0.16), axes.x(place + 0.84)
        middle, top = (left + right) / 2, axes.y(item.value)
        height = axes.y(0) - top
        parts.append(
            f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{height:.1f}" rx="2"/>'
        )
        if item.low is not None and item.high is not None:
            parts.append(_whisker(middle, axes.y(item.low), axes.y(item.high)))
        label_y = min(top, axes.y(item.high or 0)) - 5
        parts.append(_text(middle, label_y, number(item.value), "middle", "value"))
        parts.append(_text(middle, _HEIGHT - 8, item.label, "middle"))
    return _svg(parts, name, axes.size)


def area(points: Sequence[tuple[float, float | None]], *, name: str, unit: str) -> Markup:
    """A filled line over a value such as time or age; it breaks where there is no number.

    Args:
        points: At least one pair, the first numbers rising.
        name: What the chart shows, for those who do not see it.
        unit: Of the axis below: "s" is written as minutes and hours where that is shorter.
    """
    ticks = tick_values(max((y for _, y in points if y is not None), default=0.0))
    axes = _Axes(points[0][0], points[-1][0], ticks[-1])
    parts = _grid(axes, ticks)
    for run in _runs(points):
        line = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in run)
        first, last = axes.x(run[0][0]), axes.x(run[-1][0])
        ground = axes.y(0)
        parts.append(
            f'<polygon class="fill" points="{first:.1f},{ground:.1f} {line} '
            f'{last:.1f},{ground:.1f}"/><polyline class="line" points="{line}"/>'
        )
    parts += _below(axes, unit)
    return _svg(parts, name, axes.size)


def course(points: Sequence[tuple[float, float, float, float]], *, name: str) -> Markup:
    """A belief over time.

    Args:
        points: At least one of media second, 5 % quantile, median, 95 % quantile in years.
        name: What the chart shows, for those who do not see it.
    """
    low = math.floor(min(point[1] for point in points) / 10) * 10
    high = max(low + 10, math.ceil(max(point[3] for point in points) / 10) * 10)
    last = max(points[-1][0], points[0][0] + 0.1)
    axes = _Axes(points[0][0], last, high, _SMALL, min(low, 90))
    step = max(10, math.ceil((high - axes.bottom) / 30) * 10)
    parts = _grid(
        axes, [axes.bottom + step * n for n in range(int((high - axes.bottom) / step) + 1)]
    )
    points = [*points, (last, *points[-1][1:])]
    upper = " ".join(f"{axes.x(t):.1f},{axes.y(p95):.1f}" for t, _, _, p95 in points)
    lower = " ".join(f"{axes.x(t):.1f},{axes.y(p05):.1f}" for t, p05, _, _ in reversed(points))
    median = " ".join(f"{axes.x(t):.1f},{axes.y(m):.1f}" for t, _, m, _ in points)
    parts.append(f'<polygon class="fill" points="{upper} {lower}"/>')
    parts.append(f'<polyline class="line" points="{median}"/>')
    parts += _below(axes, "s")
    return _svg(parts, name, axes.size)


def distribution(probs: Sequence[float], *, name: str) -> Markup:
    """A belief as a curve over the ages 0, 1, 2 and so on."""
    axes = _Axes(0, len(probs) - 1, max(probs), _SMALL)
    line = " ".join(f"{axes.x(age):.1f},{axes.y(p):.1f}" for age, p in enumerate(probs))
    ground = f"{axes.x(len(probs) - 1):.1f},{axes.y(0):.1f} {axes.x(0):.1f},{axes.y(0):.1f}"
    parts = [
        f'<polygon class="fill" points="{line} {ground}"/>',
        f'<polyline class="line" points="{line}"/>',
        *_below(axes, "years"),
    ]
    return _svg(parts, name, axes.size)


def tick_values(highest: float) -> list[float]:
    """Round numbers from 0 to at least `highest`, at most six."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / _MOST_TICKS
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(scale * m for m in (1, 2, 2.5, 5, 10) if scale * m >= rough * 0.999)
    return [round(step * n, 10) for n in range(math.ceil(highest / step - 1e-6) + 1)]


def number(value: float) -> str:
    """A number as people read it: one decimal below ten, thousands apart."""
    value = round(value, 1)
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def duration(seconds: float) -> str:
    """A length of time as people read it."""
    if seconds < 59.5:
        return f"{number(seconds)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60:,} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60:,} h"


def _runs(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """The points without gaps, in one list for each stretch."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _grid(axes: _Axes, ticks: Sequence[float]) -> list[str]:
    right = axes.size[0] - _RIGHT
    parts = []
    for tick in ticks:
        y = axes.y(tick)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{right}"/>')
        parts.append(_text(_LEFT - 6, y + 4, number(tick), "end"))
    return parts


def _below(axes: _Axes, unit: str) -> list[str]:
    marks = [axes.first, (axes.first + axes.last) / 2, axes.last]
    words = [duration(m) if unit == "s" else f"{number(m)} {unit}" for m in marks]
    y = axes.size[1] - 8
    return [
        _text(axes.x(mark), y, word, anchor)
        for mark, word, anchor in zip(marks, words, ("start", "middle", "end"), strict=True)
    ]


def _whisker(x: float, low: float, high: float) -> str:
    return (
        f'<path class="whisker" d="M{x:.1f} {low:.1f}V{high:.1f}'
        f'M{x - 5:.1f} {low:.1f}h10M{x - 5:.1f} {high:.1f}h10"/>'
    )


def _text(x: float, y: float, words: str, anchor: str, kind: str = "") -> str:
    css = f' class="{kind}"' if kind else ""
    return f'<text{css} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(parts: Sequence[str], name: str, size: tuple[int, int]) -> Markup:
    kind = "small" if size == _SMALL else "large"
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {size[0]} {size[1]}" '
        f'role="img" aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg>"
    )
