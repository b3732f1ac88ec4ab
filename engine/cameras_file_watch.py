"""Notices changes of a cameras file and tells what they mean for the cameras that run."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.cameras_file import Camera, CamerasFile, parse_cameras
from engine.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Changes:
    """From one cameras file to the next, enabled cameras only.

    Attributes:
        removed: Names of cameras to stop.
        renamed: Old and new names of cameras that run on.
        added: Cameras to start.
        rebuilt: Cameras to run in another way: address, transport, blackouts and the like.
        redrawn: Cameras that run on with other areas and lines.
    """

    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    added: tuple[Camera, ...]
    rebuilt: tuple[Camera, ...]
    redrawn: tuple[Camera, ...]

    def __str__(self) -> str:
        """Which cameras, in words; "" for none."""
        kinds = {
            "added": [camera.name for camera in self.added],
            "removed": self.removed,
            "renamed": [f"{old} to {new}" for old, new in self.renamed],
            "changed": [camera.name for camera in (*self.rebuilt, *self.redrawn)],
        }
        return "; ".join(f"{kind} {', '.join(names)}" for kind, names in kinds.items() if names)


def changes_between(old: tuple[Camera, ...], new: tuple[Camera, ...]) -> Changes:
    """What to do to get from the cameras that run to those that shall."""
    before = {camera.name: camera for camera in old}
    after = {camera.name: camera for camera in new}
    gone = [camera for camera in old if camera.name not in after]
    come = [camera for camera in new if camera.name not in before]
    renamed: list[tuple[str, str]] = []
    for camera in list(come):
        former = next((c for c in gone if c.streams_as(camera)), None)
        if former is not None and former.zones == camera.zones:
            renamed.append((former.name, camera.name))
            gone.remove(former)
            come.remove(camera)
    stay = [camera for camera in new if camera.name in before and camera != before[camera.name]]
    return Changes(
        removed=tuple(camera.name for camera in gone),
        renamed=tuple(renamed),
        added=tuple(come),
        rebuilt=tuple(c for c in stay if not c.streams_as(before[c.name])),
        redrawn=tuple(c for c in stay if c.streams_as(before[c.name])),
    )


class CamerasFileWatch:
    """Looks whether a cameras file is another than when it was read last.

    Attributes:
        path: The file.
        problem: Why the file as it is now is not used, or "". Set by whoever uses it.
    """

    def __init__(self, path: Path) -> None:
        """Take the file as it is now for known."""
        self.path, self.problem = path, ""
        self._stamp = _stamp_of(path)
        self._digest = _digest_of(path)

    def poll(self) -> CamerasFile | None:
        """The file if its content changed, else None; cheap while nothing changes.

        Raises:
            SettingsError: It changed to something that cannot be used; raised once per change.
        """
        stamp = _stamp_of(self.path)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        digest = _digest_of(self.path)
        if digest == self._digest:
            return None
        self._digest = digest
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"cameras file {self.path} cannot be read: {error}") from error
        return parse_cameras(text, self.path)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What changes with every way of saving a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest_of(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
