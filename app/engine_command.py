"""`engine`: build TensorRT engines ahead of time, list and delete them."""

import dataclasses
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.exit_codes import INTERRUPTED, exit_codes

if TYPE_CHECKING:
    from engine.models.tensorrt.progress import Progress
    from engine.models.tensorrt.storage import EngineStore, StoredEngine
    from engine.settings import RuntimeSettings

_MIB = 2**20
_SIDE_PX = 320

app = typer.Typer(
    help="Build TensorRT engines ahead of time, list and delete them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file with any of the engine's settings")
]


@app.command()
def build(
    models: Annotated[
        list[Path] | None,
        typer.Argument(help="ONNX files; the shipped ones unless given", show_default=False),
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Build also what is kept already")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """Build the engines of the models for this machine's GPU, and run each once.

    Exit code 0: all are there; 1: one failed; 2: wrong usage; 130: interrupted.
    """
    from engine.models.shipped import AGE_MODEL, DETECTOR

    with exit_codes():
        settings = _settings(settings_file)
        try:
            for model in models or (DETECTOR, AGE_MODEL):
                _build(model, settings, anew=anew)
        except KeyboardInterrupt:
            typer.echo("agescope: interrupted; nothing half-built is kept", err=True)
            raise typer.Exit(INTERRUPTED) from None


@app.command("list")
def list_engines(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """List the engines that are kept, and what each was built for.

    Exit code 0: listed; 1: they cannot be read; 2: wrong usage.
    """
    with exit_codes():
        store = _store(_settings(settings_file))
        if as_json:
            entries = [dataclasses.asdict(stored) for stored in store.entries()]
            sys.stdout.write(json.dumps(entries, indent=2, default=str) + "\n")
        else:
            _print_table(store)


@app.command()
def clear(settings_file: SettingsFile = None) -> None:
    """Delete all engines and kernel timings; they are built again when needed.

    Exit code 0: deleted; 1: they cannot be; 2: wrong usage.
    """
    with exit_codes():
        store = _store(_settings(settings_file))
        typer.echo(f"{store.clear()} engine(s) deleted from {store.folder}")


def _build(model: Path, settings: "RuntimeSettings", *, anew: bool) -> None:
    from engine.models.choose import keep_engine, load_model
    from engine.models.onnx import zeros_for

    before = _built(_store(settings))
    began = time.monotonic()
    with _bar(model.name) as progress:
        keep_engine(model, settings, progress, anew=anew)
        loaded = load_model(model, "tensorrt", settings, progress)
    try:
        ports = loaded.spec.inputs
        loaded({port.name: zeros_for(port, batch=1, side=_SIDE_PX) for port in ports})
        what = "built" if _built(_store(settings)) != before else "kept from before"
        took_s = time.monotonic() - began
        typer.echo(f"{model.name}: {what}, {took_s:.1f} s, runs on {loaded.running}")
    finally:
        loaded.close()


def _built(store: "EngineStore") -> list[tuple[Path, int]]:
    """What is kept, and when each was written: two builds may give the same bytes."""
    return [(stored.path, stored.path.stat().st_mtime_ns) for stored in store.entries()]


@contextmanager
def _bar(name: str) -> Iterator["Progress"]:
    """A bar on a terminal; elsewhere a line when the work changes."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    console = Console(file=sys.stderr)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Bar(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=1.0)
        said = ""

        def progress(text: str, share: float) -> None:
            nonlocal said
            bar.update(task, description=text, completed=share)
            if not console.is_terminal and text != said:
                console.print(text, markup=False, highlight=False, soft_wrap=True)
            said = text

        yield progress
        bar.update(task, completed=1.0)


def _print_table(store: "EngineStore") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Engines in {store.folder}")
    for column in ("engine", "GPU", "TensorRT", "driver", "built", "in s", "MiB"):
        table.add_column(column, overflow="fold")
    for stored in store.entries():
        table.add_row(*_row(stored))
    Console(file=sys.stdout).print(table)


def _row(stored: "StoredEngine") -> tuple[str, ...]:
    key = stored.key
    return (
        stored.path.name,
        f"{key.gpu} ({key.compute_capability})",
        key.library,
        f"{key.driver}, {key.system}",
        stored.built_at,
        f"{stored.build_s:.0f}",
        f"{stored.size / _MIB:.1f}",
    )


def _settings(path: Path | None) -> "RuntimeSettings":
    from app.preferences import read_settings

    return read_settings(path).runtime


def _store(settings: "RuntimeSettings") -> "EngineStore":
    from engine.models.tensorrt.storage import open_store

    return open_store(settings.engine_folder)
