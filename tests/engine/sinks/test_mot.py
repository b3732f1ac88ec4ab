from pathlib import Path

import numpy as np

from engine.sinks.mot import MotFile
from engine.sinks.table import FacesTable
from tests.engine.sinks import made


def test_lines_hold_frames_from_one_and_boxes_by_width_and_height(tmp_path: Path) -> None:
    with FacesTable(MotFile(tmp_path / "cam.mot.txt")) as sink:
        sink.write(made.result([[100, 80, 160, 150], [5, 5, 25, 35]], index=0))
        sink.write(made.result([], index=1))
        sink.write(made.result(index=2, looked=False))
        sink.write(made.result(index=3))
    rows = np.loadtxt(tmp_path / "cam.mot.txt", delimiter=",")
    assert rows.tolist() == [
        [1, 1, 100, 80, 60, 70, 0.91, -1, -1, -1],
        [1, 2, 5, 5, 20, 30, 0.91, -1, -1, -1],
        [4, 1, 100, 80, 60, 70, 0.91, -1, -1, -1],
    ]


def test_faces_without_a_track_are_left_out(tmp_path: Path) -> None:
    with FacesTable(MotFile(tmp_path / "photos.mot.txt")) as sink:
        sink.write(made.result(picture="a.jpg"))
    assert (tmp_path / "photos.mot.txt").read_text() == ""
