"""What `make demo` and `make test` do before they do anything else."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
INSTALLED = "installing"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def set_up(checkout: Path) -> str:
    """Set up as for the demo, but for what comes from the network."""
    inherited = ("DISPLAY", "WAYLAND_DISPLAY", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in inherited}
    words = [".venv/.demo-stamp", f"INSTALL=echo {INSTALLED}", f"PYTHON={sys.executable}"]
    done = subprocess.run(
        ["make", *words], cwd=checkout, env=kept, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def has_pip(checkout: Path) -> bool:
    words = [checkout / ".venv" / "bin" / "python", "-m", "pip", "--version"]
    return subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    programs = checkout / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to("/gone/bin/python3.10")
    (programs.parent / ".demo-stamp").touch()
    assert INSTALLED in set_up(checkout)
    assert has_pip(checkout)
    assert INSTALLED not in set_up(checkout), "the second time is quick"


def test_an_environment_that_was_interrupted_before_pip_was_in_is_made_anew(
    checkout: Path,
) -> None:
    venv.create(checkout / ".venv", with_pip=False)
    assert INSTALLED in set_up(checkout)
    assert has_pip(checkout)
