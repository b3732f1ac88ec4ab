"""The door to the window: checks that it can open before anything of Qt is imported."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.errors import AgescopeError, SettingsError, installing
from engine.settings import Settings

THEMES = ("system", "light", "dark")
_LEAST_WH, _MOST_PX = (320, 160), 8192
PAGES = ("start", "live", "audience", "zones", "settings")


class DisplayError(AgescopeError):
    """There is no screen to open a window on, or no Qt to open it with."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the window starts.

    Attributes:
        size_wh: Width and height of the window in px; None for that of last time.
        theme: "system", "light" or "dark".
        page: One of `PAGES`; "" for the one that fits the sources.
        screenshot: PNG file to save what the window shows to, and close; None to stay open.
        after_s: Seconds before the screenshot.
    """

    size_wh: tuple[int, int] | None = None
    theme: str = "system"
    page: str = ""
    screenshot: Path | None = None
    after_s: float = 5.0

    @classmethod
    def parse(
        cls, *, size: str, theme: str, page: str, screenshot: Path | None, after_s: float
    ) -> "Look":
        """Read the command line's words.

        Raises:
            SettingsError: A word is not understood.
        """
        if theme not in THEMES:
            raise SettingsError(f"theme '{theme}' is unknown; choose {', '.join(THEMES)}")
        if page and page not in PAGES:
            raise SettingsError(f"page '{page}' is unknown; choose {', '.join(PAGES)}")
        if screenshot is not None:
            _check_png(screenshot)
        return cls(_size_wh(size) if size else None, theme, page, screenshot, after_s)


@dataclass(frozen=True, slots=True)
class Request:
    """What the window is to show.

    Attributes:
        sources: Addresses; patterns are expanded.
        config: A cameras file, whose enabled cameras come first; None for none.
        settings_file: Where changed settings of the engine are written; None for the user's own.
        blur: No face is shown, recorded or remembered, and nothing in the window changes that.
    """

    sources: tuple[str, ...] = ()
    config: Path | None = None
    settings_file: Path | None = None
    blur: bool = False


def _check_png(file: Path) -> None:
    """Refuse now what could not be written in the end."""
    if file.suffix.lower() != ".png":
        raise SettingsError(f"screenshot '{file}': pictures are written as PNG; end it in .png")
    if file.is_dir():
        raise SettingsError(f"screenshot '{file}' is a folder; give a file in it")
    if not (file.parent.is_dir() and os.access(file.parent, os.W_OK)):
        raise SettingsError(
            f"screenshot '{file}' could not be written. Check that its folder exists and is yours."
        )


def _size_wh(size: str) -> tuple[int, int]:
    width, _, height = size.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise SettingsError(f"size '{size}' is not understood; give one like 1280x720")
    if not (_LEAST_WH[0] <= int(width) <= _MOST_PX and _LEAST_WH[1] <= int(height) <= _MOST_PX):
        least = "x".join(map(str, _LEAST_WH))
        raise SettingsError(f"size '{size}' is none of {least} to {_MOST_PX}x{_MOST_PX}")
    return int(width), int(height)


def has_display() -> bool:
    """Whether a window could open: a screen is there, or Qt is told to do without."""
    variables = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in variables)


def has_qt() -> bool:
    """Whether PyQt6 is installed."""
    return importlib.util.find_spec("PyQt6") is not None


def open_window(request: Request, settings: Settings, look: Look) -> int:
    """Open the window and stay until it closes.

    Raises:
        DisplayError: There is no screen or no PyQt6.
    """
    if not has_qt():
        raise DisplayError(f"the window needs PyQt6. Install it with: {installing('gui')}")
    if not has_display():
        raise DisplayError(
            "there is no display to open a window on. Use 'analyze' for recorded video, "
            "or set QT_QPA_PLATFORM=offscreen to run without a screen."
        )
    from app.window.program import run_window

    return run_window(request, settings, look)
