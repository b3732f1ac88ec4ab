import xml.etree.ElementTree as ET

import pytest

from app.report.charts import Bar, area, bars, course, distribution, duration, number, tick_values

HOSTILE = '"><script>alert(1)</script>&'


@pytest.mark.parametrize("highest", [0, 0.03, 0.9, 1, 3, 7, 11, 99, 101, 12_345, 1e7])
def test_ticks_are_few_round_and_reach_the_highest_value(highest: float) -> None:
    ticks = tick_values(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] <= max(2 * highest, 1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (4.44, "4.4 s"), (59.6, "1 min"), (61, "1 min 1 s"), (5400, "1 h 30 min")],
)
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_numbers_read_well() -> None:
    assert [number(v) for v in (0, 0.04, 0.25, 3, 9.96, 12.4, 12345.6)] == [
        "0", "0", "0.2", "3", "10", "12", "12,346",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "chart",
    [
        bars([Bar(HOSTILE, 3, 1, 5), Bar("b", 0)], name=HOSTILE),
        area([(0.0, 1.0), (1.0, None), (2.0, 4.0)], name=HOSTILE, unit="s"),
        area([(0.0, None)], name=HOSTILE, unit="years"),
        course([(1.0, 20.0, 30.0, 41.0)], name=HOSTILE),
        course([(0.0, 92.0, 98.0, 100.4), (9.0, 93.0, 98.0, 100.4)], name=HOSTILE),
        distribution([0.0, 0.5, 0.5], name=HOSTILE),
    ],
)
def test_charts_are_whole_and_no_name_breaks_out(chart: str) -> None:
    root = ET.fromstring(chart)
    assert root.attrib["aria-label"] == HOSTILE
    assert not root.findall(".//script")
    numbers = [
        float(v) for e in root.iter() for k, v in e.attrib.items() if k in ("x", "y", "width")
    ]
    assert all(-1 <= value <= 641 for value in numbers)


def test_a_line_breaks_where_nothing_was_looked_at() -> None:
    chart = area([(0.0, 1.0), (1.0, 1.0), (2.0, None), (3.0, 2.0)], name="people", unit="s")
    assert chart.count("<polyline") == 2


def test_a_bar_is_as_high_as_its_value() -> None:
    root = ET.fromstring(bars([Bar("a", 1), Bar("b", 4)], name="people"))
    one, four = (float(r.attrib["height"]) for r in root.iter() if r.attrib.get("class") == "bar")
    assert four == pytest.approx(4 * one, rel=0.01)
