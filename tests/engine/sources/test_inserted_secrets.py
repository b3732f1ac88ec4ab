import logging
from pathlib import Path

import pytest

from app.logs import logging_to
from engine.archive.ledger import identity
from engine.cameras_file_secrets import fill_in
from engine.errors import SourceError
from engine.sources.address import mask_address, open_source, source_name
from engine.sources.masked import masked

SECRET = "tlJw/bo6 ä"


@pytest.fixture(autouse=True)
def _door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", SECRET)


@pytest.mark.parametrize(
    ("source", "shown", "name"),
    [
        ("rtsps://h:7441/${DOOR}?srtp", "rtsps://h:7441/${DOOR}?srtp", "h-7441-DOOR-srtp"),
        (
            "rtsp://h/live?u=admin&x=${DOOR}",
            "rtsp://h/live?u=admin&x=${DOOR}",
            "h-live-u-admin-x-DOOR",
        ),
        (
            "rtsp://h:554/user=admin_password=${DOOR}_channel=1_stream=0.sdp?real_stream",
            "rtsp://h:554/user=admin_password=***_channel=1_stream=0.sdp?real_stream",
            "h-554-user-admin_channel-1_stream-0.sdp-real_stream",
        ),
        ("rtsp://admin:${DOOR}@h/1", "rtsp://admin:***@h/1", "h-1"),
        ("rtsp://${DOOR}:word@h/1", "rtsp://${DOOR}:***@h/1", "h-1"),
        ("s3://bucket/${DOOR}/x.mp4", "s3://bucket/${DOOR}/x.mp4", "bucket-DOOR-x.mp4"),
    ],
)
def test_what_was_put_in_is_shown_as_its_reference(source: str, shown: str, name: str) -> None:
    assert SECRET not in mask_address(source)
    address = fill_in(source)
    assert mask_address(address) == shown
    assert mask_address(shown) == shown
    assert source_name(address) == name
    assert identity(address) == shown


def test_a_percent_encoded_secret_is_known_too() -> None:
    fill_in("rtsp://h/${DOOR}")
    assert masked("h/tlJw%2Fbo6%20%C3%A4 and tlJw/bo6%20%C3%A4.") == "h/${DOOR} and ${DOOR}."


def test_two_sources_that_differ_in_a_secret_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALL", "another")
    door, hall = fill_in("rtsps://h/${DOOR}"), fill_in("rtsps://h/${HALL}")
    assert (identity(door), identity(hall)) == ("rtsps://h/${DOOR}", "rtsps://h/${HALL}")


def test_a_whole_address_that_is_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOLE", "rtsps://h:7441/tlJwpbo6?srtp")
    address = fill_in("${WHOLE}")
    assert (mask_address(address), source_name(address)) == ("rtsps://${WHOLE}", "WHOLE")


def test_ordinary_words_and_places_of_this_machine_are_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/srv/jane")
    monkeypatch.setenv("SHORT", "abc")
    fill_in("${HOME}/x.mp4")
    fill_in("rtsp://h/?n=${SHORT}")
    assert masked("abc of /srv/jane") == "abc of /srv/jane"


def test_the_name_of_a_secret_that_holds_another_stays_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOOR", "DOOR")
    monkeypatch.setenv("LONGER", "DOOR-2")
    address = fill_in("rtsp://h/${DOOR}/${LONGER}")
    assert masked(masked(address)) == "rtsp://h/${DOOR}/${LONGER}"


@pytest.mark.parametrize("style", ["text", "json"])
def test_the_log_does_not_hold_it_outside_of_an_address_either(tmp_path: Path, style: str) -> None:
    fill_in("rtsp://h/${DOOR}")
    with logging_to(style, tmp_path / "log"):
        logging.getLogger("tests.door").info("path %s is not there", SECRET)
    assert "path ${DOOR} is not there" in (tmp_path / "log").read_text()


def test_a_year_that_is_a_secret_leaves_the_time_of_a_line_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = {f"YEAR_{year}": str(year) for year in range(2020, 2100)}
    for name, year in years.items():
        monkeypatch.setenv(name, year)
        fill_in(f"rtsp://h/${{{name}}}")
    with logging_to("text", tmp_path / "log"):
        logging.getLogger("tests.door").info("it is 2031")
    line = (tmp_path / "log").read_text()
    assert line[:4] in years.values()
    assert "it is ${YEAR_2031}" in line


def test_a_source_that_cannot_be_opened_names_no_secret() -> None:
    address = fill_in("rtsp://127.0.0.1:1/user=admin_password=${DOOR}_channel=1_stream=0.sdp")
    with pytest.raises(SourceError) as raised:
        open_source(address)
    assert "tlJw" not in str(raised.value)
