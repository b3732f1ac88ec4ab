"""Events to store."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from engine.zones.events import WHOLE, Action, Minute, VisitEvent, ZoneEvent, ZoneVisit
from tests.engine.sinks import made


def zone_visit(zone: str, dwell_s: float = 3.0) -> ZoneVisit:
    return ZoneVisit(
        zone,
        "area",
        entries=1,
        crossed_in=0,
        crossed_out=0,
        dwell_s=dwell_s,
        attention_s=dwell_s / 2,
        first_s=0.0,
        last_s=dwell_s,
    )


@pytest.fixture
def visit() -> Callable[..., VisitEvent]:
    """Makes visits of somebody of some age at some Unix second."""

    numbers = count(1)

    def make(at: float, years: float = 34.0, *zones: str, camera: str = "door") -> VisitEvent:
        return VisitEvent(
            next(numbers),
            camera,
            replace(made.track(7, years), first_s=0.0, last_s=3.0),
            at,
            at + 3.0,
            tuple(zone_visit(zone) for zone in (WHOLE, *zones)),
        )

    return make


@pytest.fixture
def zone_event() -> Callable[[float], ZoneEvent]:
    """Makes events of a zone called desk."""

    def make(at: float) -> ZoneEvent:
        return ZoneEvent("door", "desk", "area", Action.ENTERED, 7, at, 0.0, 0.0, made.belief())

    return make


@pytest.fixture
def minute() -> Callable[..., Minute]:
    """Makes minutes with somebody of 34 in the zone called desk."""

    def make(start_at: int, people_s: float = 6.0) -> Minute:
        ages_s = made.distribution(34).probs.astype(np.float64) * people_s
        return Minute("door", "desk", "area", start_at, 9, 30.0, people_s, 1.0, 2, 3, 1, ages_s)

    return make
