import os
import subprocess
import sys
from pathlib import Path

from engine.models.shipped import DETECTOR

ROOT = Path(__file__).resolve().parents[2]


def test_running_a_model_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    code = (
        "import sys, engine\nfrom pathlib import Path\nfrom engine.models.onnx import OnnxModel\n"
        "OnnxModel(Path(sys.argv[1]), threads=1).close()"
    )
    silent = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")  # silence it by themselves
    kept = {k: v for k, v in os.environ.items() if k not in silent and not k.startswith("XDG_")}
    subprocess.run(
        [sys.executable, "-c", code, str(DETECTOR)],
        cwd=ROOT,
        env=kept | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
