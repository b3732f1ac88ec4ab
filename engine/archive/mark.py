"""By what a finished source is known again: the state of its files, and what was asked of it."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from engine.archive.task import Plan
from engine.errors import SourceError
from engine.models.choose import choose, half_of
from engine.models.model import file_sha256
from engine.models.shipped import AGE_MODEL, DETECTOR
from engine.sources.address import is_live
from engine.sources.images import pictures_in

_NUMBERS_DEPEND_ON = {"detect", "track", "schedule", "estimate", "belief"}
"""Sections of the settings; of `runtime`, only what runs the models matters."""


class Mark(BaseModel):
    """State of a file, or of the pictures of a folder.

    Attributes:
        size_bytes: Sum of the sizes.
        modified: When a file was changed, in the words of the storage (local: ns since 1970); of
            a folder, SHA-256 over the names, sizes and times of its pictures.
        files: How many there are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    size_bytes: int
    modified: str
    files: int = 1


def mark_of(address: str) -> Mark | None:
    """The state of a source now; None where there is none to compare: live, or away."""
    if is_live(address):
        return None
    if address.startswith("synthetic:"):
        return Mark(size_bytes=0, modified="")
    path = Path(address)
    try:
        if not path.is_dir():
            stat = path.stat()
            return Mark(size_bytes=stat.st_size, modified=str(stat.st_mtime_ns))
        stats = [(picture.name, picture.stat()) for picture in pictures_in(path)]
    except (OSError, SourceError):  # opening it tells
        return None
    files = sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
    return Mark(
        size_bytes=sum(size for _, size, _ in files),
        modified=hashlib.sha256(json.dumps(files).encode()).hexdigest(),
        files=len(files),
    )


def settings_key(plan: Plan) -> str:
    """SHA-256 of everything asked for that the outputs depend on."""
    settings = plan.settings
    asked = {
        "settings": settings.model_dump(mode="json", include=_NUMBERS_DEPEND_ON),
        "runtime": [choose(settings.runtime, model) for model in (DETECTOR, AGE_MODEL)],
        "options": asdict(plan.options),
        "max_fps": plan.max_fps,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def model_keys(plan: Plan) -> dict[str, str]:
    """SHA-256 of the model files that a plan runs, by file name; TensorRT runs the FP16 twins.

    One that is missing is left out, so that nothing counts as done; loading the models tells.
    """
    runtime = plan.settings.runtime
    paths = [
        half_of(model) if choose(runtime, model) == "tensorrt" else model
        for model in (DETECTOR, AGE_MODEL)
    ]
    return {path.name: file_sha256(path) for path in paths if path.is_file()}
