import pytest

from engine.grade import Grade, Record


def watched(
    *, hours: float = 1.0, reconnects: int = 0, stalls: int = 0, dark: float = 0.0
) -> Grade:
    """The grade after so many events and so large a share of time without a picture."""
    record = Record(0.0)
    seconds = int(hours * 3600)
    for second in range(1, seconds + 1):
        last = second == seconds
        record.note(
            float(second),
            reconnects=reconnects * last,
            stalls=stalls * last,
            dark=second <= dark * seconds,
        )
    return record.grade


@pytest.mark.parametrize(
    ("happened", "grade"),
    [
        ({}, Grade.EXCELLENT),
        ({"stalls": 4}, Grade.EXCELLENT),
        ({"stalls": 5}, Grade.FAIR),
        ({"reconnects": 1}, Grade.FAIR),
        ({"reconnects": 3}, Grade.POOR),
        ({"stalls": 21}, Grade.POOR),
        ({"reconnects": 11}, Grade.UNUSABLE),
        ({"stalls": 101}, Grade.UNUSABLE),
        ({"dark": 0.05}, Grade.FAIR),
        ({"dark": 0.3}, Grade.POOR),
        ({"dark": 1.0}, Grade.UNUSABLE),
    ],
)
def test_the_grade_follows_from_losses_and_darkness(
    happened: dict[str, float], grade: Grade
) -> None:
    assert watched(**happened) is grade


def test_what_is_more_than_an_hour_ago_is_forgiven() -> None:
    record = Record(0.0)
    record.note(1.0, reconnects=20, stalls=200, dark=True)
    assert record.grade is Grade.UNUSABLE
    for minute in range(1, 62):
        record.note(60.0 * minute, reconnects=0, stalls=0, dark=False)
    assert record.grade is Grade.EXCELLENT


def test_a_new_camera_is_excellent() -> None:
    assert Record(0.0).grade is Grade.EXCELLENT
