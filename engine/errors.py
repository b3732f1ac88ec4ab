"""Every error the engine raises on purpose. A wrong array shape is a plain `ValueError`.

AgescopeError
├── SourceError    a picture, file, camera or stream cannot be read
│   └── AccessError  a camera or server refuses the user name or password
├── ModelError     a model file or runtime cannot be used
├── SinkError      a result cannot be written
│   └── UnwritableError  its place is full or closed
├── DataError      a training data set is missing or damaged
└── SettingsError  a setting is unknown or out of range

A message tells in one line what happened, what was expected or available, and what to do.
"""

from pathlib import Path


class AgescopeError(Exception):
    """Root of the tree: catching it catches every expected failure."""


class SourceError(AgescopeError):
    """A picture, file, camera or stream cannot be read."""


class AccessError(SourceError):
    """A camera or server refuses the user name or password: asking again soon is no use."""


class ModelError(AgescopeError):
    """A model file or its runtime cannot be used."""


class SinkError(AgescopeError):
    """A result cannot be written."""


class UnwritableError(SinkError):
    """A place is full or may not be written to; another one is to be chosen.

    Attributes:
        path: What was to be written.
        reason: Why it was not.
    """

    path: Path
    reason: str


class DataError(AgescopeError):
    """A training data set is missing or damaged."""


class SettingsError(AgescopeError):
    """A setting is unknown or out of its range."""


def installing(extra: str) -> str:
    """The command that installs an extra: the program is installed from its folder only."""
    return f"pip install -e '.[{extra}]'"
