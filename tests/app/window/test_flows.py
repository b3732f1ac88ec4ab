from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.start_window import PAGES
from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.wanted import Wanted
from engine.cameras_file import Zone
from engine.status import State

Open = Callable[..., MainWindow]
Sessions = Any
"""The fixture's class; a conftest cannot be imported."""

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def state_of(window: MainWindow) -> State:
    return window.tiles[0].status.state


def test_a_face_that_is_clicked_is_pinned_and_its_course_is_shown(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("clip.mp4", playing=True)
    view = window.tiles[0].view
    view.face_clicked.emit(7)
    assert window.wall.pinned == ("clip", 7)
    qtbot.waitUntil(lambda: window.live.course is not None and bool(window.live.course.chart.table))
    assert "#7" in window.live.course.chart.title
    assert len(window.live.course.chart.table["median_years"]) > 0
    qtbot.keyClick(window, Qt.Key.Key_Backspace)
    assert window.wall.pinned is None
    assert view.pinned is None


def test_a_row_of_the_table_pins_its_person(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    people = window.live.people
    qtbot.waitUntil(lambda: people.model.rowCount() == 2)
    people.table.activated.emit(people.table.model().index(1, 0))
    assert window.wall.pinned == ("clip", 8)


def test_every_overlay_can_be_switched_and_is_remembered(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    memory = Memory(tmp_path / "window.ini")
    window = open_window("clip.mp4", playing=True, memory=memory)
    qtbot.keyClicks(window, "c")
    qtbot.keyClicks(window, "t")
    assert not window.overlays.shown.curves
    assert window.overlays.shown.trails
    window.close()
    again = open_window(memory=Memory(tmp_path / "window.ini"))
    assert not again.deeds["curves"].isChecked()
    assert again.overlays.shown == window.overlays.shown


def test_the_sources_of_last_time_are_shown_again(
    qtbot: QtBot, open_window: Open, sessions: Sessions, tmp_path: Path
) -> None:
    open_window("clip.mp4", "live", memory=Memory(tmp_path / "window.ini")).close()
    window = open_window(memory=Memory(tmp_path / "window.ini"))
    assert window.start_page.recent.isVisible()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_T, control | shift)
    assert sessions.opened == ["clip.mp4", "live"] * 2


def test_panels_are_as_they_were_after_another_page(open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    window.deeds["panel ages"].trigger()
    for page in ("audience", "live", "settings", "live"):
        window.show_page(page)
        QApplication.processEvents()
    assert [name for name, dock in window.live.docks.items() if dock.isHidden()] == ["ages"]
    assert not window.deeds["panel ages"].isChecked()
    assert window.deeds["panel people"].isChecked()
    assert window.live.people.isVisible()


def test_closed_panels_stay_closed_next_time(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    window = open_window("clip.mp4", memory=Memory(tmp_path / "window.ini"))
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert not window.live.docks["people"].isVisible()
    window.close()
    window = open_window("clip.mp4", memory=Memory(tmp_path / "window.ini"))
    assert not window.live.docks["people"].isVisible()
    assert window.live.docks["course"].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert window.live.docks["people"].isVisible()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_key_and_a_button(qtbot: QtBot, open_window: Open, page: str) -> None:
    window = open_window("clip.mp4")
    number = Qt.Key(Qt.Key.Key_1 + PAGES.index(page))
    qtbot.keyClick(window, number, Qt.KeyboardModifier.AltModifier)
    assert window.pages.shown == page
    window.show_page("live")
    window.rail.actions()[PAGES.index(page)].trigger()
    assert window.pages.shown == page
    assert len(window.tiles) == 1, "sources run on"


def test_the_audience_counts_who_has_left(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window("clip.mp4", playing=True)
    qtbot.waitUntil(lambda: len(window.wall.people()) == 2)
    sessions.people.clear()
    qtbot.waitUntil(lambda: len(window.audience.visits) == 2)
    window.show_page("audience")
    page = window.audience_page
    qtbot.waitUntil(lambda: page.hours.table.get("hour") is not None)
    page.refresh(())
    assert float(page.dwell.table["visits"].sum()) == 2
    assert abs(float(page.ages.table["people"].sum()) - 2) < 1e-3
    page.place.setCurrentIndex(page.place.findData("clip"))
    page.period.setCurrentIndex(0)
    page.refresh(())
    assert float(page.dwell.table["visits"].sum()) == 0


def test_the_audience_shows_its_hours_from_its_first_moment_on(open_window: Open) -> None:
    window = open_window()
    window.show_page("audience")
    page = window.audience_page
    assert len(page.hours.table["hour"]) == 24
    assert page._sum.text().startswith("Nobody yet")


HIDDEN = Zone(name="neighbour", kind="blackout", points=((0.0, 0.0), (0.1, 0.0), (0.0, 0.1)))


@pytest.mark.parametrize(
    "end",
    [
        lambda window: window.restart_sources(),
        lambda window: window.deeds["blur"].trigger(),
        lambda window: window.tiles[0].take_zones((HIDDEN,)),
        lambda window: [window.restart_sources() for _ in range(3)],
        lambda window: window.show_sources(["live"]),
        lambda window: window.close_sources(),
    ],
)
def test_visits_under_way_count_once_when_their_live_source_starts_again_or_ends(
    qtbot: QtBot, open_window: Open, sessions: Sessions, end: Callable[[MainWindow], None]
) -> None:
    window = open_window("live", playing=True)
    qtbot.waitUntil(lambda: len(window.wall.people()) == 2)
    sessions.people = {}  # of what is opened from now on
    end(window)
    qtbot.waitUntil(lambda: len(window.audience.visits) == 2)
    qtbot.wait(600)
    assert len(window.audience.visits) == 2
    assert all(visit.dwell_s < 60 for visit in window.audience.visits)


def test_who_left_a_recording_just_before_it_starts_again_is_counted_and_nobody_twice(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    window = open_window("clip.mp4", playing=True)
    tile = window.tiles[0]
    qtbot.waitUntil(lambda: len(tile.people) == 2)
    window._timer.stop()
    del sessions.people[8]
    qtbot.waitUntil(lambda: len(tile.bridge._left) == 1)
    tile.restart()
    window._timer.start()
    qtbot.waitUntil(lambda: len(window.audience.visits) == 2)
    qtbot.waitUntil(lambda: len(tile.people) == 1)
    window.close_sources()
    qtbot.wait(600)
    assert len(window.audience.visits) == 2, "who is met again was counted"


def test_zones_of_one_name_are_told_apart_by_their_cameras(
    qtbot: QtBot, open_window: Open, sessions: Sessions
) -> None:
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    door, hall = (Zone(name=name, kind="area", points=whole) for name in ("door", "hall"))
    window = open_window()
    window.show_sources(
        [Wanted("north", "north.mp4", zones=(door,)), Wanted("yard", "yard.mp4", zones=(hall,))]
    )
    qtbot.waitUntil(lambda: [person.zone for person in window.wall.people()].count("hall") == 2)
    sessions.people.clear()
    qtbot.waitUntil(lambda: len(window.audience.visits) == 4)
    window.show_page("audience")
    page = window.audience_page
    page.refresh(())
    assert offered(page.place) == ["Everywhere", "door", "hall"]
    page.place.setCurrentIndex(1)
    [visit, _] = [visit for visit in window.audience.visits if visit.place.startswith("north")]
    window.audience.visits.append(replace(visit, place=visit.place.replace("north", "south")))
    page.refresh(())
    assert offered(page.place) == ["Everywhere", "north · door", "hall", "south · door"]
    assert float(page.dwell.table["visits"].sum()) == 2, "those of north alone"


def offered(choice: QComboBox) -> list[str]:
    return [choice.itemText(row) for row in range(choice.count())]


def test_nobody_is_present_before_a_camera_that_shows_nothing_any_more(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.window.bridge.FORGOTTEN_S", 0.5)
    window = open_window("live", playing=True)
    qtbot.waitUntil(lambda: len(window.wall.people()) == 2)
    window.tiles[0].pause()
    qtbot.waitUntil(lambda: window.live.people.model.rowCount() == 0)
    qtbot.waitUntil(lambda: len(window.audience.visits) == 2)
    window.tiles[0].play()
    qtbot.waitUntil(lambda: window.live.people.model.rowCount() == 2)


def test_the_transport_bar_serves_recordings_only(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("live", playing=True)
    assert not window.live.transport.isVisible()
    assert not window.deeds["forward"].isEnabled()
    window.show_sources(["clip.mp4"])
    qtbot.waitUntil(window.live.transport.isVisible)
    qtbot.waitUntil(lambda: window.tiles[0].status.position_s > 0.1)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert state_of(window) is State.PAUSED
    window.tiles[0].playback.seek(1.0)  # comes after the frame that may be under way
    qtbot.waitUntil(lambda: window.tiles[0].status.position_s == 1.0)
    here = window.tiles[0].status.frames
    qtbot.keyClicks(window, ",")
    qtbot.waitUntil(lambda: window.tiles[0].status.frames == here - 1)
    qtbot.keyClicks(window, ".")
    qtbot.waitUntil(lambda: window.tiles[0].status.frames == here)
    qtbot.keyClicks(window, "]")
    assert window.tiles[0].playback.speed == 2.0


def test_the_space_bar_presses_the_button_that_has_the_focus(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window("live", playing=True)
    button = window.rail.widgetForAction(window.rail.actions()[PAGES.index("audience")])
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert window.pages.shown == "audience"
    assert state_of(window) is State.RUNNING


def test_everything_that_takes_the_focus_has_a_name(open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    nameless = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert [type(widget).__name__ for widget in nameless] == []


def test_a_live_page_without_sources_offers_to_choose_one(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    window.show_page("live")
    button = window.live.empty.findChild(QPushButton)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.pages.shown == "start"
    window.show_sources(["clip.mp4"])
    assert window.wall.isVisible()
    assert not window.live.empty.isVisible()


def test_panels_have_their_sizes_again_after_a_full_screen(open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    QApplication.processEvents()
    docks = window.live.docks
    before = docks["people"].height() - docks["course"].height()
    window.deeds["panel ages"].trigger()
    for _ in range(2):
        window.deeds["full"].trigger()
        QApplication.processEvents()
    assert docks["ages"].isHidden()
    after = docks["people"].height() - docks["course"].height()
    assert after == before, "the platform of tests leaves the window itself larger"
