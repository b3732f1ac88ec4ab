"""A live source that hangs or breaks is begun anew, as it is without a window."""

import logging
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.watchdog import Watchdog
from engine.session import Session
from engine.status import SessionStatus, State
from engine.supervisor import Limits

Open = Callable[..., MainWindow]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FAILED = SessionStatus(State.FAILED, "IndexError while looking at the picture")
RUNNING = SessionStatus(State.RUNNING)


class Hanging(Session):
    """Gives no sign of life."""

    def __init__(self) -> None:
        super().__init__(lambda: None, lambda _: None, pace=True, live=True)

    @property
    def idle_s(self) -> float:
        return 21.0


def test_a_hang_and_a_fault_are_complaints_and_health_is_none() -> None:
    healthy = Session(lambda: None, lambda _: None, pace=True, live=True)
    assert Watchdog().complaint(healthy, RUNNING) == ""
    assert Watchdog().complaint(Hanging(), RUNNING) == "no sign of life for 20 s"
    assert Watchdog().complaint(healthy, FAILED).startswith("IndexError")
    assert Watchdog(Limits(hang_s=30)).complaint(Hanging(), RUNNING) == ""


def test_what_is_no_use_is_not_done_for_ever() -> None:
    watchdog, hanging = Watchdog(), Hanging()
    assert sum(watchdog.complaint(hanging, RUNNING) != "" for _ in range(100)) == 5


def test_a_live_source_whose_pipeline_broke_runs_again(
    qtbot: QtBot, open_window: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    window = open_window("live", playing=True)
    broken = window.tiles[0].session
    pipeline = broken._pipeline
    pipeline.step = lambda _frame: [][0]
    qtbot.waitUntil(lambda: window.tiles[0].session is not broken, timeout=5000)
    qtbot.waitUntil(lambda: window.tiles[0].status.state is State.RUNNING)
    assert any("live (live) is begun anew: IndexError" in m for m in caplog.messages)


def test_a_live_source_that_hangs_while_it_is_paused_stays_paused(
    qtbot: QtBot,
    open_window: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    window = open_window("live", playing=True)
    tile = window.tiles[0]
    tile.pause()
    hanging = tile.session
    monkeypatch.setattr(Session, "idle_s", property(lambda self: 21.0 * (self is hanging)))
    qtbot.waitUntil(lambda: tile.session is not hanging)
    qtbot.waitUntil(lambda: tile.status.info is not None)
    assert (tile.status.state, tile.status.frames) == (State.PAUSED, 0)
    assert "is begun anew: no sign of life" in caplog.text


def test_a_recording_that_failed_waits_for_somebody(qtbot: QtBot, open_window: Open) -> None:
    window = open_window("missing.mp4")
    qtbot.waitUntil(lambda: window.tiles[0].status.state is State.FAILED)
    failed = window.tiles[0].session
    qtbot.wait(500)
    assert window.tiles[0].session is failed
