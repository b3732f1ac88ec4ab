import numpy as np

from app.window.presence import Presence
from app.window.zones import Zones
from engine.analysed import Analysed
from engine.cameras_file import Zone
from engine.sources.source import SourceInfo
from engine.values.age import AgeDistribution
from engine.values.faces import Faces
from engine.values.frame import Frame
from engine.values.result import AgeBelief, FrameResult, Status, Track

IMAGE = np.zeros((100, 200, 3), np.uint8)
DOOR = Zone(name="door", kind="area", points=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
GATE = Zone(name="gate", kind="line", points=((0.5, 1.0), (0.5, 0.0)))
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


def nobody(time_s: float, *ended: Track) -> FrameResult:
    frame = Frame(IMAGE, 0, time_s, 0, "shop")
    return FrameResult(frame, Faces.none(), np.zeros(0, np.float32), None, (), ended)


class PassingBy:
    """Somebody who goes through the picture in its first two seconds, from left to right."""

    def step(self, frame: Frame) -> FrameResult:
        if frame.time_s < 2:
            return seen(frame.time_s, 20 + 80 * frame.time_s)
        over = frame.time_s == 4.0
        return nobody(frame.time_s, *([Track("shop", 1, 0.0, 1.9, 20, BELIEF, 1.0)] * over))

    def finish(self) -> tuple[Track, ...]:
        return ()


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


def test_who_is_gone_for_longer_than_a_face_is_followed_is_in_no_area() -> None:
    zones = Zones((DOOR,), lost_s=2.0)
    for step in range(10):
        zones.step(seen(step / 10, 40))
    zones.step(nobody(2.8))
    assert zones.drawn()[0].text == "door \u00b7 1", "the face may come back as the same track"
    zones.step(nobody(3.0))
    assert zones.drawn()[0].text == "door \u00b7 0", "though nobody told that the track ended"


def test_zones_are_drawn_anew_only_when_a_count_has_changed() -> None:
    zones = Zones((DOOR, GATE))
    zones.step(seen(0.0, 40))
    before = zones.drawn()
    zones.step(seen(0.1, 42))
    assert zones.drawn() is before
    zones.step(seen(0.2, 160))
    assert [zone.text for zone in zones.drawn()] == ["door \u00b7 0", "gate \u00b7 in 1, out 0"]
    zones.step(seen(0.3, 40))
    assert zones.drawn()[0].text == "door \u00b7 1"
    zones.end_all()
    assert [zone.text for zone in zones.drawn()] == ["door \u00b7 0", "gate \u00b7 in 1, out 1"]


def test_a_recording_played_again_counts_the_same_again() -> None:
    info = SourceInfo("clip", "clip", False, False, 200, 100, 10, 60, 6.0)
    analysed, zones = Analysed(PassingBy(), info), Zones((DOOR, GATE))
    for _ in range(3):
        for index in range(60):
            zones.step(analysed(Frame(IMAGE, index, index / 10, 0, "shop")))
        assert [zone.text for zone in zones.drawn()] == ["door \u00b7 0", "gate \u00b7 in 1, out 0"]
