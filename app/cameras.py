"""`cameras`: checks a cameras file, and shows how one is written."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cameras_file import cameras_schema, load_cameras

EXAMPLE = Path(__file__).resolve().parents[1] / "assets" / "cameras.example.toml"


def show_cameras(path: Path) -> None:
    """Check a file and print its cameras, passwords masked.

    Raises:
        SettingsError: There is something wrong in it.
    """
    table = Table("name", "source", "enabled", "transport", "fps cap", "effort", "zones")
    for camera in load_cameras(path).cameras:
        zones = ", ".join(f"{zone.name} ({zone.kind})" for zone in camera.zones)
        cells = (
            camera.name,
            camera.shown,
            "yes" if camera.enabled else "no",
            camera.transport,
            f"{camera.fps_cap:g}" if camera.fps_cap else "none",
            camera.effort,
            zones,
        )
        table.add_row(*(Text(cell) for cell in cells))  # as text, lest names are taken for markup
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def show_schema() -> None:
    """Print the JSON schema of the file."""
    sys.stdout.write(json.dumps(cameras_schema(), indent=2) + "\n")


def show_example() -> None:
    """Print the annotated example."""
    sys.stdout.write(EXAMPLE.read_text(encoding="utf-8"))
