"""Versions of the program and of what its numbers depend on."""

from importlib.metadata import PackageNotFoundError, version

VERSION = "0.1.0"
PARTS = ("av", "numpy", "onnxruntime", "opencv-python-headless", "scipy")
_MISSING = "missing"
RUNTIMES = ("openvino", "tensorrt")
"""Named only where they are installed."""


def program_version() -> str:
    """Version of agescope."""
    return VERSION


def part_versions() -> dict[str, str]:
    """Installed versions by distribution name; "missing" where there is none."""
    extras = {name: _version(name) for name in RUNTIMES if _version(name) != _MISSING}
    return {name: _version(name) for name in PARTS} | extras


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return _MISSING
