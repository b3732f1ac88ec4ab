"""The log of an unattended run: text or JSON, to stderr or a file that rotates, without secrets."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from engine.errors import SettingsError
from engine.sources.masked import masked

_FILE_BYTES = 10_000_000
_FILES = 5


@contextmanager
def logging_to(style: str, file: Path | None) -> Iterator[None]:
    """Log everything from INFO on, passwords masked, as long as the block runs.

    Args:
        style: "text" or "json".
        file: Where to; begun anew at 10 MB, the last five are kept. None for stderr.

    Raises:
        SettingsError: The style is unknown, or the file cannot be written.
    """
    if style not in ("text", "json"):
        raise SettingsError(f"--log-format '{style}' is unknown; choose text or json.")
    handler = _Stream(sys.stderr) if file is None else _to_file(file)
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        with suppress(OSError):  # a full disk must not turn a stop into a failure
            handler.close()


class TextLines(logging.Formatter):
    """One line for people: UTC time, level, module, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 - its given names
        """ISO 8601 to the millisecond."""
        return _time(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace of an exception below."""
        time, line = super().format(record).split(" ", 1)
        return f"{time} {masked(line)}"  # a PIN may be a year


class JsonLines(logging.Formatter):
    """One JSON object a line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _to_file(path: Path) -> RotatingFileHandler:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _PrivateFile(path, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"--log-file {path} cannot be written: {error.strerror}.") from error


class _Discreet(logging.Handler):
    """Tells once that lines are lost; logging's own report would show what they hold, each time."""

    _told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - its given names
        """One masked line."""
        self._tell(f"lines of the log are lost: {sys.exc_info()[1]}")

    def _tell(self, words: str) -> None:
        if not self._told and sys.stderr is not None:
            self._told = True
            with suppress(OSError):
                sys.stderr.write(f"agescope: {masked(words)}\n")


class _Stream(_Discreet, logging.StreamHandler[TextIO]):
    """Standard error."""


class _PrivateFile(_Discreet, RotatingFileHandler):
    """Readable by its owner only, also after it began anew, or where it was there already."""

    def doRollover(self) -> None:  # noqa: N802 - its given name
        """Begin anew; where files cannot be renamed go on in this one for as long again."""
        try:
            super().doRollover()
        except OSError as error:
            self._tell(f"{self.baseFilename} cannot begin anew and goes on: {error}")
            self.maxBytes += _FILE_BYTES
            self.stream = None  # opened by the next line

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - typed differently across Pythons
        path = Path(self.baseFilename)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        if path.is_file():  # and no device, such as /dev/stdout
            path.chmod(0o600)
        return super()._open()
