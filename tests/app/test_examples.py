import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cameras import EXAMPLE
from app.exit_codes import USAGE
from engine.cameras_file import load_cameras
from engine.metrics import Snapshot
from engine.metrics_server import MetricsServer

ROOT = Path(__file__).parents[2]
CHECK = ROOT / "assets" / "examples" / "healthcheck.py"
SERVICE = ROOT / "assets" / "examples" / "agescope.service"
TOKEN = "0123456789abcdef"


def snapshot(failure: str = "") -> Snapshot:
    return Snapshot({}, {}, {}, {}, None, failure, ())


@pytest.fixture
def failures() -> list[str]:
    """What the engine says went wrong; empty for nothing."""
    return [""]


@pytest.fixture
def health(failures: list[str]) -> Iterator[str]:
    server = MetricsServer("127.0.0.1", 0, lambda: snapshot(failures[-1]), token=TOKEN)
    yield f"http://127.0.0.1:{server.address[1]}/healthz"
    server.close()


def check(url: str, token: str) -> int:
    environment = {**os.environ, "AGESCOPE_METRICS_TOKEN": token}
    return subprocess.run(
        [sys.executable, CHECK, url], env=environment, stderr=subprocess.DEVNULL
    ).returncode


def test_the_health_check_of_the_container_tells_well_from_ill(
    health: str, failures: list[str]
) -> None:
    assert check(health, TOKEN) == 0
    assert check(health, "another token, a wrong one") == 1
    failures.append("it stood still")
    assert check(health, TOKEN) == 1
    assert check("http://127.0.0.1:1/healthz", TOKEN) == 1


def test_what_goes_into_the_container_is_enough_to_run(tmp_path: Path) -> None:
    """The build of a container sees only what `.dockerignore` leaves."""
    rules = (ROOT / ".dockerignore").read_text().split()
    kept = {rule[1:] for rule in rules if rule.startswith("!")}
    for name in kept:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, tmp_path)
    ended = subprocess.run(
        [sys.executable, "main.py", "cameras", "--example"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0
    assert "[[camera]]" in ended.stdout
    assert all((tmp_path / name).exists() for name in ("pyproject.toml", "constraints.txt"))


def test_the_container_runs_as_somebody_without_rights() -> None:
    text = (ROOT / "Dockerfile").read_text()
    users = [line.split()[1] for line in text.splitlines() if line.startswith("USER ")]
    assert users
    assert "0" not in users
    assert "root" not in users
    assert "HEALTHCHECK" in text


def test_the_group_of_the_service_is_not_called_as_its_dynamic_user() -> None:
    """systemd refuses the name of a dynamic user that is a group's already."""
    text = SERVICE.read_text()
    unit = configparser.ConfigParser(interpolation=None, strict=False, delimiters="=")
    unit.optionxform = str
    unit.read_string(text)
    assert unit["Service"]["DynamicUser"] == "yes"
    user = unit["Service"].get("User", SERVICE.stem)
    group = unit["Service"]["SupplementaryGroups"]
    assert group != user
    assert f"groupadd --system {group}; chgrp {group} /etc/agescope/cameras.toml" in text


def test_the_service_gets_an_environment_of_its_own() -> None:
    """The scripts of a copied `.venv` name the old folder; only `--clear` writes them anew."""
    first, then = re.findall(r"^# +(cp -r \. .*|python3 -m venv .*)", SERVICE.read_text(), re.M)
    assert first.endswith("cd /opt/agescope")
    assert then.startswith("python3 -m venv --clear .venv && .venv/bin/pip install ")


def test_a_kiosk_that_is_called_wrongly_is_not_started_again() -> None:
    unit = (ROOT / "assets" / "kiosk" / "agescope-kiosk.service").read_text()
    assert f"\nRestartPreventExitStatus={USAGE}\n" in unit


@pytest.mark.parametrize("place", ["Dockerfile", "assets/examples/agescope.service"])
def test_what_is_installed_is_enough_for_the_example_of_a_cameras_file(place: str) -> None:
    """Its only enabled camera is composed of the portraits that the extra `demo` brings."""
    (camera,) = load_cameras(EXAMPLE).enabled
    assert camera.source.startswith("synthetic:")
    (extras,) = re.findall(r"-e '\.\[([\w,]+)\]'", (ROOT / place).read_text())
    assert {"demo", "mqtt"} <= set(extras.split(","))


def test_the_container_sees_a_cameras_file_that_is_replaced() -> None:
    """What is mounted is the folder: a file that is mounted alone stays the one it was."""
    text = (ROOT / "Dockerfile").read_text()
    (config,) = re.findall(r'"--config", "([^"]+)"', text)
    mounted = re.findall(r"-v [^:\s]+:(/[^:\s]+)", text)
    assert str(Path(config).parent) in mounted
    assert config not in mounted
