from pathlib import Path

import cv2

from engine.sinks.biography import Faces
from engine.sinks.contact_sheet import ContactSheet
from engine.values.result import Status
from tests.engine.sinks import made


def test_pages_fill_up_and_hold_everybody_seen_well(tmp_path: Path) -> None:
    with ContactSheet(tmp_path, "cam", faces=Faces()) as sink:
        for number in range(50):
            picture = f"a very long name of a picture {number}.jpg"
            sink.write(made.result(index=number, picture=picture))
        assert [path.suffix for path in tmp_path.iterdir()] == [".partial"]
        sink.finish(())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cam.contact-1.jpg", "cam.contact-2.jpg",
    ]  # fmt: skip
    first, second = (cv2.imread(str(tmp_path / f"cam.contact-{n}.jpg")) for n in (1, 2))
    assert first.shape == (6 * 168 + 12, 8 * 124 + 12, 3)
    assert second.shape == (168 + 12, 2 * 124 + 12, 3)
    assert second[20:100, 20:100].std() > second[170:, :].std()


def test_who_was_not_seen_well_is_not_on_it(tmp_path: Path) -> None:
    unclear = made.belief(status=Status.INSUFFICIENT)
    with ContactSheet(tmp_path, "cam", faces=Faces()) as sink:
        sink.write(made.result(picture="a.jpg", beliefs=[unclear]))
        sink.finish(())
    assert list(tmp_path.iterdir()) == []


def test_a_face_at_the_border_is_filled_up(tmp_path: Path) -> None:
    with ContactSheet(tmp_path, "cam", faces=Faces()) as sink:
        sink.write(made.result([[-60, -60, 20, 20], [900, 900, 950, 950]], picture="a.jpg"))
        sink.finish(())
    assert (tmp_path / "cam.contact-1.jpg").exists()
