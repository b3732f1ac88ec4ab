import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from engine.cameras_file import Camera, Zone
from engine.errors import SettingsError, SourceError
from engine.fleet import Fleet, running_as
from engine.session import Session
from engine.settings import TrackSettings
from engine.sources.source import Source, SourceInfo
from engine.supervisor import Camera as Running
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from engine.zones.events import Action, Event, Minute, Underway, VisitEvent, ZoneEvent
from tests.engine.zones.seen import ended, seen

DEADLINE_S = 15.0
LEFT = Zone(name="left", kind="area", points=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
MASK = Zone(name="mask", kind="blackout", points=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
DOOR = Camera(name="door", source="http://192.0.2.1/door", zones=(LEFT,))
HALL = Camera(name="hall", source="http://192.0.2.1/hall")
NOBODY = "http://192.0.2.1/nobody"


class White:
    """A live source of white frames."""

    def __init__(self, name: str) -> None:
        self.info = SourceInfo(name, name, True, False, 32, 24, 25.0, 0, 0.0)
        self.problems: list[str] = []
        self._closing = False

    def __iter__(self) -> Iterator[Frame]:
        for index in range(1_000_000):
            if self._closing:
                return
            time.sleep(0.02)
            image = np.full((240, 320, 3), 255, np.uint8)
            yield Frame(image, index, index / 50, time.monotonic_ns(), self.info.name)

    def close(self) -> None:
        self._closing = True

    def __enter__(self) -> "White":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Somebody:
    """A pipeline that sees one person on the left of every frame."""

    def __init__(self) -> None:
        self.brightest: list[int] = []

    def step(self, frame: Frame) -> FrameResult:
        self.brightest.append(int(frame.image.max()))
        return seen(frame.time_s, {1: (0.2, 0.5)})

    def finish(self) -> tuple[Track, ...]:
        return (ended(1),)


class Nobody(Somebody):
    """A pipeline that sees nobody."""

    def step(self, frame: Frame) -> FrameResult:
        return seen(frame.time_s, {})

    def finish(self) -> tuple[Track, ...]:
        return ()


class Stage:
    """A fleet on made-up cameras and what it published."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.lookers: dict[str, list[Somebody]] = {}
        self.fleet = Fleet(self._build, self._open, self.events.append)

    def _open(self, camera: Running) -> Source:
        if camera.address == NOBODY:
            raise SourceError("nobody answers")
        return White(camera.name)

    def _build(self, camera: Running, _: SourceInfo) -> Somebody:
        self.lookers.setdefault(camera.name, []).append(looker := Somebody())
        return looker

    def session(self, name: str) -> Session:
        return self.fleet.supervisor.session(name)

    def until(self, condition: Callable[[], bool]) -> None:
        until_s = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < until_s
            time.sleep(0.01)

    def until_frames(self, *names: str, more: int = 3) -> None:
        wanted = {n: self.fleet.supervisor.statuses()[n].frames + more for n in names}
        self.until(
            lambda: all(self.fleet.supervisor.statuses()[n].frames >= w for n, w in wanted.items())
        )


@pytest.fixture
def running() -> Iterator[Stage]:
    made = Stage()
    with made.fleet.supervisor:
        yield made


def test_what_happens_before_the_cameras_is_published(running: Stage) -> None:
    running.fleet.apply((DOOR, HALL))
    running.until_frames("door", "hall", more=60)
    assert running.fleet.occupancy() == {"door": {"": 1, "left": 1}, "hall": {"": 1}}
    running.fleet.apply((HALL,))
    kinds = {(type(event), event.camera) for event in running.events}
    assert {(ZoneEvent, "door"), (VisitEvent, "door"), (Minute, "door"), (Minute, "hall")} <= kinds
    assert running.fleet.supervisor.names == ("hall",)
    assert running.fleet.occupancy() == {"hall": {"": 1}}


def test_cameras_that_did_not_change_run_on(running: Stage) -> None:
    running.fleet.apply((DOOR, HALL))
    running.until_frames("door", "hall")
    before = {name: running.session(name) for name in ("door", "hall")}
    capped = HALL.model_copy(update={"fps_cap": 5.0})
    undrawn = DOOR.model_copy(update={"zones": ()})
    running.fleet.apply((undrawn, capped))
    running.until_frames("door", "hall")
    assert running.session("door") is before["door"]
    assert running.session("hall") is not before["hall"]
    assert running.fleet.occupancy()["door"] == {"": 1}


def test_a_camera_that_is_set_otherwise_ends_its_visits_at_once_with_what_they_did(
    running: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    running.fleet.apply((DOOR,))
    running.until_frames("door", more=30)
    undrawn = DOOR.model_copy(update={"source": NOBODY, "zones": ()})
    running.fleet.apply((undrawn,))
    (visit,) = [event for event in running.events if isinstance(event, VisitEvent)]
    assert [zone.zone for zone in visit.zones] == ["", "left"]
    assert all(zone.dwell_s > 0.3 for zone in visit.zones)
    moves = [event.action for event in running.events if isinstance(event, ZoneEvent)]
    assert moves == [Action.ENTERED, Action.LEFT]
    assert running.fleet.occupancy() == {"door": {"": 0}}
    running.until(lambda: "door: nobody answers" in caplog.text)


@pytest.mark.parametrize("then", [(), (DOOR.model_copy(update={"source": NOBODY}),)])
def test_a_result_that_was_on_its_way_begins_no_visit_that_nobody_ends(
    running: Stage, then: tuple[Camera, ...], caplog: pytest.LogCaptureFixture
) -> None:
    running.fleet.apply((DOOR,))
    running.until_frames("door")
    found_by_the_thread = running.fleet._observers["door"]
    running.fleet.apply(then)
    found_by_the_thread.step(seen(1000.0, {1: (0.2, 0.5)}))
    visits = [event for event in running.events if isinstance(event, Underway | VisitEvent)]
    assert isinstance(visits[-1], VisitEvent)
    running.until(lambda: not then or "door: nobody answers" in caplog.text)


def test_an_orderly_end_tells_all_the_time_in_which_nobody_was_there() -> None:
    events: list[Event] = []
    fleet = Fleet(lambda *_: Nobody(), lambda c: White(c.name), events.append)
    with fleet.supervisor:
        fleet.apply((DOOR, HALL))
        time.sleep(1.0)
        fleet.apply((HALL,))
        time.sleep(0.5)
    frames = fleet.supervisor.status("hall").frames
    told = {(event.camera, event.start_at): event for event in events if isinstance(event, Minute)}
    assert sum(m.frames for m in told.values() if m.camera == "hall") == frames
    assert sum(m.seconds for m in told.values() if m.camera == "door") > 0.5


def test_visits_dwell_for_as_long_as_the_settings_let_people_be_followed() -> None:
    class Rarely(Somebody):
        def step(self, frame: Frame) -> FrameResult:
            super().step(frame)
            return seen(len(self.brightest) * 8.0, {1: (0.2, 0.5)})

    events: list[Event] = []
    track = TrackSettings(lost_s=10)
    fleet = Fleet(lambda *_: Rarely(), lambda c: White(c.name), events.append, track=track)
    with fleet.supervisor:
        fleet.apply((DOOR,))
        until_s = time.monotonic() + DEADLINE_S
        while fleet.supervisor.status("door").frames < 4:
            assert time.monotonic() < until_s
            time.sleep(0.01)
        fleet.apply(())
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert [zone.dwell_s >= 8.0 for zone in visit.zones] == [True, True]


def test_a_renamed_camera_runs_on_under_its_new_name(running: Stage) -> None:
    running.fleet.apply((DOOR,))
    running.until_frames("door")
    before = running.session("door")
    running.fleet.apply((DOOR.model_copy(update={"name": "gate"}),))
    running.until_frames("gate")
    assert running.session("gate") is before
    running.until(lambda: running.fleet.occupancy() == {"gate": {"": 1, "left": 1}})


def test_a_new_blackout_holds_for_every_frame_after_it(running: Stage) -> None:
    running.fleet.apply((DOOR,))
    running.until_frames("door")
    masked = DOOR.model_copy(update={"zones": (LEFT, MASK)})
    running.fleet.apply((masked,))
    running.until(lambda: len(running.lookers["door"]) == 2)
    running.until_frames("door")
    plain, black = running.lookers["door"]
    assert set(plain.brightest) == {255}
    assert set(black.brightest) == {0}
    running.fleet.apply((masked.model_copy(update={"name": "gate"}),))
    running.until_frames("gate")
    assert set(black.brightest) == {0}


def test_a_missing_secret_changes_nothing(running: Stage) -> None:
    running.fleet.apply((DOOR,))
    secret = Camera(name="x", source="rtsp://u:${NOT_SET_ANYWHERE}@192.0.2.1/")
    with pytest.raises(SettingsError, match="NOT_SET_ANYWHERE"):
        running.fleet.apply((secret,))
    assert running.fleet.supervisor.names == ("door",)


def test_a_camera_runs_as_the_file_says() -> None:
    camera = Camera(
        name="a", source="0", transport="udp", fps_cap=7.0, effort="fast", priority=4, zones=(MASK,)
    )
    found = running_as(camera)
    assert (found.reading.transport, found.reading.fps_cap) == ("udp", 7.0)
    assert (found.effort, found.priority, found.blackouts) == ("fast", 4, (MASK.points,))


def test_a_cap_at_which_the_settings_let_nobody_be_followed_changes_nothing() -> None:
    fleet = Fleet(
        lambda *_: Somebody(), lambda c: White(c.name), lambda _: None,
        track=TrackSettings(lost_s=0.9),
    )  # fmt: skip
    with fleet.supervisor:
        fleet.apply((DOOR,))
        slow = HALL.model_copy(update={"fps_cap": 1.0})
        with pytest.raises(SettingsError, match=r"camera 'hall': fps_cap 1 .*lost_s = 0\.9"):
            fleet.apply((slow,))
        assert fleet.supervisor.names == ("door",)
        fleet.apply((DOOR, HALL.model_copy(update={"fps_cap": 1.4})))
        assert fleet.supervisor.names == ("door", "hall")
