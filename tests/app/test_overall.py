"""How far a run over many sources is."""

from app.overall import Overall, duration
from engine.job import Job
from engine.sources.source import SourceInfo


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def info(name: str, frames: int) -> SourceInfo:
    return SourceInfo(name, name, False, False, 640, 360, 25.0, frames, frames / 25)


def test_a_file_counts_by_its_size_and_the_rest_takes_as_long_as_what_was_done() -> None:
    clock = Clock()
    overall = Overall({"short": 100, "long": 300}, clock)
    assert str(overall) == "0 of 2 sources, 0%"
    overall.begin(info("short", 50))
    overall.begin(info("long", 150))
    overall.done(Job("short", "short", frames=50))
    clock.now_s = 100.0
    assert str(overall) == "1 of 2 sources, 25%, 5 min left"
    overall.step(Job("long", "long", frames=75))
    assert overall.share == 0.625
    overall.done(Job("long", "long", frames=80, errors=["it broke off"]))
    assert str(overall) == "2 of 2 sources, 100%, 1 failed"


def test_a_source_of_unknown_size_counts_as_the_usual_one() -> None:
    overall = Overall({"a": 100, "b": 300, "camera": 0})
    overall.done(Job("camera", "camera"))
    assert overall.share == 200 / 600


def test_durations_are_told_in_the_unit_that_fits() -> None:
    assert [duration(s) for s in (44.6, 600, 11_100)] == ["45 s", "10 min", "3 h 05 min"]
