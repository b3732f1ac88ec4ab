"""`analyze`: its options. What it does is in `app.analyze`, which is imported when it is called."""

from typing import Annotated

import typer

from app.exit_codes import USAGE, exit_codes
from app.options import Detector, Effort, RequireGpu, Runtime, SettingsFile, SmallestFace


def analyze(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, globs, folders of pictures, camera numbers, rtsp:// or http:// streams, "
            "screen:, synthetic:?people=5&seconds=20",
            show_default=False,
        ),
    ],
    out: Annotated[
        str, typer.Option(help="Folder for the results, here or in storage (s3://bucket/folder)")
    ] = "results",
    annotate: Annotated[bool, typer.Option(help="Write a video with overlays")] = False,
    tables: Annotated[
        str, typer.Option(help="Comma-separated: csv, jsonl, parquet, sqlite, mot, coco")
    ] = "csv",
    distribution: Annotated[
        bool, typer.Option(help="Put the whole age distribution into the tables")
    ] = False,
    blur: Annotated[bool, typer.Option(help="Blur faces wherever they are shown")] = False,
    subtitles: Annotated[
        bool, typer.Option(help="Write ages as subtitles, ASS and WebVTT")
    ] = False,
    contact_sheet: Annotated[
        bool, typer.Option(help="Write pages with the best look at everybody")
    ] = False,
    thumbnails: Annotated[bool, typer.Option(help="Show faces in the report")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html about everything")] = True,
    max_fps: Annotated[
        float,
        typer.Option(
            min=0, help="Look at no more frames a second of video than this, 1 at least; 0 for all"
        ),
    ] = 0.0,
    recursive: Annotated[
        bool,
        typer.Option(
            "--recursive",
            help="Take every video in the folders, and every folder of pictures, at any depth",
        ),
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Sources at once, each in a process of its own")
    ] = 1,
    timeout: Annotated[
        float, typer.Option(min=0, help="Most seconds for one source; 0 for any time")
    ] = 0.0,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Leave out what manifest.json says is done, unless file, settings, models "
            "or outputs have changed",
        ),
    ] = False,
    cluster: Annotated[
        str,
        typer.Option(help="Analyse on a Ray cluster (extra install): HOST:PORT, or local for here"),
    ] = "",
    quiet: Annotated[bool, typer.Option(help="Print errors only")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON")] = False,
    detector: Detector = None,
    smallest_face: SmallestFace = None,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
    effort: Effort = None,
    settings_file: SettingsFile = None,
) -> None:
    """Analyse recorded video or pictures into tables, and videos with overlays.

    Exit code 0: all sources done; 1: some failed (named), the others are done; 2: wrong usage;
    130: interrupted, results are whole up to that frame.
    """
    from app.analyze import Wish, analyze_all
    from app.preferences import read_settings
    from app.secrets_out_of_sight import with_secrets

    with exit_codes(otherwise=USAGE):
        settings = read_settings(
            settings_file,
            detector=detector,
            smallest_face_px=smallest_face,
            runtime=runtime,
            require_gpu=require_gpu,
            effort=effort,
        )
        wish = Wish(
            out=out,
            tables=tuple(name.strip() for name in tables.split(",") if name.strip()),
            distribution=distribution,
            annotate=annotate,
            blur=blur,
            subtitles=subtitles,
            contact_sheet=contact_sheet,
            thumbnails=thumbnails,
            report=report,
            max_fps=max_fps,
            recursive=recursive,
            jobs=jobs,
            timeout_s=timeout,
            resume=resume,
            cluster=cluster,
            quiet=quiet,
            json=json,
        )
        code = analyze_all(with_secrets(sources), wish, settings)
    raise typer.Exit(code)
