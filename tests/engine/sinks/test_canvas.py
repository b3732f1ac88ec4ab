import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from engine.sinks.canvas import PictureCanvas, PlanesCanvas
from engine.sinks.overlay import Marks, draw
from engine.sinks.palette import BANDS
from engine.sinks.plate import Stamp, lay_plate
from engine.sinks.shown import Shown
from engine.values.frame import Image, Planes
from engine.values.result import Status
from tests.engine.sinks import made

SIZE_WH = (640, 360)
BOXES = [
    (100, 80, 180, 170),
    (300.4, 20.2, 380.7, 120.1),
    (520, 200, 700, 420),
    (330, 60, 400, 150),
]
KNOWN = [
    made.belief(8 + 17 * row, Status.STABLE if row % 2 else Status.PROVISIONAL)
    for row in range(len(BOXES))
]


def smooth() -> Image:
    x, y = np.meshgrid(np.linspace(0, 1, SIZE_WH[0]), np.linspace(0, 1, SIZE_WH[1]))
    return (np.stack([x, y, 1 - x], -1) * 150 + 50).astype(np.uint8)


def planes_of(image: Image) -> Planes:
    frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
    return Planes(
        *(
            np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:, : plane.width].copy()
            for plane in frame.planes
        )
    )


def drawn(marks: Marks, planes: Planes) -> Planes:
    copy = Planes(*(plane.copy() for plane in planes))
    marks.draw(PlanesCanvas(copy))
    return copy


@pytest.mark.parametrize(
    ("shown", "apart_in_colour"),
    [(Shown(), 0.5), (Shown(landmarks=True, legend=True, quality=True), 0.6)],
)
def test_drawing_into_planes_shows_what_drawing_into_the_picture_shows(
    shown: Shown, apart_in_colour: float
) -> None:
    result = made.result(BOXES, image=smooth(), beliefs=KNOWN)
    planes = planes_of(draw(result, shown))
    found = drawn(Marks.of(result, shown), planes_of(smooth()))
    apart = np.abs(found.luma.astype(int) - planes.luma)
    assert (apart > 3).mean() < 1e-3
    for plane, expected in zip(found[1:], planes[1:], strict=True):
        assert np.abs(plane.astype(int) - expected).mean() < apart_in_colour


def test_a_stamp_shows_the_same_colours_in_planes_as_in_a_picture() -> None:
    def ink(image: Image) -> None:
        lay_plate(image, 5)
        image[8:20, 8:20] = BANDS[4].colour
        image[8:20, 24:36] = BANDS[1].colour

    stamp = Stamp.of(ink, (60, 30))
    image = smooth()
    PictureCanvas(image).press(stamp, 100, 50)
    planes = planes_of(smooth())
    PlanesCanvas(planes).press(stamp, 100, 50)
    wanted = planes_of(image)
    assert np.abs(planes.luma.astype(int) - wanted.luma).max() <= 2
    for x, y in ((114, 64), (130, 64), (140, 74)):  # the middle of each colour, and the plate
        for plane, expected in zip(planes[1:], wanted[1:], strict=True):
            assert abs(int(plane[y // 2, x // 2]) - int(expected[y // 2, x // 2])) <= 1


@pytest.mark.parametrize(
    "boxes",
    [BOXES, [(20, 20, 620, 340)], [(-50, -50, 900, 900)], [(5e5, 5e5, 6e5, 6e5)], []],
)
def test_any_faces_can_be_drawn_into_planes(boxes: list[tuple[float, ...]]) -> None:
    result = made.result(boxes, image=smooth())
    before = planes_of(smooth())
    found = drawn(Marks.of(result, Shown(landmarks=True)), before)
    inside = changed_in(draw(result, Shown(landmarks=True)))
    assert ((found.luma != before.luma) <= cv2.dilate(inside, np.ones((3, 3)))).all()


def changed_in(image: Image) -> Image:
    return (image != smooth()).any(-1).astype(np.uint8)


def test_labels_and_legend_have_even_places() -> None:
    result = made.result(BOXES, image=np.zeros((361, 643, 3), np.uint8), beliefs=KNOWN)
    marks = Marks.of(result, Shown(legend=True, quality=True))
    assert len(marks.legend) == 1
    assert not (np.concatenate([marks.legend, marks.places]) % 2).any()
