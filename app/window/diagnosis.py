"""What to send along with a question about the program: no address, no path, no name of anybody."""

import platform
from collections.abc import Sequence

from pydantic import BaseModel
from PyQt6.QtCore import PYQT_VERSION_STR, qVersion
from PyQt6.QtGui import QGuiApplication

from app.versions import part_versions, program_version
from app.window.settings.setting import settings_of, value_of
from app.window.tile import Tile

_PRIVATE = ("folder", "engine_folder")
_KINDS = ("rtsp://", "rtsps://", "http://", "https://", "screen:", "synthetic:")


def diagnosis(tiles: Sequence[Tile], runtime: str, models: Sequence[BaseModel]) -> str:
    """Versions, screen, sources by kind, and the settings that are changed, as lines of text."""
    screen = QGuiApplication.primaryScreen()
    lines = [
        f"agescope {program_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"Python {platform.python_version()}, PyQt {PYQT_VERSION_STR}, Qt {qVersion()}",
        ", ".join(f"{name} {version}" for name, version in part_versions().items()),
        f"platform {QGuiApplication.platformName()}",
        f"models run on {runtime or 'nothing yet'}",
    ]
    if screen is not None:
        size, ratio = screen.size(), screen.devicePixelRatio()
        lines.append(f"screen {size.width()}x{size.height()}, scale {ratio:g}")
    lines += [f"source {place}: {_said(tile)}" for place, tile in enumerate(tiles, 1)]
    lines += [line for model in models for line in _changed(model)]
    return "\n".join(lines)


def _said(tile: Tile) -> str:
    """Kind, state and pace; messages name addresses and are left out."""
    status = tile.status
    address = tile.wanted.address.lower()  # a path may have a colon in it, too
    kind = next((k.partition(":")[0] for k in _KINDS if address.startswith(k)), "local")
    info = status.info
    size = f", {info.width}x{info.height} at {info.rate:.1f}/s" if info else ""
    counts = f"{status.frames} frames, {status.dropped} dropped, {status.stalls} stalls, "
    more = f"{status.reconnects} reconnects, {status.frames_per_s:.1f}/s, {status.lag_ms:.0f} ms"
    return f"{kind}{size}, {status.state.value}, {counts}{more}"


def _changed(model: BaseModel) -> list[str]:
    lines = []
    for setting in settings_of(type(model)):
        value = value_of(model, setting)
        if value != setting.default:
            shown = "(set)" if setting.name in _PRIVATE else value
            lines.append(f"{setting.section}.{setting.name} = {shown}")
    return lines
