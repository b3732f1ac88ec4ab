"""What this machine has and lacks for agescope, and what to do about it. Imports no Qt.

Every check looks for itself and answers in any case: what is broken is the finding, not an error.
"""

import ctypes
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.progress import announcer
from app.versions import program_version
from engine.errors import ModelError, installing
from engine.models import shipped
from engine.models.choose import RUNTIMES
from engine.models.fastest import fastest, remember
from engine.models.model import file_sha256
from engine.models.probe import FACES, RuntimeProbe, probe_providers, probe_runtimes
from engine.sources.probe import ffmpeg_libraries, missing_decoders

SUMS = "SHA256SUMS"
_OPENCV = (
    "opencv-python-headless",
    "opencv-python",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
_ONNXRUNTIME = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml")
_NEEDED = (
    ("av",),
    ("numpy",),
    _ONNXRUNTIME,
    _OPENCV,
    ("pydantic",),
    ("rich",),
    ("scipy",),
    ("typer",),
)
_EXTRAS = {
    "PyQt6": ("gui", "windows"),
    "matplotlib": ("demo", "the demo and pictures of beliefs"),
    "scikit-image": ("demo", "the demo"),
    "pyarrow": ("parquet", "Parquet tables"),
    "mediapipe": ("mediapipe", "the second detector"),
    "openvino": ("openvino", "fast estimates on Intel CPUs"),
    "tensorrt": ("tensorrt", "NVIDIA GPUs"),
}
_BROKEN_QT = ("6.11.0", "6.11.1")


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    """Something is lost, the rest works."""
    FAIL = "fail"
    """Nothing can be analysed until this is mended."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        state: How it came out.
        found: What was found.
        advice: What to do about it; "" where there is nothing to do.
    """

    name: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks in the order to show them."""

    checks: tuple[Check, ...]

    @property
    def failed(self) -> bool:
        """Something is broken without which nothing can be analysed."""
        return any(check.state is State.FAIL for check in self.checks)


def installed_version(package: str) -> str | None:
    """Version of an installed package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the checks look.

    Attributes:
        version_of: Version of an installed package, or None.
        environ: Environment variables.
        devices: Folder of device files.
        models: Folder of the shipped models.
        memory: Where to remember the fastest runtime; None measures none.
    """

    version_of: Callable[[str], str | None] = installed_version
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    devices: Path = Path("/dev")
    models: Path = shipped.FOLDER
    memory: Path | None = None


def examine(machine: Machine | None = None) -> Report:
    """Run every check. Takes about a second; loads the model runtime and the decoder."""
    machine = machine or Machine()
    return Report(
        (
            *_program(),
            *_packages(machine),
            *_conflicts(machine),
            *_models(machine.models),
            *_providers(machine.models),
            *_runtimes(machine),
            _decoder(),
            _gpu(),
            _cameras(machine.devices),
            _display(machine.environ),
            *_qt(machine),
        )
    )


def _program() -> Iterator[Check]:
    python = f"{platform.python_version()} at {sys.executable}"
    yield Check("Python", State.OK, python)
    libc = " ".join(platform.libc_ver())
    cores = f"{os.cpu_count()} cores"
    yield Check(
        "system", State.OK, ", ".join(part for part in (platform.platform(), libc, cores) if part)
    )
    yield Check("agescope", State.OK, program_version())


def _packages(machine: Machine) -> Iterator[Check]:
    for family in _NEEDED:
        present = [(name, machine.version_of(name)) for name in family]
        found = ", ".join(f"{name} {version}" for name, version in present if version)
        if found:
            yield Check(family[0], State.OK, found)
        else:
            advice = f"Install what agescope needs: pip install {family[0]}"
            yield Check(family[0], State.FAIL, "not installed", advice)
    for name, (extra, purpose) in _EXTRAS.items():
        found = machine.version_of(name) or "not installed"
        wish = "" if machine.version_of(name) else f"For {purpose}: {installing(extra)}"
        yield Check(name, State.OK, found, wish)


def _conflicts(machine: Machine) -> Iterator[Check]:
    for family in (_OPENCV, _ONNXRUNTIME):
        present = [name for name in family if machine.version_of(name)]
        if len(present) > 1:
            advice = (
                f"They overwrite each other's files. Keep one: pip uninstall {' '.join(present)}; "
                f"pip install {family[0]}"
            )
            yield Check(f"one {family[0]}", State.WARN, " and ".join(present), advice)


def _models(folder: Path) -> Iterator[Check]:
    again = "Take the folder assets/models from the release or clone again."
    try:
        entries = [line.split() for line in (folder / SUMS).read_text().splitlines()]
        known = {name.lstrip("*"): digest for digest, name in entries}
    except (OSError, ValueError):
        yield Check("models", State.FAIL, f"{folder / SUMS} is missing or damaged", again)
        return
    for name in sorted({*known, shipped.DETECTOR.name, shipped.AGE_MODEL.name}):
        path, digest = folder / name, known.get(name, "")
        if not digest:
            yield Check(f"model {name}", State.FAIL, f"not listed in {SUMS}", again)
        elif not path.is_file():
            yield Check(f"model {name}", State.FAIL, f"{path} does not exist", again)
        elif (found := file_sha256(path)) != digest:
            text = f"SHA-256 is {found[:12]}…, expected {digest[:12]}…"
            yield Check(f"model {name}", State.FAIL, text, again)
        else:
            yield Check(f"model {name}", State.OK, f"SHA-256 {digest[:12]}… as published")


def _providers(folder: Path) -> Iterator[Check]:
    for probe in probe_providers(folder / shipped.DETECTOR.name):
        if probe.usable:
            yield Check(probe.name, State.OK, f"usable: {probe.found}")
        elif probe.name == "CPUExecutionProvider":
            advice = "Install it anew: pip install --force-reinstall onnxruntime"
            yield Check(probe.name, State.FAIL, f"not usable: {probe.found}", advice)
        else:
            advice = "Ages are estimated on the CPU. Install this provider's driver and libraries."
            yield Check(probe.name, State.WARN, f"not usable: {probe.found}", advice)


def _runtimes(machine: Machine) -> Iterator[Check]:
    """Time the runtimes that are installed, and remember the fastest for `--runtime auto`."""
    if machine.memory is None:
        return
    others = [name for name in RUNTIMES[1:] if machine.version_of(name)]
    try:
        probes = probe_runtimes((RUNTIMES[0], *others), announcer(sys.stderr))
    except ModelError as error:
        advice = "Choose another one with --runtime, or install this one anew."
        yield Check("runtimes", State.WARN, str(error), advice)
        return
    yield from map(_runtime, probes)
    looks = {probe.name: probe.look_ms for probe in probes if probe.look_ms is not None}
    ages = {probe.name: probe.ages_ms for probe in probes if probe.ages_ms is not None}
    if looks and ages:
        remember(machine.memory, shipped.DETECTOR, looks)
        remember(machine.memory, shipped.AGE_MODEL, ages)
        found = f"faces by {fastest(looks)}, ages by {fastest(ages)}; remembered as the fastest"
        yield Check("--runtime auto", State.OK, found)


def _runtime(probe: RuntimeProbe) -> Check:
    name = f"runtime {probe.name}"
    if probe.ages_ms is None:
        advice = "It is not used unless asked for; the message says what is missing."
        return Check(name, State.WARN, probe.found, advice)
    took = f"{probe.look_ms:.1f} ms to find faces in 1080p, {probe.ages_ms:.1f} ms for {FACES} ages"
    return Check(name, State.OK, f"{probe.found}: {took}")


def _decoder() -> Check:
    libraries = ffmpeg_libraries()
    found = ", ".join(f"{name} {libraries[name]}" for name in ("libavcodec", "libavformat"))
    missing = missing_decoders()
    if missing:
        advice = "Take the decoder with everything in it: pip install --force-reinstall av"
        return Check("FFmpeg in PyAV", State.WARN, f"{found}; no {', '.join(missing)}", advice)
    return Check("FFmpeg in PyAV", State.OK, found)


def _gpu() -> Check:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        driver = (
            "the driver's libcuda is there, nvidia-smi is not" if _loads("libcuda.so.1") else ""
        )
        return Check("NVIDIA GPU", State.OK, driver or "none; ages are estimated on the CPU")
    query = [tool, "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        advice = "Install the driver anew or restart the machine."
        return Check("NVIDIA GPU", State.WARN, f"nvidia-smi fails: {error}", advice)
    return Check("NVIDIA GPU", State.OK, "; ".join(answer.stdout.strip().splitlines()))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _cameras(devices: Path) -> Check:
    nodes = sorted(devices.glob("video*"))
    if not nodes:
        return Check("cameras", State.OK, "none")
    closed = [node for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if closed:
        found = f"no permission for {', '.join(map(str, closed))}"
        advice = "Join the group that may use them, then log in anew: sudo usermod -aG video $USER"
        return Check("cameras", State.WARN, found, advice)
    return Check("cameras", State.OK, ", ".join(map(str, nodes)))


def _display(environ: Mapping[str, str]) -> Check:
    chosen = environ.get("QT_QPA_PLATFORM", "")
    if chosen in ("offscreen", "minimal"):
        advice = "For a window that can be seen: unset QT_QPA_PLATFORM"
        return Check("display", State.WARN, f"QT_QPA_PLATFORM={chosen}", advice)
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if environ.get(name):
            return Check("display", State.OK, f"{name}={environ[name]}")
    if sys.platform != "linux":
        return Check("display", State.OK, "the desktop's own")
    advice = "watch needs one; analyze and demo work without."
    return Check("display", State.WARN, "none", advice)


def _qt(machine: Machine) -> Iterator[Check]:
    version = machine.version_of("PyQt6-Qt6")
    if version in _BROKEN_QT:
        advice = "Take another one: pip install --upgrade PyQt6-Qt6"
        yield Check("Qt", State.WARN, f"{version} is known to be broken", advice)
    elif version is not None:
        yield Check("Qt", State.OK, version)
    plugin = "wayland" if machine.environ.get("WAYLAND_DISPLAY") else "xcb"
    missing = _missing_libraries(plugin)
    if missing:
        advice = f"sudo apt-get install {' '.join(map(_debian_package, missing))}"
        yield Check(f"Qt plug-in {plugin}", State.WARN, f"lacks {', '.join(missing)}", advice)


def _missing_libraries(plugin: str) -> tuple[str, ...]:
    """Libraries that Qt's platform plug-in links and that this system lacks; needs no Qt import."""
    try:
        files = importlib.metadata.files("PyQt6-Qt6") or []
        path = next(file for file in files if file.name == f"libq{plugin}.so").locate()
        answer = subprocess.run(
            ["ldd", path], capture_output=True, text=True, timeout=20, check=True
        )
    except (
        StopIteration,
        importlib.metadata.PackageNotFoundError,
        OSError,
        subprocess.SubprocessError,
    ):
        return ()
    return tuple(sorted(set(re.findall(r"(\S+) => not found", answer.stdout))))


def _debian_package(library: str) -> str:
    """Debian's package of a library: libEGL.so.1 is in libegl1, libdbus-1.so.3 in libdbus-1-3."""
    name, _, version = library.lower().replace("_", "-").partition(".so.")
    if name == "libglib-2.0":
        return "libglib2.0-0"
    return f"{name}-{version}" if name[-1].isdigit() else f"{name}{version}"
