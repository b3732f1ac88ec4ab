"""Events as cameras send them."""

import numpy as np

from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, Status, Track
from engine.zones.events import Action, Minute, VisitEvent, ZoneEvent, ZoneVisit

AGES = np.arange(101, dtype=np.float32)


def belief(years: float = 30.0) -> AgeBelief:
    probs = np.exp(-(((AGES - years) / 5) ** 2) / 2)
    distribution = AgeDistribution(AGES, (probs / probs.sum()).astype(np.float32))
    return AgeBelief(distribution, 9, 4.0, Status.STABLE)


def visit(number: int = 1, camera: str = "door") -> VisitEvent:
    whole = ZoneVisit("", "area", 1, 0, 0, 3.0, 1.0, 0.0, 3.0)
    desk = ZoneVisit("desk", "area", 1, 0, 0, 2.0004, 1.0, 0.5, 2.5)
    track = Track("door", number, 0.0, 3.0, 75, belief(), 0.8)
    return VisitEvent(number, camera, track, 1_700_000_000.0, 1_700_000_003.0, (whole, desk))


def zone_event(camera: str = "door") -> ZoneEvent:
    return ZoneEvent(camera, "desk", "area", Action.ENTERED, 7, 1_700_000_000.0, 0.0, 0.0, belief())


def minute() -> Minute:
    return Minute("door", "", "area", 1_700_000_040, 9, 9.0, 1.0, 0.0, 1, 1, 0, np.zeros(101))
