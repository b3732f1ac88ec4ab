"""The window without a mouse and without eyes: every page, every panel, every dialog."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.start_window import PAGES
from app.window.main_window import MainWindow
from app.window.panels.chart import Chart
from app.window.settings.settings_page import SettingsPage
from app.window.theme import follow_theme

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PANELS = ("course", "ages", "system")


def places(window: MainWindow, qtbot: QtBot) -> Iterator[str]:
    """Turn to everything that can be seen, one thing after the other."""
    for page in PAGES:
        window.show_page(page)
        qtbot.wait(30)
        yield page
        if page == "live":
            window.wall.pin(("clip", 7))
            for panel in PANELS:
                window.live.docks[panel].raise_()
                qtbot.wait(30)
                yield panel
        if page == "settings":
            settings = window.pages.currentWidget()
            assert isinstance(settings, SettingsPage)
            for tab in range(1, settings.tabs.count()):
                settings.tabs.setCurrentIndex(tab)
                yield settings.tabs.tabText(tab)


def in_reach(window: QWidget) -> list[QWidget]:
    """What the tab key leads to."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(window)
        and widget.isEnabled()
        and not widget.visibleRegion().isEmpty()
    ]


def nameless(window: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in in_reach(window)
        if not (widget.accessibleName() or getattr(widget, "text", str)())
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
    ]


def test_everything_in_reach_has_a_name_on_every_page(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    found = {place: nameless(window) for place in places(window, qtbot)}
    assert {place: names for place, names in found.items() if names} == {}
    for deed in ("keys", "palette"):
        window.deeds[deed].trigger()
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        assert dialog.windowTitle()
        assert nameless(dialog) == []
        dialog.reject()


def test_every_chart_says_what_it_shows(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    said = {}
    for _ in places(window, qtbot):
        window._refresh_charts()
        for chart in window.findChildren(Chart):
            if chart.isVisible():
                said[type(chart).__name__] = (
                    chart.accessibleName(),
                    chart.accessibleDescription(),
                )
    assert len(said) == 6
    assert {name: words for name, words in said.items() if not all(words)} == {}


@pytest.fixture
def dressed(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    theme, contrast = request.param
    follow_theme(qapp, theme, high_contrast=contrast)
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())
    with suppress(TypeError):  # only one theme follows the desktop
        qapp.styleHints().colorSchemeChanged.disconnect()


@pytest.mark.usefixtures("dressed")
@pytest.mark.parametrize("dressed", [("light", False), ("dark", True)], indirect=True)
def test_whoever_has_the_focus_looks_different(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("clip.mp4", playing=True)
    window._timer.stop()
    unseen = set()
    for place in places(window, qtbot):
        for widget in in_reach(window):
            if isinstance(widget, QLineEdit) and isinstance(widget.parent(), QAbstractSpinBox):
                continue
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if QApplication.focusWidget() is not widget:
                continue
            focused = widget.grab().toImage()
            widget.clearFocus()
            if focused == widget.grab().toImage():
                unseen.add(f"{place}: {type(widget).__name__} {widget.accessibleName()}")
    assert unseen == set()


@pytest.mark.parametrize("page", PAGES)
def test_the_tab_key_goes_round_through_everything(
    qtbot: QtBot, open_window: Open, page: str
) -> None:
    window = open_window("clip.mp4", playing=True)
    window.show_page(page)
    qtbot.wait(50)
    wanted = {w for w in in_reach(window) if not isinstance(w.parent(), QAbstractSpinBox)}
    met: set[QWidget] = set()
    for _ in range(4 * len(wanted) + 200):
        focused = QApplication.focusWidget()
        if focused is not None:
            met.add(focused)
        qtbot.keyClick(focused or window, Qt.Key.Key_Tab)
    missed = [f"{type(w).__name__} {w.accessibleName()}" for w in wanted - met]
    assert missed == []
