"""The commands. Everything heavy is imported by the command that needs it, never by --help."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from engine.errors import AgescopeError

if TYPE_CHECKING:
    from engine.settings import Settings

USAGE, FAILED, INTERRUPTED = 2, 1, 130

app = typer.Typer(
    name="agescope",
    help="See the ages of people in live and recorded video, as honest distributions.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Detector = Annotated[
    str, typer.Option(help="yunet (near and far faces) or mediapipe (near faces, extra install)")
]
SmallestFace = Annotated[
    int, typer.Option(help="Smallest face to find, in px of the full picture; larger is faster")
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file with any of the engine's settings")
]


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
def analyze(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, globs, folders of pictures, camera numbers, rtsp:// or http:// streams, "
            "screen:, synthetic:?people=5&seconds=20",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results")] = Path("results"),
    annotate: Annotated[bool, typer.Option(help="Write a video with overlays")] = False,
    tables: Annotated[
        str, typer.Option(help="Comma-separated: csv, jsonl, parquet, sqlite")
    ] = "csv",
    distribution: Annotated[
        bool, typer.Option(help="Put the whole age distribution into the tables")
    ] = False,
    blur: Annotated[bool, typer.Option(help="Blur faces in the annotated video")] = False,
    max_fps: Annotated[
        float, typer.Option(min=0, help="Look at no more frames a second of video; 0 for all")
    ] = 0.0,
    quiet: Annotated[bool, typer.Option(help="Print errors only")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON")] = False,
    detector: Detector = "yunet",
    smallest_face: SmallestFace = 20,
    settings_file: SettingsFile = None,
) -> None:
    """Analyse recorded video or pictures into tables, and videos with overlays.

    Exit code 0: all sources done; 1: some failed (named), the others are done; 2: wrong usage;
    130: interrupted, results are whole up to that frame.
    """
    from app.analyze import Wish, analyze_all

    try:
        settings = _settings(settings_file, detector, smallest_face)
        wish = Wish(
            out=out,
            tables=tuple(name.strip() for name in tables.split(",") if name.strip()),
            distribution=distribution,
            annotate=annotate,
            blur=blur,
            max_fps=max_fps,
            quiet=quiet,
            json=json,
        )
        code = analyze_all(sources, wish, settings)
    except AgescopeError as error:
        _fail(error, USAGE)
    raise typer.Exit(code)


@app.command()
def watch(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources to show; none for the start page")
    ] = None,
    screenshot: Annotated[
        Path | None, typer.Option(help="Save what the window shows to this PNG file and close")
    ] = None,
    after: Annotated[float, typer.Option(min=0, help="Seconds before the screenshot")] = 5.0,
    size: Annotated[str, typer.Option(help="Size of the window, such as 1280x720")] = "1280x720",
    theme: Annotated[str, typer.Option(help="system, light or dark")] = "system",
    detector: Detector = "yunet",
    smallest_face: SmallestFace = 20,
    settings_file: SettingsFile = None,
) -> None:
    """Open the window on live or recorded sources."""
    try:
        from app.start_window import Look, open_window

        settings = _settings(settings_file, detector, smallest_face)
        look = Look.parse(size=size, theme=theme, screenshot=screenshot, after_s=after)
        code = open_window(sources or [], settings, look)
    except AgescopeError as error:
        _fail(error, USAGE)
    raise typer.Exit(code)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for clip and results")] = Path("demo"),
    window: Annotated[bool, typer.Option(help="Show the window when there is a display")] = True,
) -> None:
    """Compose a clip from public-domain portraits, analyse it and show it. Needs no camera."""
    from app.demo import run_demo

    try:
        code = run_demo(out, window=window)
    except AgescopeError as error:
        _fail(error, FAILED)
    raise typer.Exit(code)


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Check versions, runtimes, models, cameras and display, and say what to do."""
    from app.doctor import examine
    from app.doctor_report import print_report

    report = examine()
    print_report(report, as_json=json)
    raise typer.Exit(FAILED if report.failed else 0)


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(min=1, help="Length of the clip")] = 12.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """Measure frames a second of decoding alone, with detection, and of everything."""
    from app.bench import run_bench

    try:
        run_bench(seconds, as_json=json)
    except AgescopeError as error:
        _fail(error, FAILED)


def main() -> None:
    """Run the command line."""
    app()


def _settings(path: Path | None, detector: str, smallest_face: int) -> "Settings":
    from app.preferences import read_settings

    return read_settings(path, detector=detector, smallest_face_px=smallest_face)


def _fail(error: AgescopeError, code: int) -> NoReturn:
    typer.echo(f"agescope: {error}", err=True)
    sys.exit(code)
