"""A thousand things that somebody might do, in any order: the window takes them all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app.start_window import PAGES
from app.window.editor.zones_page import ZonesPage
from app.window.main_window import MainWindow
from app.window.preferences import Preferences
from app.window.settings.settings_page import SettingsPage
from app.window_settings import RecordSettings, WindowSettings

Open = Callable[..., MainWindow]
pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support"),
    pytest.mark.slow,
]
ADDRESSES = ("clip.mp4", "live", "short.mp4", "broken.mp4", "missing.mp4", "empty-room.mp4")
KEYS = (
    *(getattr(Qt.Key, f"Key_{letter}") for letter in "BACIULTZGEFR"),
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Left,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Insert,
    Qt.Key.Key_Period,
    Qt.Key.Key_Comma,
    Qt.Key.Key_BracketRight,
    Qt.Key.Key_F2,
    Qt.Key.Key_F6,
)
SHARES = st.floats(0, 1)
NUMBERS = st.integers(0, 10_000)
NOT_AT_RANDOM = ("quit",)
STEPS = 1000


class Somebody(RuleBasedStateMachine):
    """Sits before one window."""

    window: MainWindow
    qtbot: QtBot
    done = 0

    def teardown(self) -> None:
        """Put every question away, and the sources."""
        self._dismiss()
        self.window.close_sources()

    def _after(self) -> None:
        type(self).done += 1
        QApplication.processEvents()

    def _dismiss(self) -> None:
        for dialog in self.window.findChildren(QDialog):
            dialog.reject()

    @rule(addresses=st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=4))
    def open(self, addresses: list[str]) -> None:
        self.window.show_sources(addresses)
        self._after()

    @rule(name=st.sampled_from(PAGES))
    def turn(self, name: str) -> None:
        self.window.show_page(name)
        self._after()

    @rule(number=NUMBERS)
    def do(self, number: int) -> None:
        possible = [n for n, a in self.window.deeds.items() if a.isEnabled()]
        names = [name for name in possible if name not in NOT_AT_RANDOM]
        self.window.deeds[names[number % len(names)]].trigger()
        self._after()

    @rule(key=st.sampled_from(KEYS))
    def press(self, key: Qt.Key) -> None:
        target = QApplication.activeModalWidget() or QApplication.focusWidget() or self.window
        if not isinstance(target, QFileDialog):
            self.qtbot.keyClick(target, key)
        self._after()

    @rule(x=SHARES, y=SHARES, double=st.booleans())
    def click(self, x: float, y: float, double: bool) -> None:
        if QApplication.activeModalWidget() is not None:
            self._dismiss()
        place = QPoint(round(x * (self.window.width() - 1)), round(y * (self.window.height() - 1)))
        target = self.window.childAt(place)
        if target is not None and self.window.pages.isAncestorOf(target):
            at = target.mapFrom(self.window, place)
            click = self.qtbot.mouseDClick if double else self.qtbot.mouseClick
            click(target, Qt.MouseButton.LeftButton, pos=at)
        self._after()

    @rule(
        kind=st.sampled_from(("area", "line", "blackout", "")),
        points=st.lists(st.tuples(SHARES, SHARES), max_size=5),
    )
    def draw(self, kind: str, points: list[tuple[float, float]]) -> None:
        page = self.window.pages.currentWidget()
        if isinstance(page, ZonesPage) and page.isEnabled():
            page.tools[kind].click()
            for x, y in points:
                at = QPoint(round(x * page.canvas.width()), round(y * page.canvas.height()))
                self.qtbot.mouseClick(page.canvas, Qt.MouseButton.LeftButton, pos=at)
            page.apply_now()
        self._after()

    @rule(number=NUMBERS)
    def set(self, number: int) -> None:
        page = self.window.pages.currentWidget()
        if isinstance(page, SettingsPage):
            rows = list(page.list.rows.values())
            row = rows[number % len(rows)]
            choices = row.setting.choices
            if choices:
                row.edited.emit(row.setting, choices[number // len(rows) % len(choices)])
            elif isinstance(row.setting.default, bool):
                row.edited.emit(row.setting, number // len(rows) % 2 == 0)
        self._after()

    @rule(width=st.integers(400, 1600), height=st.integers(300, 1000))
    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)
        self._after()

    @rule()
    def look(self) -> None:
        self.qtbot.wait(30)
        self._dismiss()
        self._after()


def test_a_thousand_actions_in_any_order_do_no_harm(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    record = RecordSettings(folder=str(tmp_path / "recordings"))
    chosen = Preferences(window=WindowSettings(record=record), engine_file=tmp_path / "s.toml")
    chosen.cameras_file = tmp_path / "cameras.toml"
    Somebody.window, Somebody.qtbot = open_window(preferences=chosen), qtbot
    run_state_machine_as_test(
        Somebody,
        settings=settings(
            max_examples=STEPS // 50,
            stateful_step_count=60,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Somebody.done >= STEPS
    assert Somebody.window.isVisible()
