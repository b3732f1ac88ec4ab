"""Pictures: each stands alone, without time."""

import logging
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from engine.errors import SourceError
from engine.sources.bounds import check_size
from engine.sources.closing import Closing
from engine.sources.header import picture_size
from engine.sources.small import small_copy
from engine.sources.source import SmallSize, SourceInfo
from engine.sources.video import check_file
from engine.values.frame import Frame, Image, read_only
from engine.values.text import printable

_log = logging.getLogger(__name__)

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
_CONTACT_SHEET = re.compile(r"\.contact-\d+\.jpg$")


class PictureSource(Closing):
    """One picture or the pictures of a folder, by name. Unreadable ones are left out and named."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        name: str,
        address: str,
        small_size: SmallSize | None = None,
    ) -> None:
        """Read the first readable picture.

        Args:
            paths: The files, in order.
            name: Name of the source.
            address: What the user gave.
            small_size: Size of the copy for the detector; None for no copy.

        Raises:
            SourceError: None of them can be read.
        """
        self._small_size = small_size
        self._paths = iter(paths)
        self._closing = False
        self.problems: list[str] = []
        first = self._next()
        if first is None:
            more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
            raise SourceError(self.problems[0] + more)
        self._warn(since=0)
        self._first = first
        height, width = first[1].shape[:2]
        self.info = SourceInfo(
            name=name,
            address=address,
            live=False,
            pictures=True,
            width=width,
            height=height,
            rate=0.0,
            frames=len(paths),
            duration_s=0.0,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Deliver the pictures; all at second 0."""
        picture: tuple[Path, Image] | None = self._first
        index = 0
        while picture is not None and not self._closing:
            path, image = picture
            small = small_copy(image, self._small_size)
            now_ns = time.monotonic_ns()
            yield Frame(image, index, 0.0, now_ns, self.info.name, small, printable(path.name))
            known = len(self.problems)
            picture, index = self._next(), index + 1
            self._warn(since=known)

    def close(self) -> None:
        """Stop after the picture under way."""
        self._closing = True

    def _next(self) -> tuple[Path, Image] | None:
        for path in self._paths:
            try:
                return path, read_picture(path)
            except SourceError as error:
                self.problems.append(str(error))
        return None

    def _warn(self, since: int) -> None:
        for problem in self.problems[since:]:
            _log.warning("left out: %s", problem)


def read_picture(path: Path) -> Image:
    """Read one picture, turned upright as its EXIF orientation asks.

    Returns:
        (H, W, 3) uint8 RGB, read-only.

    Raises:
        SourceError: It is not there, not readable, too large or no picture.
    """
    check_file(path)
    with path.open("rb") as file:
        size = picture_size(file)
        if size:
            check_size(*size, str(path))
        file.seek(0)
        data = np.frombuffer(file.read(), np.uint8)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        image = None
    if image is None:
        raise SourceError(f"{path} is no picture that can be read: damaged, or of another format.")
    return read_only(np.asarray(image, np.uint8))


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name, not hidden, and no contact sheet of this program."""
    path = Path(name)
    known = path.name[:1] != "." and path.suffix.lower() in SUFFIXES
    return known and not _CONTACT_SHEET.search(name)


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, by name, without hidden ones; sub-folders are not entered.

    Raises:
        SourceError: There are none, or the folder may not be read.
    """
    try:
        found = sorted(path for path in folder.iterdir() if is_picture(path.name))
    except OSError as error:
        raise SourceError(f"{folder} cannot be read: {error.strerror}.") from error
    if not found:
        kinds = ", ".join(suffix[1:] for suffix in SUFFIXES)
        raise SourceError(f"{folder} holds no pictures ({kinds}). Give a video by its own path.")
    return found
