"""`kiosk`: a full screen that greets visitors or checks an age, and keeps nothing."""

import sys
from typing import Annotated

import typer

from app.exit_codes import USAGE, exit_codes
from app.options import (
    After,
    Detector,
    Hwaccel,
    RequireGpu,
    Runtime,
    Screenshot,
    SettingsFile,
    Theme,
)


def kiosk(
    source: Annotated[str, typer.Argument(help="Camera number, stream, file, synthetic:…")] = "0",
    gate: Annotated[
        int, typer.Option(min=0, max=100, help="Check whether visitors are this old; 0 to greet")
    ] = 0,
    challenge: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=100,
            show_default="0",
            help="With --gate: ask everybody who is over, but looks younger than this",
        ),
    ] = None,
    pin: Annotated[
        str, typer.Option(envvar="AGESCOPE_KIOSK_PIN", help="Digits without which nobody leaves")
    ] = "",
    blur_bystanders: Annotated[
        bool, typer.Option("--blur-bystanders", help="Hide faces of people who are not near")
    ] = False,
    supervise: Annotated[
        bool, typer.Option("--supervise", help="Start it again whenever it crashes or hangs")
    ] = False,
    reduced_motion: Annotated[
        bool, typer.Option("--reduced-motion", help="Nothing moves of itself")
    ] = False,
    high_contrast: Annotated[
        bool, typer.Option("--high-contrast", help="Black and white, with strong borders")
    ] = False,
    screenshot: Screenshot = None,
    after: After = 5.0,
    size: Annotated[
        str, typer.Option(help="Size of a window, such as 1280x720; else the full screen")
    ] = "",
    theme: Theme = "system",
    detector: Detector = None,
    runtime: Runtime = None,
    require_gpu: RequireGpu = None,
    hwaccel: Hwaccel = None,
    settings_file: SettingsFile = None,
    pulse: Annotated[bool, typer.Option("--pulse", hidden=True)] = False,
) -> None:
    """Greet visitors on a full screen, or check their age. Stores nothing.

    Leave with Ctrl+Alt+Shift+Q; with --pin the digits are asked for then, or when the upper left
    corner is touched for three seconds. Ctrl+Alt+Shift+C shows how often a gate decided what.

    Exit code 0: left by somebody; 1: its source cannot be kept up; 2: wrong usage, or no start.
    """
    from app.preferences import read_settings
    from app.secrets_out_of_sight import with_secrets
    from app.start_kiosk import KioskWish, open_kiosk, with_gate
    from app.start_window import Look
    from app.supervise import supervise as run_again

    with exit_codes(otherwise=USAGE):
        settings = with_gate(
            read_settings(
                settings_file,
                detector=detector,
                runtime=runtime,
                require_gpu=require_gpu,
                hwaccel=hwaccel,
            ),
            gate,
            challenge,
        )
        look = Look.parse(size=size, theme=theme, page="", screenshot=screenshot, after_s=after)
        (address,) = with_secrets([source])
        wish = KioskWish(
            source=address,
            gate=gate > 0,
            pin=pin,
            blur_others=blur_bystanders,
            still=reduced_motion,
            contrast=high_contrast,
            pulse=pulse,
        )
        if supervise:
            again = [word for word in sys.argv if word != "--supervise"]
            code = run_again([sys.executable, *again, "--pulse"])
        else:
            code = open_kiosk(wish, settings, look)
    raise typer.Exit(code)
