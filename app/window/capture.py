"""Recordings and snapshots of what is shown: only when asked for, blurred where that is set."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from threading import Lock
from time import monotonic, time

import cv2
from PyQt6.QtCore import QObject, QStandardPaths, pyqtSignal

from app.window.tile import Tile
from app.window.words import translate
from app.window_settings import RecordSettings
from engine.errors import SinkError, UnwritableError
from engine.settings import PrivacySettings
from engine.sinks.behind import Behind
from engine.sinks.blur import FaceBlur
from engine.sinks.growing import cannot_write
from engine.sinks.overlay import Look, draw, usual
from engine.sinks.video import AnnotatedVideo
from engine.sources.seeking import shown_s
from engine.values.frame import Frame
from engine.values.result import FrameResult

_DAY_S = 86_400.0
_PREFIX = "agescope "
_JUMP_S = 5.0
"""Nobody waits longer for the next picture of a recording: it was sought."""
_CUT_S = 0.04
_OLD_S = 2.0
"""From here on it is told how old the picture of a snapshot is."""


class Tape:
    """A recording that grows: written by the thread that makes pictures, closed by another.

    It has a time of its own: that of a source begins anew with every restart.
    """

    def __init__(self, path: Path, blur: FaceBlur | None, *, live: bool) -> None:
        """Begin a file.

        Args:
            path: Of the file.
            blur: Hides the faces; None to show them.
            live: Of a live source: it runs on while no picture comes.
        """
        self.path = path
        self.failure = ""
        self.blurred = blur is not None
        self._live = live
        self._time_s = 0.0
        self._clock_s: float | None = None
        self._lock = Lock()
        self.look: Callable[[], Look] = usual
        video = AnnotatedVideo(path, rate=0.0, blur=blur, look=lambda: self.look())
        self._sink: Behind | None = Behind(video)
        self._sink.__enter__()

    def write(self, result: FrameResult) -> None:
        """Add a frame, unless the tape is closed or broken."""
        with self._lock:
            if self._sink is not None and not self.failure:
                placed = replace(result, frame=self._place(result.frame))
                self._try(lambda sink: sink.write(placed))

    def _place(self, frame: Frame) -> Frame:
        """The frame at its second of the tape; where a recording jumps, the tape is cut."""
        clock_s = frame.decoded_ns / 1e9 if self._live else shown_s(frame)
        before_s, self._clock_s = self._clock_s, clock_s
        if before_s is not None:
            moved_s = clock_s - before_s
            cut = not self._live and not 0 < moved_s <= _JUMP_S
            self._time_s += _CUT_S if cut else moved_s
        return frame.renumbered(frame.index, self._time_s, frame.source)

    def close(self) -> None:
        """Complete the file; takes as long as a few frames."""
        with self._lock:
            self._try(lambda sink: sink.__exit__(None, None, None))
            self._sink = None

    def _try(self, do: Callable[[Behind], object]) -> None:
        try:
            if self._sink is not None:
                do(self._sink)
        except SinkError as error:
            self.failure = _words(error)


class Capture(QObject):
    """Records sources and takes snapshots; what is slow happens in a thread."""

    told = pyqtSignal(str)
    """Something for the status line."""

    def __init__(
        self,
        settings: Callable[[], RecordSettings],
        privacy: Callable[[], PrivacySettings] = PrivacySettings,
    ) -> None:
        """Ask for folder, blur and retention, and for how to blur, each time."""
        super().__init__()
        self._privacy = privacy
        self._settings = settings
        self._tapes: dict[Tile, Tape] = {}
        self._pool = ThreadPoolExecutor(1, "capture")

    @property
    def recording(self) -> bool:
        """Whether a recording grows."""
        return bool(self._tapes)

    def record(self, tiles: Sequence[Tile]) -> None:
        """Record these sources from now on; none to end all recordings."""
        for tile in [tile for tile in self._tapes if tile not in tiles]:
            self._end(tile)
        try:
            for tile in [tile for tile in tiles if tile not in self._tapes]:
                path = self._new_file(tile.name, "mp4", datetime.now().astimezone())
                tape = self._tapes[tile] = Tape(path, self._blur(), live=tile.playback is None)
                tile.record(tape)
                self.told.emit(self._began(path))
        except SinkError as error:
            self.told.emit(translate("capture", "Nothing is recorded: {}").format(_words(error)))

    def follow_settings(self) -> None:
        """Where faces are to be hidden from now on, end what shows them and record on without."""
        tiles = list(self._tapes)
        for tile in tiles:
            if self._settings().blur and not self._tapes[tile].blurred:
                self._end(tile)
        self.record(tiles)

    def follow(self, tiles: Sequence[Tile]) -> None:
        """End recordings of sources that are gone, or whose disk is full."""
        for tile, tape in list(self._tapes.items()):
            if tile not in tiles or tape.failure:
                self._end(tile)

    def snapshot(self, tile: Tile) -> None:
        """Write the newest picture of a source as a PNG file, drawn as the view draws it.

        That of a live source bears the moment at which the picture came: it may be away since then.
        """
        result, blur = tile.stepped.newest, self._blur()
        if result is None:
            self.told.emit(translate("capture", "There is no picture yet."))
            return
        live = tile.playback is None
        age_s = max(0.0, monotonic() - result.frame.decoded_ns / 1e9) if live else 0.0
        self._pool.submit(self._write_snapshot, result, tile.name, blur, tile.look(), age_s)

    def close(self) -> None:
        """Complete all files."""
        self.record([])
        self._pool.shutdown()

    def _blur(self) -> FaceBlur | None:
        return FaceBlur(self._privacy()) if self._settings().blur else None

    def _end(self, tile: Tile) -> None:
        tape = self._tapes.pop(tile)
        tile.record(None)
        self._pool.submit(self._complete, tape)

    def _complete(self, tape: Tape) -> None:
        tape.close()
        if tape.failure:
            words = translate("capture", "The recording broke off: {}")
            self.told.emit(words.format(tape.failure))
        elif tape.path.exists():
            self.told.emit(translate("capture", "Recorded: {}").format(tape.path))

    def _began(self, path: Path) -> str:
        if self._settings().blur:
            return translate("capture", "Recording with blurred faces: {}").format(path)
        return translate("capture", "Recording with faces: {}").format(path)

    def _write_snapshot(
        self, result: FrameResult, name: str, blur: FaceBlur | None, look: Look, age_s: float
    ) -> None:
        try:
            path = self._new_file(
                name, "png", datetime.now().astimezone() - timedelta(seconds=age_s)
            )
            _write_png(path, blur(result) if blur else result, look)
        except SinkError as error:
            self.told.emit(translate("capture", "No snapshot: {}").format(_words(error)))
        else:
            words = translate("capture", "Snapshot: {}").format(path)
            if age_s > _OLD_S:
                old = translate("capture", "Snapshot of a picture of {:.0f} s ago: {}")
                words = old.format(age_s, path)
            self.told.emit(words)

    def _new_file(self, name: str, ending: str, moment: datetime) -> Path:
        folder = folder_of(self._settings())
        try:
            folder.mkdir(parents=True, exist_ok=True)
            forget_old(folder, self._settings().keep_days)
        except OSError as error:
            raise cannot_write(folder, error) from error
        stem = f"{_PREFIX}{name} {moment.strftime('%Y-%m-%d %H.%M.%S.%f')[:-3]}"
        stems = chain([stem], (f"{stem} ({number})" for number in count(2)))
        return next(file for s in stems if not (file := folder / f"{s}.{ending}").exists())


def _words(error: SinkError) -> str:
    """What went wrong, and what to do about it in the window."""
    if isinstance(error, UnwritableError):
        words = translate(
            "capture", "{} cannot be written: {}. Choose another folder in the settings."
        )
        return words.format(error.path, error.reason)
    return str(error)


def folder_of(settings: RecordSettings) -> Path:
    """Where recordings and snapshots are written."""
    if settings.folder:
        return Path(settings.folder).expanduser()
    place = QStandardPaths.StandardLocation.MoviesLocation
    return Path(QStandardPaths.writableLocation(place) or Path.home()) / "agescope"


def forget_old(folder: Path, keep_days: float) -> None:
    """Delete recordings, also broken off ones, and snapshots older than that; 0 keeps all.

    Raises:
        OSError: One cannot be deleted.
    """
    if not keep_days:
        return
    for ending in ("mp4", "mp4.partial", "png"):
        for file in folder.glob(f"{_PREFIX}*.{ending}"):
            if time() - file.stat().st_mtime > keep_days * _DAY_S:
                file.unlink()


def _write_png(path: Path, result: FrameResult, look: Look) -> None:
    drawn = cv2.cvtColor(draw(result, *look), cv2.COLOR_RGB2BGR)
    try:
        path.write_bytes(cv2.imencode(".png", drawn)[1].tobytes())
    except OSError as error:
        raise cannot_write(path, error) from error
