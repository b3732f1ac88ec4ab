"""Which state of this program made a number or a file."""

import subprocess
from functools import cache
from pathlib import Path

UNKNOWN = "unknown"


@cache
def commit() -> str:
    """Short name of the commit of this program, or "unknown" outside a repository or without git.

    It ends in "-dirty" where files differ from the commit.
    """
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # git is not installed
        return UNKNOWN
    return answer.stdout.strip() or UNKNOWN
