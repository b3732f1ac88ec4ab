import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from engine.sinks.overlay import Marks, draw
from engine.sinks.patches import Canvas
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


def rgb_of(planes: Planes) -> Image:
    frame = av.VideoFrame.from_ndarray(
        np.concatenate([plane.reshape(-1) for plane in planes]).reshape(-1, SIZE_WH[0]), "yuv420p"
    )
    frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
    return frame.to_ndarray(format="rgb24")


def drawn(marks: Marks, planes: Planes) -> Planes:
    copy = Planes(*(plane.copy() for plane in planes))
    Canvas().draw(copy, marks.touched(), marks.draw)
    return copy


def test_drawing_into_planes_shows_what_drawing_into_the_picture_shows() -> None:
    result = made.result(BOXES, image=smooth(), beliefs=KNOWN)
    planes = planes_of(draw(result))
    found = drawn(Marks.of(result), planes_of(smooth()))
    apart = np.abs(found.luma.astype(int) - planes.luma)
    assert (apart > 3).mean() < 1e-3
    for plane, expected in zip(found[1:], planes[1:], strict=True):
        assert np.abs(plane.astype(int) - expected).mean() < 0.5


@pytest.mark.parametrize(
    "boxes",
    [BOXES, [(20, 20, 620, 340)], [(-50, -50, 900, 900)], [(5e5, 5e5, 6e5, 6e5)], []],
)
def test_nothing_is_drawn_outside_of_what_is_said_to_be_touched(
    boxes: list[tuple[float, ...]],
) -> None:
    result = made.result(boxes, image=smooth())
    for shown in (Shown(), Shown(landmarks=True, legend=False), Shown(boxes=False)):
        marks = Marks.of(result, shown)
        changed = (draw(result, shown) != smooth()).any(-1)
        for x1, y1, x2, y2 in marks.touched():
            assert 0 <= x1 <= x2 <= SIZE_WH[0]
            assert 0 <= y1 <= y2 <= SIZE_WH[1]
            changed[y1:y2, x1:x2] = False
        assert not changed.any()


def test_a_large_face_leaves_most_of_the_picture_alone() -> None:
    touched = Marks.of(made.result([(20, 20, 620, 340)], image=smooth())).touched()
    areas = (touched[:, 2:] - touched[:, :2]).prod(1)
    assert areas.sum() < 0.25 * SIZE_WH[0] * SIZE_WH[1]


def test_what_is_fetched_and_brought_back_undrawn_stays_as_it_was() -> None:
    planes = planes_of(smooth())
    copy = Planes(*(plane.copy() for plane in planes))
    Canvas().draw(copy, np.array([[0, 0, 640, 360], [11, 13, 205, 99]]), lambda _: None)
    for plane, before in zip(copy, planes, strict=True):
        assert np.abs(plane.astype(int) - before).max() <= 1


def test_colours_are_those_of_the_decoder() -> None:
    seen: list[Image] = []
    planes = planes_of(smooth())
    whole = np.array([[0, 0, *SIZE_WH]])
    Canvas().draw(planes, whole, lambda image: seen.append(image.copy()))
    assert np.abs(seen[0].astype(int) - rgb_of(planes)).mean() < 1.5
