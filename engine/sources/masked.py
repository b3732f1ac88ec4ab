"""Keeps passwords out of what this process reports: its log lines and its crash reports."""

import logging
import re
import sys
import threading
import traceback
from types import TracebackType

from engine.sources.address import mask_address
from engine.sources.inserted_secrets import INSERTED

_ADDRESS = re.compile(r"\w+://[^\s'\"<>]+")


def masked(text: str) -> str:
    """A text without the secrets that were put in, and the password of every address masked."""
    return _ADDRESS.sub(lambda found: mask_address(found[0]), INSERTED.hidden(text))


def mask_reports() -> None:
    """Mask passwords in crash reports from now on, and in log lines that nobody else handles."""
    sys.excepthook = _report
    threading.excepthook = _report_thread
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Masked())


class _Masked(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if sys.stderr is not None:
        sys.stderr.write(masked("".join(traceback.format_exception(kind, error, trace))))


def _report_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None and not isinstance(crash.exc_value, SystemExit):
        _report(crash.exc_type, crash.exc_value, crash.exc_traceback)
