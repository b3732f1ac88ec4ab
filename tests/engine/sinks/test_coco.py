import json
from pathlib import Path

import pytest

from engine.errors import SinkError
from engine.sinks.coco import CocoFile
from tests.engine.sinks import made


def test_images_and_annotations_refer_to_each_other(tmp_path: Path) -> None:
    with CocoFile(tmp_path / "cam.coco.json", source="cam") as sink:
        sink.write(made.result([[100, 80, 160, 150], [5, 5, 25, 35]], index=0))
        sink.write(made.result([], index=1))
        sink.write(made.result(index=2, looked=False))
        sink.write(made.result(index=3))
        sink.finish(())
    coco = json.loads((tmp_path / "cam.coco.json").read_text())
    assert coco["videos"] == [{"id": 1, "name": "cam"}]
    assert [image["file_name"] for image in coco["images"]] == [
        "cam/000001.jpg", "cam/000002.jpg", "cam/000004.jpg",
    ]  # fmt: skip
    assert [image["frame_id"] for image in coco["images"]] == [0, 1, 3]
    assert {(image["width"], image["height"]) for image in coco["images"]} == {(320, 240)}
    first = coco["annotations"][0]
    assert first["bbox"] == [100, 80, 60, 70]
    assert first["area"] == 4200
    assert first["age_median"] == pytest.approx(20, abs=0.1)
    assert [a["track_id"] for a in coco["annotations"]] == [1, 2, 1]
    assert [a["id"] for a in coco["annotations"]] == [1, 2, 3]
    assert {a["image_id"] for a in coco["annotations"]} <= {i["id"] for i in coco["images"]}
    assert [path.name for path in tmp_path.iterdir()] == ["cam.coco.json"]


def test_pictures_keep_their_names(tmp_path: Path) -> None:
    with CocoFile(tmp_path / "photos.coco.json", source="photos") as sink:
        sink.write(made.result(picture='a "b"\udcff.jpg'))
    coco = json.loads((tmp_path / "photos.coco.json").read_text())
    assert coco["images"][0]["file_name"] == 'a "b"\udcff.jpg'


def test_a_killed_run_leaves_its_lines(tmp_path: Path) -> None:
    sink = CocoFile(tmp_path / "cam.coco.json", source="cam")
    sink.__enter__()
    sink.write(made.result())
    lines = (tmp_path / "cam.coco.json.partial.jsonl").read_text().splitlines()
    assert len(json.loads(lines[0])["annotations"]) == 1
    sink.__exit__(None, None, None)


def test_a_name_that_is_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / "cam.coco.json").mkdir()
    with (
        pytest.raises(SinkError, match=r"cannot write .*cam.coco.json"),
        CocoFile(tmp_path / "cam.coco.json", source="cam") as sink,
    ):
        sink.write(made.result())
