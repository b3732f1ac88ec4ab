import numpy as np

from app.window.presence import Presence
from app.window.zones import Zones
from engine.cameras_file import Zone
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status

IMAGE = np.zeros((100, 200, 3), np.uint8)
DOOR = Zone(name="door", kind="area", points=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
BELIEF = AgeBelief(
    AgeDistribution(np.arange(2, dtype=np.float32), np.full(2, 0.5, np.float32)),
    1,
    1.0,
    Status.STABLE,
)


def seen(time_s: float, x: float) -> FrameResult:
    box = np.array([[x - 10, 40, x + 10, 60]], np.float32)
    faces = Faces.found(box, np.full((1, 5, 2), x), np.ones(1)).with_ids(np.array([1], np.int64))
    frame = Frame(IMAGE, 0, time_s, 0, "shop")
    return FrameResult(frame, faces, np.ones(1, np.float32), None, (BELIEF,))


def test_people_have_their_zone_and_zones_their_count() -> None:
    zones, presence = Zones((DOOR,)), Presence()
    for step in range(20):
        result = seen(step / 10, 40)
        zones.step(result)
        people = zones.placed(presence(result))
    assert [person.zone for person in people] == ["door"]
    [drawn] = zones.drawn()
    assert drawn.text == "door · 1"
    assert drawn.points == DOOR.points


def test_without_zones_nobody_is_anywhere() -> None:
    zones, presence = Zones(()), Presence()
    result = seen(0.0, 40)
    zones.step(result)
    assert [person.zone for person in zones.placed(presence(result))] == [""]
    assert zones.drawn() == ()
