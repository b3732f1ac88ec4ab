import json

from engine.notify.message import message_of
from engine.zones.events import Underway
from tests.engine.notify.events import minute, visit, zone_event


def told(event: object) -> dict[str, object]:
    message = message_of(event)  # type: ignore[arg-type] - one of them each time
    assert message is not None
    return json.loads(message.body)


def test_a_visit_is_told_with_its_ages_and_zones() -> None:
    entry = told(visit())
    assert (entry["event"], entry["camera"]) == ("visit", "door")
    assert entry["age_p05"] < entry["age_median"] < entry["age_p95"]
    assert [zone["zone"] for zone in entry["zones"]] == ["desk"]
    assert entry["zones"][0]["dwell_s"] == 2.0


def test_a_zone_event_is_told_with_what_was_done() -> None:
    entry = told(zone_event())
    assert (entry["zone"], entry["action"], entry["track_id"]) == ("desk", "entered", 7)
    assert entry["status"] == "stable"


def test_what_is_not_over_stays_here() -> None:
    assert message_of(Underway(visit())) is None
    assert message_of(minute()) is None


def test_no_two_messages_have_the_same_id() -> None:
    assert len({told(visit())["id"] for _ in range(100)}) == 100


def test_nothing_but_numbers_and_names_is_told() -> None:
    """No picture, no code of a face: the longest number list there could be is absent."""
    for entry in (told(visit()), told(zone_event())):
        flat = [value for value in entry.values() if isinstance(value, list)]
        assert all(isinstance(item, dict) for items in flat for item in items)
        assert len(json.dumps(entry)) < 2000
