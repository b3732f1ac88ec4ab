"""What the program ends with when something goes wrong on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from engine.errors import AgescopeError, SettingsError

FAILED, USAGE, INTERRUPTED = 1, 2, 130


@contextmanager
def exit_codes(otherwise: int = FAILED) -> Iterator[None]:
    """Turn an error of ours into a line on stderr and an exit code: 2 for wrong usage.

    Args:
        otherwise: The code of all other errors; `USAGE` for a command that does not begin then.
    """
    try:
        yield
    except AgescopeError as error:
        typer.echo(f"agescope: {error}", err=True)
        raise typer.Exit(USAGE if isinstance(error, SettingsError) else otherwise) from None
