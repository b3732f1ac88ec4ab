"""From the command line to a window and back."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PyQt6.QtWidgets import QApplication

from app.start_window import Look
from app.window.main_window import MainWindow
from app.window.sessions import Sessions
from app.window.theme import follow_theme
from engine.errors import SinkError
from engine.settings import Settings
from engine.sources.address import expand

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
}
_MISSING_DISPLAY, _NOT_SAVED = 2, 3
_FOREIGN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def run_window(sources: list[str], settings: Settings, look: Look) -> int:
    """Open the window on sources, or on the start page, and stay until it closes.

    Returns:
        The exit code.

    Raises:
        SourceError: A pattern matches nothing.
        SinkError: The screenshot cannot be written.
    """
    addresses = expand(sources)
    forget_foreign_plugins()
    qInstallMessageHandler(_QtLog())
    application = QApplication(["agescope"])
    application.setApplicationDisplayName("agescope")
    follow_theme(application, look.theme)
    sessions = Sessions(settings)
    window = MainWindow(sessions)
    window.resize(*look.size_wh)
    window.show()
    if addresses:
        window.show_sources(addresses)
    if look.screenshot:
        QTimer.singleShot(round(look.after_s * 1000), partial(_photograph, window, look.screenshot))
    with closed_by_interrupt(window):
        code = application.exec()
    sessions.close()
    qInstallMessageHandler(None)
    if code == _NOT_SAVED:
        raise SinkError(f"{look.screenshot} could not be written. Check that its folder exists.")
    return code


def forget_foreign_plugins() -> None:
    """Drop the paths by which other builds of OpenCV point Qt at their own plugins."""
    for name in _FOREIGN:
        if "cv2" in Path(os.environ.get(name, "")).parts:
            del os.environ[name]


class _QtLog:
    """Passes Qt's messages on to the log. A fatal one, which would dump core, ends in words."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
        words = (message or "").strip().partition("\n")[0]
        if kind is QtMsgType.QtFatalMsg:
            sys.stderr.write(
                f"agescope: no window can be opened: {self._last or words} "
                "'doctor' tells what is missing; 'analyze' needs no screen.\n"
            )
            sys.stderr.flush()
            os._exit(_MISSING_DISPLAY)
        self._last = words
        _log.log(_LEVELS[kind], "Qt: %s", words)


def _photograph(window: MainWindow, file: Path) -> None:
    """Save what the window shows, and close it."""
    partial_file = file.with_name(file.name + ".partial")
    saved = window.grab().save(str(partial_file), "PNG")
    if saved:
        partial_file.replace(file)
    window.close()
    if not saved:
        QApplication.exit(_NOT_SAVED)


@contextmanager
def closed_by_interrupt(window: MainWindow) -> Iterator[None]:
    """Let Ctrl-C in the terminal close the window; its timer gives Python the chance to notice."""
    before = signal.signal(signal.SIGINT, lambda *_: window.close())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
