"""Engines on disk: one file a model, machine and way of building, with a note beside it.

Two builds of one file differ in their bytes, so an engine is known by what it was made of, and its
bytes are checked against the SHA-256 in its note. A note `age.0123456789ab.json` belongs to the
engine `age.0123456789ab.engine`.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import ModelError
from engine.lock import held

FORMAT = 2
"""Raised when engines of an older program must not be taken."""
_DIGEST_LETTERS = 12
_ANY_DIGEST = "[0-9a-f]" * _DIGEST_LETTERS
"""A digest as part of a pattern of file names."""
_TIMINGS, _LOCK = ".timings", ".lock"


@dataclass(frozen=True, slots=True)
class EngineKey:
    """All that an engine depends on.

    Attributes:
        model: Name of the ONNX file.
        onnx_sha256: Its content.
        build: The build settings, written out.
        library: TensorRT and its version.
        gpu: Name of the GPU, or which ones it serves.
        compute_capability: Its generation, such as "8.6" or "8.0+".
        driver: The driver's version.
        system: Operating system and processor.
        format: `FORMAT`.
    """

    model: str
    onnx_sha256: str
    build: str
    library: str
    gpu: str
    compute_capability: str
    driver: str
    system: str
    format: int = FORMAT

    def digest(self) -> str:
        """Short name of this key."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]

    def differences(self, other: "EngineKey") -> str:
        """In words what `other` has instead, "" for nothing."""
        return ", ".join(
            f"{field.name} was {_short(theirs)}, is {_short(ours)}"
            for field in fields(self)
            if (ours := getattr(self, field.name)) != (theirs := getattr(other, field.name))
        )


@dataclass(frozen=True, slots=True)
class StoredEngine:
    """An engine on disk and its note.

    Attributes:
        path: The engine.
        key: What it was made of.
        sha256: Of its bytes.
        size: In bytes.
        built_at: Time of day, ISO 8601, UTC.
        build_s: Seconds that the build took.
    """

    path: Path
    key: EngineKey
    sha256: str
    size: int
    built_at: str
    build_s: float


class EngineStore:
    """A folder of engines."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which is made when the first engine is kept."""
        self.folder = folder

    def load(self, key: EngineKey) -> tuple[bytes | None, str]:
        """The engine of a key.

        Returns:
            Its bytes and "", or None and why it has to be built.
        """
        path = self._path(key)
        stored = _read_note(path)
        if stored is None:
            return None, self._why_missing(key, path)
        if differences := key.differences(stored.key):
            return None, f"{path.name} belongs elsewhere: {differences}"
        try:
            engine = path.read_bytes()
        except OSError as error:
            return None, f"{path.name} cannot be read: {error.strerror}"
        if hashlib.sha256(engine).hexdigest() != stored.sha256:
            return None, f"{path.name} is damaged: {len(engine)} of {stored.size} bytes or altered"
        return engine, ""

    def save(self, key: EngineKey, engine: bytes, build_s: float) -> Path:
        """Write an engine and its note.

        Raises:
            ModelError: The folder cannot be written.
        """
        path = self._path(key)
        note = {
            "key": asdict(key),
            "sha256": hashlib.sha256(engine).hexdigest(),
            "size": len(engine),
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "build_s": round(build_s, 1),
        }
        write_whole(path, engine)
        write_whole(path.with_suffix(".json"), json.dumps(note, indent=2).encode())
        return path

    def entries(self) -> list[StoredEngine]:
        """All engines whose notes can be read, by name."""
        found = (_read_note(path) for path in sorted(self.folder.glob("*.engine")))
        return [stored for stored in found if stored is not None]

    def clear(self) -> int:
        """Delete all engines, notes and timings, known by their names; the number of engines.

        Raises:
            ModelError: A file cannot be deleted.
        """
        engines = list(self.folder.glob(f"*.{_ANY_DIGEST}.engine"))
        notes = self.folder.glob(f"*.{_ANY_DIGEST}.json")
        rest = [self.folder.glob(f"{_ANY_DIGEST}{ending}") for ending in (_TIMINGS, _LOCK)]
        try:
            for path in (*engines, *notes, *rest[0], *rest[1]):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ModelError(f"{error.filename} cannot be deleted: {error.strerror}.") from error
        return len(engines)

    def timings(self, key: EngineKey) -> Path:
        """File of kernel timings, shared by all engines of a library and a GPU."""
        about = "|".join((key.library, key.gpu, key.compute_capability, key.driver, key.system))
        digest = hashlib.sha256(about.encode()).hexdigest()[:_DIGEST_LETTERS]
        return self.folder / f"{digest}{_TIMINGS}"

    def alone(self, key: EngineKey, wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Be the one program that builds for a library and a GPU; see `held` for `wait`."""
        return held(self.timings(key).with_suffix(_LOCK), wait)

    def _path(self, key: EngineKey) -> Path:
        return self.folder / f"{Path(key.model).stem}.{key.digest()}.engine"

    def _why_missing(self, key: EngineKey, path: Path) -> str:
        if path.exists():
            return f"{path.name} has no readable note beside it"
        others = [stored for stored in self.entries() if stored.key.model == key.model]
        if not others:
            return f"there is none yet of {key.model}"
        newest = max(others, key=lambda stored: stored.built_at)
        return f"those of {key.model} do not fit: {key.differences(newest.key)}"


def open_store(folder: str) -> EngineStore:
    """The store in a folder; with "" in the user's cache folder."""
    if folder:
        return EngineStore(Path(folder).expanduser())
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return EngineStore(Path(caches) / "agescope" / "engines")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also when two programs write it.

    Raises:
        ModelError: It cannot be written.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as file:
            part = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be written: {error.strerror}. Make room or choose another folder with "
            "the setting runtime.engine_folder."
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _read_note(path: Path) -> StoredEngine | None:
    try:
        note = json.loads(path.with_suffix(".json").read_text())
        return StoredEngine(path=path, key=EngineKey(**note.pop("key")), **note)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:_DIGEST_LETTERS]}…"
