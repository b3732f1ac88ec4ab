import pytest

from engine.errors import SourceError
from engine.sources.query import Query


def test_options_are_read_and_missing_ones_have_their_default() -> None:
    query = Query("synthetic:?people=5&rate=12.5&size=640x480&layout=steady")
    assert query.integer("people", 2, lowest=1, highest=9) == 5
    assert query.number("rate", 25.0, lowest=1, highest=60) == 12.5
    assert query.size("size", None) == (640, 480)
    assert query.choice("layout", "visits", ("visits", "steady")) == "steady"
    assert query.integer("seed", 7, lowest=0, highest=9) == 7
    query.finish()


@pytest.mark.parametrize("address", ["screen:", "screen:?", "screen:?&"])
def test_no_options_are_fine(address: str) -> None:
    query = Query(address)
    assert query.text("display", ":0") == ":0"
    query.finish()


@pytest.mark.parametrize("given", ["x", "1.5", "0", "10", "-1", "", "nan", "1e3"])
def test_a_bad_whole_number_is_refused_with_its_range(given: str) -> None:
    with pytest.raises(SourceError, match=r"people must be a whole number from 1 to 9|cannot read"):
        Query(f"synthetic:?people={given}").integer("people", 1, lowest=1, highest=9)


@pytest.mark.parametrize("given", ["nan", "inf", "0.05", "x"])
def test_a_bad_number_is_refused(given: str) -> None:
    with pytest.raises(SourceError, match=r"seconds must be a number from 0\.1 to 60"):
        Query(f"synthetic:?seconds={given}").number("seconds", 1, lowest=0.1, highest=60)


@pytest.mark.parametrize("given", ["640", "640x", "10x10", "640x480x3", "99999x99999"])
def test_a_bad_size_is_refused(given: str) -> None:
    with pytest.raises(SourceError, match="size must be a size such as 1280x720"):
        Query(f"synthetic:?size={given}").size("size", None)


def test_a_word_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(SourceError, match="layout must be visits or steady; got 'party'"):
        Query("synthetic:?layout=party").choice("layout", "visits", ("visits", "steady"))


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    query = Query("synthetic:?peple=5")
    query.integer("people", 1, lowest=1, highest=9)
    query.size("size", None)
    with pytest.raises(SourceError, match="no option 'peple'; it knows people, size"):
        query.finish()


@pytest.mark.parametrize("address", ["synthetic:?people", "synthetic:?people=1&people=2"])
def test_an_option_is_written_once_with_a_value(address: str) -> None:
    with pytest.raises(SourceError, match="options are written once each"):
        Query(address)
