from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest

from engine.models.onnx import OnnxModel
from engine.sinks.label import Scale, labels_of
from engine.sinks.overlay import draw
from engine.sinks.palette import UNKNOWN, band_of
from engine.sinks.shown import Shown
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.values.frame import Frame
from engine.values.result import Status
from tests.engine.sinks import made

GREY = 90
DASH = "\N{EN DASH}"


def grey(width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), GREY, np.uint8)


def changed(image: np.ndarray) -> np.ndarray:
    return (image != GREY).any(-1)


def count(image: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((image == colour).all(-1).sum())


def test_a_label_tells_median_and_interval_in_whole_years() -> None:
    label = labels_of([made.belief(34, spread=3)], [7])[0]
    assert (label.number, label.age, label.interval) == ("#7", "34", f"(29{DASH}39)")


def test_a_newborn_is_not_minus_one_year_old() -> None:
    label = labels_of([made.belief(0, spread=0.2)], [1])[0]
    assert (label.age, label.interval) == ("0", f"(0{DASH}0)")


def test_nothing_is_claimed_about_a_face_of_too_little_evidence() -> None:
    label = labels_of([made.belief(34, Status.INSUFFICIENT)], [3])[0]
    assert (label.age, label.interval, label.distribution) == ("\N{HORIZONTAL ELLIPSIS}", "", None)
    assert label.colour == UNKNOWN


def test_the_picture_itself_is_left_alone() -> None:
    result = made.result(image=grey(320, 240))
    drawn = draw(result)
    assert not changed(result.frame.image).any()
    assert drawn.shape == (240, 320, 3)
    assert drawn.dtype == np.uint8
    assert changed(drawn).any()


def test_a_read_only_picture_can_be_drawn_on() -> None:
    image = grey(320, 240)
    image.setflags(write=False)
    assert changed(draw(made.result(image=image), Shown(legend=True, landmarks=True))).any()


def test_the_box_has_the_colour_of_the_age_band() -> None:
    for years in (8, 15, 20, 30, 40, 50, 60, 80):
        image = draw(made.result(image=grey(640, 480), beliefs=[made.belief(years)]))
        assert count(image, band_of(years).colour) > 50


def test_a_box_is_closed_only_when_the_belief_is_stable() -> None:
    box = (200, 150, 300, 260)
    for status, closed in ((Status.STABLE, True), (Status.PROVISIONAL, False)):
        result = made.result([box], image=grey(640, 480), beliefs=[made.belief(30, status)])
        left_side = changed(draw(result))[150:260, 198:203].any(1)
        assert left_side[2:-2].all() == closed


def test_a_provisional_belief_is_drawn_hollow() -> None:
    stable, provisional = (
        draw(made.result(image=grey(640, 480), beliefs=[made.belief(30, status, spread=15)]))
        for status in (Status.STABLE, Status.PROVISIONAL)
    )
    shade = tuple(int(channel * 0.55) for channel in band_of(30).colour)
    near = [np.abs(image.astype(int) - shade).max(-1) < 12 for image in (stable, provisional)]
    assert near[0].sum() > 5 * near[1].sum() + 50


def test_no_ink_lies_on_a_face_but_its_box() -> None:
    boxes = [(150 + 70 * i, 200, 210 + 70 * i, 270) for i in range(5)]
    drawn = changed(draw(made.result(boxes, image=grey(640, 480))))
    for x1, y1, x2, y2 in boxes:
        assert not drawn[y1 + 6 : y2 - 6, x1 + 6 : x2 - 6].any()


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (47, 47), (48, 48), (64, 2000), (3840, 2160)])
@pytest.mark.parametrize("n", [0, 1, 50])
def test_any_picture_and_number_of_faces_can_be_drawn(size: tuple[int, int], n: int) -> None:
    width, height = size
    generator = np.random.default_rng(n)
    corners = generator.uniform(-0.1, 1, (n, 2)) * size
    boxes = np.concatenate([corners, corners + generator.uniform(0, 0.5, (n, 2)) * size], 1)
    result = made.result(boxes, image=grey(width, height))
    image = draw(result, Shown(landmarks=True, legend=True, quality=True))
    assert image.shape == (height, width, 3)


def test_boxes_without_area_and_far_outside_do_no_harm() -> None:
    boxes = [(50, 50, 50, 50), (90, 90, 60, 60), (-900, -900, -800, -800), (5e5, 5e5, 6e5, 6e5)]
    draw(made.result(boxes, image=grey(320, 240)), Shown(landmarks=True))


def test_in_a_crowd_labels_are_brief() -> None:
    corners = [(20 + 60 * (i % 10), 40 + 80 * (i // 10)) for i in range(40)]
    boxes = [(x, y, x + 25, y + 30) for x, y in corners]
    drawn = changed(draw(made.result(boxes, image=grey(640, 480))))
    assert drawn.mean() < 0.3


def test_an_unclaimed_face_of_a_video_has_no_label_yet() -> None:
    result = made.result([(200, 150, 300, 260)], image=grey(640, 480))
    unclaimed = draw(
        type(result)(
            result.frame,
            result.faces.with_ids(np.array([-1])),
            result.quality,
            result.estimates,
            result.beliefs,
        )
    )
    assert not changed(unclaimed)[:145].any()
    assert count(unclaimed, UNKNOWN) > 20


def test_a_face_in_a_photograph_has_a_label_without_a_number() -> None:
    result = made.result([(200, 150, 300, 260)], image=grey(640, 480), picture="a.jpg")
    assert changed(draw(result))[:145].any()


def test_text_grows_with_the_picture() -> None:
    sizes = [Scale.of(*wh).text_px for wh in ((640, 480), (1920, 1080), (1080, 1920), (3840, 2160))]
    assert sizes == [13, 26, 26, 52]


def test_the_legend_leaves_out_what_does_not_fit() -> None:
    assert changed(draw(made.result([], image=grey(640, 480)), Shown(legend=True)))[450:].any()
    assert not changed(draw(made.result([], image=grey(200, 200)), Shown(legend=True))).any()


def test_two_threads_draw_what_one_draws() -> None:
    results = [
        made.result([(100, 90, 150, 160)], image=grey(width, 300), beliefs=[made.belief(years)])
        for width, years in ((320, 21), (640, 34), (400, 56), (900, 78))
    ] * 15
    alone = [draw(result).tobytes() for result in results]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda result: draw(result).tobytes(), results))
    assert alone == together


@pytest.mark.data
def test_faces_of_a_real_clip_stay_free_of_ink(
    shared_data: Path, detector_model: OnnxModel
) -> None:
    with av.open(str(shared_data / "videos/preview-classroom.gif")) as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24")
    detect = YuNetDetector(detector_model, DetectorScale(16, 10), score_threshold=0.6)
    boxes = detect(Frame(image, 0, 0.0, 0, "clip")).boxes
    assert len(boxes) >= 3
    drawn = (draw(made.result(boxes, image=image)) != image).any(-1)
    for x1, y1, x2, y2 in boxes.astype(int):
        assert not drawn[y1 + 5 : y2 - 5, x1 + 5 : x2 - 5].any()
