"""`cameras`: checks a cameras file, and shows how one is written."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.cameras_file import cameras_schema, load_cameras
from engine.cameras_file_outlets import Mqtt, Webhook
from engine.errors import AgescopeError
from engine.sources.address import check_address
from engine.sources.inserted_secrets import INSERTED

EXAMPLE = Path(__file__).resolve().parents[1] / "assets" / "cameras.example.toml"


def show_cameras(path: Path) -> None:
    """Check a file; print its cameras, passwords masked, where events go and what is missing.

    Raises:
        SettingsError: There is something wrong in it.
    """
    table = Table("name", "source", "enabled", "transport", "fps cap", "effort", "zones")
    file = load_cameras(path)
    for camera in file.cameras:
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
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    outlets: list[Mqtt | Webhook] = [*([file.mqtt] if file.mqtt else []), *file.webhooks]
    for outlet in outlets:
        console.print(Text(f"{outlet.shown} gets: {', '.join(outlet.events)}"))
    # Not wrong in the file, and another machine may have it: a missing recording or secret.
    for camera in (camera for camera in file.cameras if camera.enabled):
        try:
            check_address(camera.address())
        except AgescopeError as error:
            console.print(Text(INSERTED.hidden(f"Here {camera.name} cannot start: {error}")))


def show_schema() -> None:
    """Print the JSON schema of the file."""
    sys.stdout.write(json.dumps(cameras_schema(), indent=2) + "\n")


def show_example() -> None:
    """Print the annotated example."""
    sys.stdout.write(EXAMPLE.read_text(encoding="utf-8"))
