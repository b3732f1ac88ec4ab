"""How the commands of this package end: what was to be expected is one line, not a traceback."""

import sys
from collections.abc import Callable

from engine.errors import AgescopeError


def ended(command: Callable[[], int | None]) -> int:
    """Run a command.

    Returns:
        The exit code: the command's own, 1 after an error that a line on standard error tells, or
        130 after Ctrl-C.
    """
    try:
        return command() or 0
    except AgescopeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was finished is kept\n")
        return 130
    except OSError as error:
        sys.stderr.write(
            f"{error.filename or 'a file'} cannot be used: {error.strerror or error}\n"
        )
        return 1
