"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

# None is an option that was not given: what the settings file says holds. The help says what
# counts without one.
Detector = Annotated[
    str | None,
    typer.Option(
        show_default="yunet",
        help="yunet (near and far faces) or mediapipe (near faces, extra install)",
    ),
]
SmallestFace = Annotated[
    int | None,
    typer.Option(
        show_default="20",
        help="Smallest face to find, in px of the full picture; larger is faster",
    ),
]
Runtime = Annotated[
    str | None,
    typer.Option(
        show_default="auto",
        help="What runs the models: onnxruntime, openvino or tensorrt (extra installs), or auto: "
        "the one that doctor measured fastest",
    ),
]
Hwaccel = Annotated[
    str | None,
    typer.Option(
        show_default="none", help="What decodes live video: none (the CPU), auto, cuda or vaapi"
    ),
]
RequireGpu = Annotated[
    bool | None,
    typer.Option(
        "--require-gpu/--no-require-gpu", help="Fail where the models would not run on a GPU"
    ),
]
Effort = Annotated[
    str | None,
    typer.Option(
        show_default="balanced",
        help="exhaustive (every face of every frame), balanced (only where it tells something new) "
        "or fast",
    ),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="TOML file with any of the engine's settings")
]
Screenshot = Annotated[
    Path | None, typer.Option(help="Save what the window shows to this PNG file and close")
]
After = Annotated[float, typer.Option(min=0, help="Seconds before the screenshot")]
Size = Annotated[
    str, typer.Option(help="Size of the window, such as 1280x720; else as it was last time")
]
Theme = Annotated[str, typer.Option(help="system, light or dark")]
