from collections.abc import Callable

import pytest

from engine.cameras_file import Zone
from engine.zones.events import WHOLE, Action, Event, Minute, Underway, VisitEvent, ZoneEvent
from engine.zones.observer import Observer
from engine.zones.stream import EventStream
from tests.engine.zones.seen import ended, seen

LEFT = Zone(name="left", kind="area", points=((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
HALF = Zone(name="left", kind="area", points=((0.1, 0.0), (0.5, 0.0), (0.5, 1.0), (0.1, 1.0)))
DESK = Zone(name="desk", kind="area", points=LEFT.points)
DOOR = Zone(name="door", kind="line", points=((0.5, 1.0), (0.5, 0.0)))
START_AT = 1_700_000_040.0


class Clock:
    """Of the wall. The monotonic one began with the media clock and cannot be set."""

    def __init__(self) -> None:
        self.now = START_AT
        self._set_s = 0.0

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - START_AT - self._set_s

    def set_by(self, seconds: float) -> None:
        self.now += seconds
        self._set_s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("engine.zones.observer.monotonic", clock.monotonic)
    return clock


def run(
    observer: Observer,
    clock: Clock,
    seconds: float,
    at: Callable[[float], float] = lambda _: 0.2,
    *,
    since_s: int = 0,
) -> None:
    for number in range(since_s * 10, round((since_s + seconds) * 10) + 1):
        clock.now = START_AT + number / 10
        observer.step(seen(number / 10, {1: (at(number / 10), 0.5)}))


def test_a_visit_tells_when_it_was_and_what_was_done_where(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 4, lambda s: 0.2 if s < 3 else 0.8)
    clock.now += 5
    observer.end([ended(1, 0.0, 4.0)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert (visit.first_at, visit.last_at) == (START_AT, START_AT + 4)
    assert [zone.zone for zone in visit.zones] == [WHOLE, "left"]
    assert visit.zones[1].dwell_s == pytest.approx(3.0)
    moves = [event for event in events if isinstance(event, ZoneEvent)]
    assert [(m.action, m.at) for m in moves] == [
        (Action.ENTERED, START_AT),
        (Action.LEFT, START_AT + 3),
    ]


def test_minutes_hold_person_seconds_as_sums_of_beliefs(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 70)
    minutes = {(m.zone, m.start_at): m for m in events if isinstance(m, Minute)}
    first = minutes["left", 1_700_000_040]
    assert first.people_s == pytest.approx(60, abs=0.2)
    assert first.ages_s.sum() == pytest.approx(first.people_s, rel=1e-3)
    assert (first.most_people, first.entered, first.frames) == (1, 1, 600)
    assert minutes[WHOLE, 1_700_000_040].entered == 1
    second = minutes["left", 1_700_000_100]
    assert second.people_s == pytest.approx(10, abs=0.2)
    assert second.entered == 0


def test_minutes_and_visits_tell_the_same_person_seconds(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    places = {0: {1: (0.2, 0.5)}, 30: {1: (0.2, 0.5), 2: (0.3, 0.5)}, 45: {2: (0.8, 0.5)}, 60: {}}
    for number in range(101):  # who has left is looked for until the track ends
        clock.now = START_AT + number / 10
        people = places[max(begin for begin in places if begin <= number)]
        flickers = number % 10 == 3
        over = {65: (ended(1, 0.0, 4.4),), 80: (ended(2, 3.0, 5.9),)}.get(number, ())
        observer.step(seen(number / 10, {} if flickers else people, ended=over))
    observer.end([])
    visits = [event for event in events if isinstance(event, VisitEvent)]
    minutes = {m.zone: m for m in events if isinstance(m, Minute)}
    for name, dwell_s in ((WHOLE, 4.4 + 2.9), ("left", 4.4 + 1.5)):
        spent = [zone for visit in visits for zone in visit.zones if zone.zone == name]
        assert sum(zone.dwell_s for zone in spent) == pytest.approx(dwell_s)
        assert minutes[name].people_s == pytest.approx(dwell_s)
        assert minutes[name].attention_s == pytest.approx(sum(z.attention_s for z in spent))
        assert minutes[name].ages_s.sum() == pytest.approx(dwell_s, rel=1e-3)


def test_who_is_followed_over_rare_pictures_has_dwelt_between_them(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock, lost_s=10.0)
    for time_s in (0.0, 4.0, 8.0):
        clock.now = START_AT + time_s
        observer.step(seen(time_s, {1: (0.2, 0.5)}))
    observer.end([ended(1, 0.0, 8.0)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert [zone.dwell_s for zone in visit.zones] == [8.0, 8.0]
    minutes = {m.zone: m for m in events if isinstance(m, Minute)}
    assert [(m.people_s, m.seconds) for m in minutes.values()] == [(8.0, 8.0)] * 2


def test_the_running_minute_is_published_twice_a_second(clock: Clock) -> None:
    events: list[Event] = []
    run(Observer("door", [], events.append, clock), clock, 10)
    assert 18 <= sum(isinstance(event, Minute) for event in events) <= 22


def test_with_nobody_there_the_minute_is_published_every_ten_seconds(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 2)
    observer.step(seen(2.1, {}))
    observer.end([ended(1, 0.0, 2.0)])
    events.clear()
    for number in range(22, 501):  # to 50 s after a full minute
        clock.now = START_AT + number / 10
        observer.step(seen(number / 10, {}))
    minutes = [event for event in events if isinstance(event, Minute) and event.zone == WHOLE]
    assert len(minutes) == 5
    assert minutes[-1].seconds == pytest.approx(50, abs=0.2)
    assert (minutes[-1].entered, minutes[-1].left) == (1, 1)


def test_a_visit_that_is_not_over_is_published_twice_a_second_under_its_number(
    clock: Clock,
) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 5)
    observer.end([ended(1, 0.0, 5.0)])
    underway = [event.visit for event in events if isinstance(event, Underway)]
    (over,) = [event for event in events if isinstance(event, VisitEvent)]
    assert 8 <= len(underway) <= 11
    assert {visit.number for visit in underway} == {over.number}
    assert [visit.track.frames for visit in underway] == sorted(
        visit.track.frames for visit in underway
    )
    last = underway[-1]
    assert (last.first_at, last.zones[1].zone) == (START_AT, "left")
    assert last.last_at == pytest.approx(START_AT + 5, abs=0.6)
    events.clear()
    observer.step(seen(6.1, {1: (0.2, 0.5)}))
    again = [event.visit.number for event in events if isinstance(event, Underway)]
    assert again
    assert over.number not in again


def test_a_camera_started_afresh_does_not_mix_up_its_tracks(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 2)
    clock.now += 60
    observer.step(seen(0.0, {1: (0.9, 0.5)}))
    assert observer.occupancy() == {WHOLE: 1, "left": 0}
    (cut,) = [event for event in events if isinstance(event, VisitEvent)]
    assert (cut.first_at, cut.last_at) == (START_AT, START_AT + 2)


def test_a_clock_that_is_set_back_does_no_harm(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 2)
    clock.set_by(-7200)
    observer.step(seen(2.1, {1: (0.9, 0.5)}))
    observer.end([ended(1, 0.0, 2.1)])
    minutes = [event for event in events if isinstance(event, Minute)]
    assert all(0 <= minute.people_s <= 2.2 for minute in minutes)


def test_moments_are_those_at_which_frames_came(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    for number in range(81):  # over the end of the minute
        media_s = number / 10
        clock.now = START_AT + media_s + number % 7 * 0.15
        late_s = 0.3 if number == 40 else 0.0
        observer.step(seen(media_s, {1: (0.2 if media_s < 7 else 0.8, 0.5)}, late_s=late_s))
    observer.end([ended(1, 0.0, 8.0)])
    visits = [event.visit for event in events if isinstance(event, Underway)]
    visits += [event for event in events if isinstance(event, VisitEvent)]
    assert [visit.first_at for visit in visits] == [pytest.approx(START_AT, abs=0.001)] * len(
        visits
    )
    assert visits[-1].last_at == pytest.approx(START_AT + 8, abs=0.001)
    moves = [event.at for event in events if isinstance(event, ZoneEvent)]
    assert moves == [pytest.approx(START_AT + passed_s, abs=0.001) for passed_s in (0, 7)]


def test_a_frame_counts_in_the_minute_in_which_it_came(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [], events.append, clock)
    for number in range(605):
        clock.now = START_AT + number / 10 + 0.4
        observer.step(seen(number / 10, {}))
    observer.end([])
    minutes = {m.start_at: m.frames for m in events if isinstance(m, Minute)}
    assert minutes == {START_AT: 600, START_AT + 60: 5}


def test_new_zones_hold_from_the_next_frame_on(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [], events.append, clock)
    run(observer, clock, 1)
    observer.redraw([LEFT])
    observer.step(seen(1.1, {1: (0.2, 0.5)}))
    assert observer.occupancy()["left"] == 1


def test_zones_that_are_drawn_again_forget_nobody(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT, DESK], events.append, clock)
    run(observer, clock, 3)
    observer.redraw([DESK.model_copy(update={"name": "till"}), HALF, DOOR])
    for number in range(31, 51):
        clock.now = START_AT + number / 10
        observer.step(seen(number / 10, {1: (0.2, 0.5)}))
    observer.end([ended(1, 0.0, 5.0)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert {zone.zone: pytest.approx(zone.dwell_s, abs=0.15) for zone in visit.zones} == {
        WHOLE: 5.0,
        "left": 5.0,
        "till": 1.9,
        "desk": 3.0,
    }
    moves = [(m.zone, m.action) for m in events if isinstance(m, ZoneEvent)]
    assert moves == [
        ("left", Action.ENTERED),
        ("desk", Action.ENTERED),
        ("desk", Action.LEFT),
        ("till", Action.ENTERED),
        ("till", Action.LEFT),
        ("left", Action.LEFT),
    ]
    minutes = {m.zone: (m.entered, m.left) for m in events if isinstance(m, Minute)}
    assert minutes == dict.fromkeys((WHOLE, "left", "desk", "till"), (1, 1)) | {"door": (0, 0)}


def moves_of(events: list[Event]) -> list[tuple[str, str, Action]]:
    return [(m.zone, m.kind, m.action) for m in events if isinstance(m, ZoneEvent)]


@pytest.mark.parametrize("away_s", [0, 1])
def test_an_area_that_is_removed_and_put_back_knows_what_was_done_in_it(
    clock: Clock, away_s: int
) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 3)
    observer.redraw([])
    run(observer, clock, away_s, since_s=3)
    observer.redraw([LEFT])
    run(observer, clock, 2, since_s=3 + away_s)
    observer.end([ended(1, 0.0, 5.0 + away_s)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert [(zone.zone, zone.entries) for zone in visit.zones] == [(WHOLE, 1), ("left", 2)]
    assert visit.zones[1].dwell_s == pytest.approx(5.0, abs=0.15)
    assert moves_of(events) == [("left", "area", a) for a in (Action.ENTERED, Action.LEFT)] * 2
    minutes = {m.zone: (m.entered, m.left) for m in events if isinstance(m, Minute)}
    assert minutes["left"] == (2, 2)


def test_a_line_that_is_removed_and_put_back_keeps_its_crossings_and_counts_none_meanwhile(
    clock: Clock,
) -> None:
    events: list[Event] = []
    observer = Observer("door", [DOOR], events.append, clock)
    run(observer, clock, 2, lambda s: 0.2 if s < 1 else 0.8)
    observer.redraw([])
    run(observer, clock, 1, lambda _: 0.2, since_s=2)
    observer.redraw([DOOR])
    run(observer, clock, 2, lambda s: 0.2 if s < 4 else 0.8, since_s=3)
    observer.end([ended(1, 0.0, 5.0)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    (crossed,) = [zone for zone in visit.zones if zone.kind == "line"]
    assert (crossed.crossed_in, crossed.crossed_out) == (2, 0)
    assert moves_of(events) == [("door", "line", Action.IN)] * 2


def test_an_area_that_becomes_a_line_of_its_name_knows_what_was_done_in_it(
    clock: Clock,
) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 3)
    observer.redraw([DOOR.model_copy(update={"name": "left"})])
    run(observer, clock, 2, lambda s: 0.2 if s < 4 else 0.8, since_s=3)
    observer.redraw([LEFT])
    run(observer, clock, 1, lambda _: 0.2, since_s=5)
    observer.end([ended(1, 0.0, 6.0)])
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    did = {(zone.zone, zone.kind): zone for zone in visit.zones}
    assert list(did) == [(WHOLE, "area"), ("left", "area"), ("left", "line")]
    assert did["left", "area"].dwell_s == pytest.approx(4.0, abs=0.15)
    assert did["left", "line"].crossed_in == 1


def test_who_is_there_at_the_end_has_been_where_the_zones_were_and_nothing_comes_after(
    clock: Clock,
) -> None:
    events: list[Event] = []
    observer = Observer("door", [LEFT], events.append, clock)
    run(observer, clock, 2)
    observer.close()
    (visit,) = [event for event in events if isinstance(event, VisitEvent)]
    assert [zone.zone for zone in visit.zones] == [WHOLE, "left"]
    assert [m.action for m in events if isinstance(m, ZoneEvent)] == [Action.ENTERED, Action.LEFT]
    assert isinstance(events[-1], Minute)
    told = len(events)
    observer.step(seen(2.6, {1: (0.2, 0.5)}))  # of a thread that was on its way here
    observer.end([ended(1)])
    assert len(events) == told


def test_a_camera_that_is_renamed_publishes_under_its_new_name(clock: Clock) -> None:
    events: list[Event] = []
    observer = Observer("door", [], events.append, clock)
    run(observer, clock, 1)
    observer.rename("gate")
    events.clear()
    observer.step(seen(2.5, {1: (0.2, 0.5)}))
    observer.end([ended(1)])
    assert {event.camera for event in events} == {"gate"}


def test_a_subscriber_that_fails_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    stream, heard = EventStream(), []

    def fail(_: Event) -> None:
        raise OSError("gone")

    stream.subscribe(fail)
    leave = stream.subscribe(heard.append)
    event = VisitEvent(1, "door", ended(1), 0.0, 1.0, ())
    stream.publish(event)
    leave()
    stream.publish(event)
    assert heard == [event]
    assert "a subscriber failed on a VisitEvent" in caplog.text
