"""The commands. Everything heavy is imported by the command that needs it, never by --help."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import analyze_command, engine_command, kiosk_command
from app.exit_codes import FAILED, USAGE, exit_codes
from app.options import (
    After,
    Detector,
    Effort,
    Hwaccel,
    RequireGpu,
    Runtime,
    Screenshot,
    SettingsFile,
    Size,
    SmallestFace,
    Theme,
)
from engine.errors import SettingsError

if TYPE_CHECKING:
    from engine.settings import Settings

app = typer.Typer(
    name="agescope",
    help="See the ages of people in live and recorded video, as honest distributions.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(analyze_command.analyze)
app.add_typer(engine_command.app, name="engine")
app.command()(kiosk_command.kiosk)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit")] = False,
) -> None:
    """Open the window when no command is given."""
    if version:
        from app.versions import program_version

        typer.echo(f"agescope {program_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        watch(sources=None)


@app.command()
def watch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Sources to show, the first 16 of all; none for the start page"),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file of cameras and zones; shows the enabled ones before SOURCES"),
    ] = None,
    screenshot: Screenshot = None,
    after: After = 5.0,
    size: Size = "",
    theme: Theme = "system",
    page: Annotated[
        str, typer.Option(help="Page to open: start, live, audience, zones or settings")
    ] = "",
    blur: Annotated[
        bool, typer.Option("--blur", help="Blur every face before the window gets the picture")
    ] = False,
    detector: Detector = None,
    smallest_face: SmallestFace = None,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
    hwaccel: Hwaccel = None,
    effort: Effort = None,
    settings_file: SettingsFile = None,
) -> None:
    """Open the window on live or recorded sources.

    Exit code 0: closed, and the screenshot saved; 2: wrong usage, or it could not open or save.
    """
    with exit_codes(otherwise=USAGE):
        from app.secrets_out_of_sight import with_secrets
        from app.start_window import Look, Request, open_window

        read = settings_file or (_own_file() if screenshot is None else None)
        settings = _settings(read, detector, smallest_face, runtime, require_gpu, hwaccel, effort)
        look = Look.parse(size=size, theme=theme, page=page, screenshot=screenshot, after_s=after)
        addresses = tuple(with_secrets(sources or []))
        request = Request(addresses, config, settings_file, blur=blur)
        code = open_window(request, settings, look)
    raise typer.Exit(code)


@app.command()
def monitor(
    config: Annotated[Path, typer.Option(help="Cameras file (TOML); `cameras` shows how")],
    store: Annotated[
        Path | None, typer.Option(help="SQLite file to keep visits and zone events in")
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="HOST:PORT for /metrics and /healthz; none unless given")
    ] = "",
    for_s: Annotated[
        float, typer.Option("--for", min=0, help="Seconds to watch; 0 until stopped")
    ] = 0.0,
    log_format: Annotated[str, typer.Option(help="text or json")] = "text",
    log_file: Annotated[
        Path | None, typer.Option(help="File that rotates, instead of the error output")
    ] = None,
    detector: Detector = None,
    smallest_face: SmallestFace = None,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
    hwaccel: Hwaccel = None,
    settings_file: SettingsFile = None,
) -> None:
    """Run the cameras of a file without a window, until SIGTERM, Ctrl-C or SIGHUP.

    Exit code 0: stopped as asked; 1: the engine stood still; 2: it could not start.
    """
    from app.logs import logging_to
    from app.monitor import Wish
    from app.monitor import monitor as run

    with exit_codes(otherwise=USAGE):
        settings = _settings(settings_file, detector, smallest_face, runtime, require_gpu, hwaccel)
        with logging_to(log_format, log_file):
            code = run(Wish(config, store, metrics, for_s), settings)
    raise typer.Exit(code)


@app.command()
def cameras(
    config: Annotated[
        Path | None, typer.Argument(help="Cameras file to check", show_default=False)
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print an annotated example")] = False,
) -> None:
    """Check a cameras file and list what is in it; without a file print an annotated example.

    Exit code 0: nothing is wrong in it; 2: something is, or it cannot be read.
    """
    from app.cameras import show_cameras, show_example, show_schema

    with exit_codes():
        if schema:
            show_schema()
        elif example or config is None:
            show_example()
        else:
            show_cameras(config)


@app.command("settings")
def show_settings() -> None:
    """Print all settings with their defaults, units and ranges, as a file for --settings.

    Exit code 0: printed; 2: wrong usage.
    """
    from app.settings_example import example

    typer.echo(example(), nl=False)


@app.command()
def export(
    store: Annotated[Path, typer.Option(help="Store that `monitor` wrote")],
    since: Annotated[
        str, typer.Option(help="30s, 15m, 24h, 7d or 2w (ago), 2026-05-01, 2026-05-01T08:00")
    ] = "24h",
    until: Annotated[str, typer.Option(help="As --since; not included")] = "now",
    table: Annotated[str, typer.Option(help="visits, events or minutes")] = "visits",
    style: Annotated[str, typer.Option("--format", help="csv, jsonl or parquet")] = "csv",
    out: Annotated[
        Path | None,
        typer.Option(help="File, pipe or /dev/stdout; TABLE.FORMAT in this folder unless given"),
    ] = None,
    distribution: Annotated[
        bool, typer.Option(help="Put whole age distributions into visits")
    ] = False,
) -> None:
    """Write what the store holds of some time as a file.

    Moments are Unix seconds, and zone '' is the whole picture; README.md tells all columns.

    Exit code 0: written; 1: the store could not be read or the file not written; 2: wrong usage.
    """
    from app.export import Wish, parse_moment
    from app.export import export as run

    with exit_codes():
        span = parse_moment(since), parse_moment(until)
        run(Wish(store, table, *span, style=style, out=out, distribution=distribution))


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for clip and results")] = Path("demo"),
    window: Annotated[bool, typer.Option(help="Show the window when there is a display")] = True,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
) -> None:
    """Compose a clip from public-domain portraits, analyse it and show it. Needs no camera.

    Exit code 0: done; 1: something could not be read, written or run; 2: wrong usage.
    """
    from app.demo import run_demo

    with exit_codes():
        settings = _settings(runtime=runtime, require_gpu=require_gpu)
        own = _settings(_own_file(), runtime=runtime, require_gpu=require_gpu) if window else None
        code = run_demo(out, settings, window=own)
    raise typer.Exit(code)


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Check versions, runtimes, models, cameras and display, and say what to do.

    Exit code 0: nothing failed; 1: something did; 2: wrong usage.
    """
    from app.doctor import Machine, examine
    from app.doctor_report import print_report
    from engine.models.fastest import memory_file

    report = examine(Machine(memory=memory_file()))
    print_report(report, as_json=json)
    raise typer.Exit(FAILED if report.failed else 0)


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(min=1, help="Length of the clip")] = 20.0,
    people: Annotated[
        int | None,
        typer.Option(min=1, max=100, help="Faces in the clip (5), or in each scene (20)"),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(show_default="1920x1080", help="Size of the clip, such as 1280x720"),
    ] = None,
    crf: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=51,
            show_default="20",
            help="Quality of the clip; less is heavier to decode",
        ),
    ] = None,
    scaling: Annotated[
        bool, typer.Option(help="Also measure 1 to 100 faces, other sizes and lengths")
    ] = False,
    truth: Annotated[
        bool, typer.Option("--truth", help="Measure how right it is, on scenes of known people")
    ] = False,
    faces: Annotated[
        Path | None,
        typer.Option(help="With --truth: photographs named as in UTKFace, FG-NET or AAF"),
    ] = None,
    scenes: Annotated[
        int | None,
        typer.Option(min=1, max=1000, show_default="10", help="With --truth: how many"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
) -> None:
    """Measure speed against decoding alone, or with --truth how right ages and tracks are.

    Exit code 0: measured; 1: something could not be read or run; 2: wrong usage.
    """
    with exit_codes():
        settings = _settings(runtime=runtime, require_gpu=require_gpu)
        if truth and (scaling or size or crf is not None):
            raise SettingsError("--size, --crf and --scaling are of speed; leave --truth away.")
        if truth:
            from app.bench_truth import Trial, run_truth

            run_truth(Trial(scenes or 10, people or 20, faces, seconds), settings, as_json=json)
        elif faces or scenes:
            raise SettingsError("--faces and --scenes need --truth; without it speed is measured.")
        else:
            from app.bench import Clip, run_bench

            clip = Clip.parse(people or 5, seconds, size or "1920x1080", 20 if crf is None else crf)
            run_bench(clip, settings, scaling=scaling, as_json=json)


def main() -> None:
    """Run the command line."""
    from app.secrets_out_of_sight import hide_secrets
    from engine.memory import share_arenas

    share_arenas()
    hide_secrets()
    typer.main.get_command(app)()  # calling `app` would put Typer's own excepthook in place


def _own_file() -> Path | None:
    """The settings file that the window reads and writes unless another is named; None without."""
    from app.preferences import user_settings_file

    own = user_settings_file()
    return own if own.exists() else None


def _settings(
    path: Path | None = None,
    detector: str | None = None,
    smallest_face: int | None = None,
    runtime: str | None = None,
    require_gpu: bool | None = None,
    hwaccel: str | None = None,
    effort: str | None = None,
) -> "Settings":
    from app.preferences import read_settings

    return read_settings(
        path,
        detector=detector,
        smallest_face_px=smallest_face,
        runtime=runtime,
        require_gpu=require_gpu,
        hwaccel=hwaccel,
        effort=effort,
    )
