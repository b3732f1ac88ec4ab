"""From pixels to age beliefs. Knows no Qt and no torch.

The names here are the library: stable, typed, and imported when they are first used.

from engine import Pipeline, Settings, load_models, open_source

pipeline = Pipeline(load_models(), Settings())
with open_source("video.mp4") as source:
    for frame in source:
        result = pipeline.step(frame)
        for track_id, belief in zip(result.faces.track_ids, result.beliefs):
            print(frame.time_s, track_id, belief.distribution.median(), belief.status)
for track in pipeline.finish():
    print(track.track_id, track.last_s - track.first_s, track.belief.distribution.interval(0.9))
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import AgescopeError, ModelError, SettingsError, SinkError, SourceError
    from engine.models.shipped import Models, load_models
    from engine.pipeline import Pipeline
    from engine.settings import Settings
    from engine.sinks.options import SinkOptions, open_sinks
    from engine.sinks.sink import Sink
    from engine.sources.address import open_source
    from engine.sources.source import Source, SourceInfo
    from engine.values.age import AgeDistribution
    from engine.values.faces import Faces
    from engine.values.frame import Frame
    from engine.values.result import AgeBelief, FrameResult, Status, Track

# ONNX Runtime 1.29 and later reports models and machine to its makers unless it is told not to
# before it is imported; it also leaves files of its own in the home folder.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_HOMES = {
    "engine.errors": (
        "AgescopeError", "ModelError", "SettingsError", "SinkError", "SourceError",
    ),
    "engine.models.shipped": ("Models", "load_models"),
    "engine.pipeline": ("Pipeline",),
    "engine.settings": ("Settings",),
    "engine.sinks.options": ("SinkOptions", "open_sinks"),
    "engine.sinks.sink": ("Sink",),
    "engine.sources.address": ("open_source",),
    "engine.sources.source": ("Source", "SourceInfo"),
    "engine.values.age": ("AgeDistribution",),
    "engine.values.faces": ("Faces",),
    "engine.values.frame": ("Frame",),
    "engine.values.result": ("AgeBelief", "FrameResult", "Status", "Track"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = (
    "AgeBelief",
    "AgeDistribution",
    "AgescopeError",
    "Faces",
    "Frame",
    "FrameResult",
    "ModelError",
    "Models",
    "Pipeline",
    "Settings",
    "SettingsError",
    "Sink",
    "SinkError",
    "SinkOptions",
    "Source",
    "SourceError",
    "SourceInfo",
    "Status",
    "Track",
    "load_models",
    "open_sinks",
    "open_source",
)


if not TYPE_CHECKING:  # to a type checker any name would be right

    def __getattr__(name: str) -> object:
        """Import what is asked for, so that `import engine` costs nothing."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'engine' has no attribute '{name}'")
        return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    """The names of the library."""
    return sorted(__all__)
