"""From the command line to the kiosk and back."""

import sys

from PyQt6.QtCore import Qt

from app.start_kiosk import KioskWish
from app.start_window import Look
from app.window.kiosk.window import KioskWindow
from app.window.program import run
from app.window.sessions import Sessions
from app.window_settings import LookSettings, WindowSettings
from engine.settings import Settings
from engine.sources.address import check_address


def run_kiosk(wish: KioskWish, settings: Settings, look: Look) -> int:
    """Show the kiosk and stay until somebody leaves it.

    Returns:
        The exit code: 1 where the source could not be kept running.

    Raises:
        SourceError: The source is a file that is not there, or an address that means nothing.
        SinkError: The screenshot cannot be written.
    """
    _leave_no_core()
    check_address(wish.source)

    def build(sessions: Sessions) -> KioskWindow:
        window = KioskWindow(sessions, wish, settings)
        if look.size_wh is None:
            screen = window.screen()
            if screen is not None:  # without a window manager the state alone does nothing
                window.setGeometry(screen.geometry())
            window.setWindowState(Qt.WindowState.WindowFullScreen)
            window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        return window

    chosen = WindowSettings(look=LookSettings(high_contrast=wish.contrast))
    return run(build, settings, look, charts=False, chosen=chosen)


def _leave_no_core() -> None:
    """A crash must not write the memory, with the last picture in it, to a disk."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
