"""What is told while something takes long."""

import io

from app.progress import announcer


def test_each_line_about_loading_is_told_once() -> None:
    stream = io.StringIO()
    announce = announcer(stream)
    for share in (0.0, 0.5, 0.9):
        announce("age.fp16.onnx: building an engine", share)
    announce("yunet.fp16.onnx: building an engine", 0.0)
    assert stream.getvalue() == (
        "agescope: age.fp16.onnx: building an engine\n"
        "agescope: yunet.fp16.onnx: building an engine\n"
    )
