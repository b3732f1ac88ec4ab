import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from app.doctor import SUMS, Check, Machine, Report, State, examine, installed_version
from engine.models.fastest import recall
from engine.models.model import file_sha256
from engine.models.shipped import AGE_MODEL, DETECTOR

ROOT = Path(__file__).resolve().parents[2]


def found(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def with_packages(changes: dict[str, str | None]) -> Machine:
    return Machine(version_of=lambda name: changes.get(name, installed_version(name)))


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with the detector, something in place of the age model, and their checksums."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / DETECTOR.name).write_bytes(DETECTOR.read_bytes())
    (folder / AGE_MODEL.name).write_bytes(b"ages")
    lines = [f"{file_sha256(path)}  {path.name}\n" for path in folder.iterdir()]
    (folder / SUMS).write_text("".join(lines))
    return folder


def test_nothing_fails_on_this_machine() -> None:
    report = examine()
    assert not report.failed, report.checks
    assert found(report, "CPUExecutionProvider").found.startswith("usable")


def test_every_shipped_model_has_a_checksum() -> None:
    listed = {line.split()[1] for line in (DETECTOR.parent / SUMS).read_text().splitlines()}
    shipped = {p.name for p in DETECTOR.parent.iterdir() if p.suffix in (".onnx", ".tflite")}
    assert listed == shipped


def test_the_runtimes_are_timed_and_the_fastest_is_remembered(tmp_path: Path) -> None:
    memory = tmp_path / "fastest.json"
    report = examine(
        Machine(
            version_of=lambda name: None if name == "openvino" else installed_version(name),
            memory=memory,
        )
    )
    check = found(report, "runtime onnxruntime")
    assert check.state is State.OK
    times = r"\d+\.\d ms to find faces in 1080p, \d+\.\d ms for 8 ages"
    assert re.fullmatch(f"onnxruntime · CPU · float32: {times}", check.found)
    assert not any(check.name == "runtime openvino" for check in report.checks)
    auto = found(report, "--runtime auto").found
    assert auto == "faces by onnxruntime, ages by onnxruntime; remembered as the fastest"
    assert recall(memory, DETECTOR) == recall(memory, AGE_MODEL) == "onnxruntime"


@pytest.mark.skipif(installed_version("tensorrt"), reason="TensorRT is installed")
def test_a_runtime_that_is_there_and_cannot_run_is_a_warning(tmp_path: Path) -> None:
    machine = Machine(
        version_of=lambda name: "11.4" if name == "tensorrt" else installed_version(name),
        memory=tmp_path / "fastest.json",
    )
    check = found(examine(machine), "runtime tensorrt")
    assert check.state is State.WARN
    assert "TensorRT" in check.found


def test_a_changed_model_fails(models: Path) -> None:
    with (models / DETECTOR.name).open("ab") as stream:
        stream.write(b"x")
    check = found(examine(Machine(models=models)), f"model {DETECTOR.name}")
    assert check.state is State.FAIL
    assert "expected" in check.found
    assert check.advice


def test_a_missing_model_fails_and_so_does_running_it(models: Path) -> None:
    (models / DETECTOR.name).unlink()
    report = examine(Machine(models=models))
    assert report.failed
    assert found(report, f"model {DETECTOR.name}").state is State.FAIL
    assert found(report, "CPUExecutionProvider").state is State.FAIL


def test_a_model_without_a_checksum_fails(models: Path) -> None:
    (models / SUMS).write_text(f"{file_sha256(DETECTOR)}  {DETECTOR.name}\n")
    report = examine(Machine(models=models))
    assert found(report, f"model {DETECTOR.name}").state is State.OK
    assert found(report, f"model {AGE_MODEL.name}").state is State.FAIL


@pytest.mark.parametrize("text", [None, "no checksum in here at all\n"])
def test_a_missing_or_damaged_list_of_checksums_fails(models: Path, text: str | None) -> None:
    (models / SUMS).unlink()
    if text:
        (models / SUMS).write_text(text)
    assert found(examine(Machine(models=models)), "models").state is State.FAIL


def test_a_missing_package_fails_and_says_what_to_type() -> None:
    check = found(examine(with_packages({"scipy": None})), "scipy")
    assert check.state is State.FAIL
    assert check.advice == "Install what agescope needs: pip install scipy"


def test_a_missing_extra_is_fine_and_says_what_it_is_for() -> None:
    check = found(examine(with_packages({"pyarrow": None})), "pyarrow")
    assert check.state is State.OK
    assert check.advice == "For Parquet tables: pip install -e '.[parquet]'"


def test_two_opencv_builds_are_a_conflict_with_a_way_out() -> None:
    report = examine(with_packages({"opencv-python": "5.0.0", "opencv-contrib-python": "5.0.0"}))
    check = found(report, "one opencv-python-headless")
    assert check.state is State.WARN
    assert "opencv-python-headless and opencv-python and opencv-contrib-python" in check.found
    assert "pip uninstall" in check.advice


def test_two_onnxruntime_builds_are_a_conflict() -> None:
    report = examine(with_packages({"onnxruntime-gpu": "1.32.0"}))
    assert found(report, "one onnxruntime").state is State.WARN


def test_the_gpu_build_of_onnxruntime_will_do() -> None:
    report = examine(with_packages({"onnxruntime": None, "onnxruntime-gpu": "1.32.0"}))
    assert found(report, "onnxruntime").found == "onnxruntime-gpu 1.32.0"
    assert found(report, "onnxruntime").state is State.OK


def test_a_broken_qt_is_named() -> None:
    check = found(examine(with_packages({"PyQt6-Qt6": "6.11.0"})), "Qt")
    assert check.state is State.WARN


@pytest.mark.parametrize(
    ("environ", "state", "text"),
    [
        ({}, State.WARN, "none"),
        ({"DISPLAY": ":0"}, State.OK, "DISPLAY=:0"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, State.OK, "WAYLAND_DISPLAY=wayland-0"),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, State.WARN, "offscreen"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_the_display_is_the_one_that_qt_would_take(
    environ: dict[str, str], state: State, text: str
) -> None:
    check = found(examine(Machine(environ=environ)), "display")
    assert check.state is state
    assert text in check.found


def test_cameras_are_listed(tmp_path: Path) -> None:
    assert found(examine(Machine(devices=tmp_path)), "cameras").found == "none"
    for number in (0, 2):
        (tmp_path / f"video{number}").touch()
    check = found(examine(Machine(devices=tmp_path)), "cameras")
    assert check.found == f"{tmp_path}/video0, {tmp_path}/video2"


def test_a_camera_without_permission_says_which_group_to_join(tmp_path: Path) -> None:
    (tmp_path / "video0").symlink_to(tmp_path / "unplugged")  # cannot be opened, even by root
    check = found(examine(Machine(devices=tmp_path)), "cameras")
    assert check.state is State.WARN
    assert "usermod -aG video" in check.advice


def test_a_report_becomes_json_as_it_is() -> None:
    report = Report((Check("display", State.WARN, "none", "Plug one in."),))
    assert json.loads(json.dumps(asdict(report)))["checks"] == [
        {"name": "display", "state": "warn", "found": "none", "advice": "Plug one in."}
    ]


@pytest.mark.parametrize(("state", "failed"), [("ok", False), ("warn", False), ("fail", True)])
def test_only_a_failed_check_fails_the_report(state: str, failed: bool) -> None:
    checks = (Check("Python", State.OK, "3.11"), Check("model", State(state), "?"))
    assert Report(checks).failed is failed


def test_an_examination_imports_no_qt() -> None:
    code = (
        "import sys; from app.doctor import examine; examine(); "
        "sys.exit(any(name.startswith('PyQt') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
