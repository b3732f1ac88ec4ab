"""From the command line to a window and back."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

from PyQt6 import sip
from PyQt6.QtCore import (
    QMessageLogContext,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PyQt6.QtWidgets import QApplication, QWidget

from app.cameras_document import CamerasDocument
from app.preferences import config_folder, user_settings_file
from app.settings_file import read_model
from app.signals import ending_signals
from app.start_window import Look, Request
from app.window.main_window import MainWindow
from app.window.memory import Memory
from app.window.preferences import Preferences
from app.window.sessions import Sessions
from app.window.theme import follow_theme
from app.window.translation import speak
from app.window.wall import left_out
from app.window.wanted import Wanted, sources_at
from app.window_settings import WindowSettings
from engine.archive.find import matched
from engine.cameras_file import load_cameras
from engine.errors import SinkError
from engine.memory import GivingBack
from engine.settings import Settings
from engine.sources.address import check_address

_log = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.INFO,
    QtMsgType.QtCriticalMsg: logging.WARNING,
}
_USUAL_WH = (1280, 720)
_MISSING_DISPLAY, _NOT_SAVED = 2, 3
_FOREIGN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def run_window(request: Request, settings: Settings, look: Look) -> int:
    """Open the main window and stay until it closes.

    Returns:
        The exit code.

    Raises:
        SourceError: A pattern matches nothing or results only, a file is not there, or an address
            means nothing.
        SettingsError: The cameras file is not valid.
        SinkError: The screenshot cannot be written.
    """
    sources = wanted_of(request)
    # A screenshot shows the same at every time and leaves no trace.
    lasting = look.screenshot is None
    window_file = config_folder() / "window.toml" if lasting else None
    chosen = read_model(window_file, WindowSettings) if window_file else WindowSettings()
    engine_file = request.settings_file or (user_settings_file() if lasting else None)

    def build(sessions: Sessions) -> MainWindow:
        preferences = Preferences(
            settings,
            chosen,
            engine_file=engine_file,
            window_file=window_file,
            always_blurs=request.blur,
        )
        preferences.cameras_file = request.config or config_folder() / "cameras.toml"
        preferences.engine_changed.connect(lambda: sessions.use(preferences.engine))
        preferences.window_changed.connect(lambda: _wear(preferences.window, look))
        window = MainWindow(sessions, Memory.of_user() if lasting else Memory(None), preferences)
        if sources:
            window.show_sources(sources)
        if not_shown := left_out(sources):
            _log.warning(not_shown)
        if request.config and CamerasDocument(request.config).receivers:
            from app.window.settings.cameras_tab import silence

            _log.warning(silence())
            window.status_line.tell(silence())
        if look.page:
            window.show_page(look.page)
        return window

    return run(build, settings, look, chosen=chosen)


def wanted_of(request: Request) -> list[Wanted]:
    """The sources that are asked for: cameras of the file first, then addresses.

    Raises:
        SourceError: A pattern matches nothing or results only, a file is not there, or an address
            means nothing.
        SettingsError: The cameras file is not valid.
    """
    cameras = load_cameras(request.config).enabled if request.config else ()
    addresses = [address for spec in request.sources for address in matched(spec).sources]
    for address in addresses:
        check_address(address)
    return [Wanted.of_camera(camera, request.config) for camera in cameras] + [
        wanted for address in addresses for wanted in sources_at(address)
    ]


def _wear(chosen: WindowSettings, look: Look) -> None:
    """Put on the theme of the command line, else that of the settings."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        theme = chosen.look.theme if look.theme == "system" else look.theme
        follow_theme(application, theme, high_contrast=chosen.look.high_contrast)


def run(
    build: Callable[[Sessions], QWidget],
    settings: Settings,
    look: Look,
    *,
    charts: bool = True,
    chosen: WindowSettings = WindowSettings(),  # noqa: B008  frozen
) -> int:
    """Show a window and stay until it closes; saves a screenshot where that is asked for.

    Args:
        build: Makes the window; closing it ends its sessions.
        settings: All settings of the engine.
        look: How it starts.
        charts: It shows charts, whose parts are then loaded ahead.
        chosen: Settings of the window.

    Returns:
        The exit code.

    Raises:
        SinkError: The screenshot cannot be written.
    """
    forget_foreign_plugins()
    # Qt's own dialogs would write down which folders were visited.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, os.devnull)
    qInstallMessageHandler(_QtLog())
    application = QApplication(["agescope"])
    application.setApplicationDisplayName("agescope")
    _wear(chosen, look)
    speak(application, chosen.look.language)
    sessions = Sessions(settings)
    loader = Thread(target=_settle, args=(charts,), name="settle")
    window = build(sessions)
    if look.size_wh or not window.testAttribute(Qt.WidgetAttribute.WA_Resized):
        window.resize(*(look.size_wh or _USUAL_WH))
    window.show()
    loader.start()
    if look.screenshot:
        QTimer.singleShot(round(look.after_s * 1000), partial(_photograph, window, look.screenshot))
    with closed_by_interrupt(window), GivingBack():
        code = application.exec()
    sessions.close()
    loader.join()
    # At exit PyQt goes through its table of objects and deletes them; a window that is deleted then
    # changes the table under it, which was a crash in one run of twelve.
    sip.delete(window)
    gc.unfreeze()
    gc.collect()
    qInstallMessageHandler(None)
    if code == _NOT_SAVED:
        raise SinkError(f"{look.screenshot} could not be written. Check that its folder exists.")
    return code


def _settle(charts: bool) -> None:
    """Import what charts need before they are asked for, which takes most of a second.

    Then let no search for garbage go through what stays anyway: 130,000 objects, for which every
    thread stood still for 65 ms.
    """
    if charts:
        import app.window.panels.system  # noqa: F401  for what it imports
    gc.freeze()


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


def _photograph(window: QWidget, file: Path) -> None:
    """Save what the window shows, and close it."""
    partial_file = file.with_name(file.name + ".partial")
    saved = window.grab().save(str(partial_file), "PNG")
    try:
        if saved:
            partial_file.replace(file)
    except OSError:  # somebody has made a folder of that name meanwhile
        saved = False
    window.close()
    if not saved:
        QApplication.exit(_NOT_SAVED)


@contextmanager
def closed_by_interrupt(window: QWidget) -> Iterator[None]:
    """Let signals close the window; its timer gives Python the chance to notice."""
    numbers = ending_signals()
    before = [signal.signal(number, lambda *_: window.close()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
