"""Which state of this program made a number or a file."""

import subprocess
from functools import cache
from pathlib import Path

UNKNOWN = "unknown"


@cache
def commit() -> str:
    """Short name of the commit of this program, or "unknown" outside a repository.

    It ends in "-dirty" where files differ from the commit.
    """
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or UNKNOWN
