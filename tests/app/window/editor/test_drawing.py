import pytest

from app.window.editor.drawing import Drawing, corner_at, free_name, is_at

SQUARE = Drawing("desk", "area", ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)))
LINE = Drawing("door", "line", ((0.1, 0.5), (0.9, 0.5)))


def test_a_zone_stays_in_the_picture_and_keeps_its_shape() -> None:
    moved = SQUARE.shifted(0.9, -0.9)
    assert sum(moved.points, ()) == pytest.approx((0.6, 0, 1, 0, 1, 0.4, 0.6, 0.4))


def test_a_corner_stays_in_the_picture() -> None:
    assert SQUARE.with_corner(2, (1.5, -3)).points[2] == (1.0, 0.0)


def test_what_cannot_be_used_says_why() -> None:
    crossed = SQUARE.with_corner(2, (0.1, 0.3))
    assert "sides do not cross" in crossed.problem
    assert "two different points" in Drawing("x", "line", ((0.1, 0.1),) * 2).problem
    assert not SQUARE.problem
    assert not LINE.problem


def test_corners_are_added_and_removed() -> None:
    more = SQUARE.split_after(3)
    assert more.points[4] == pytest.approx((0.2, 0.4))
    assert more.without_corner(4) == SQUARE


def test_zones_are_found_where_they_are() -> None:
    reach = (0.02, 0.02)
    assert is_at(SQUARE, (0.4, 0.4), reach)
    assert not is_at(SQUARE, (0.7, 0.4), reach)
    assert is_at(LINE, (0.5, 0.515), reach)
    assert not is_at(LINE, (0.5, 0.53), reach)
    assert corner_at(SQUARE, (0.61, 0.6), reach) == 2
    assert corner_at(SQUARE, (0.4, 0.4), reach) is None


def test_names_are_not_given_twice() -> None:
    taken = [Drawing("area 1", "area", ()), Drawing("area 3", "area", ())]
    assert free_name("area", taken) == "area 2"
