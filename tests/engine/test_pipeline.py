"""The corridor from frames to beliefs, on a made-up scene with known people."""

import threading
from pathlib import Path

import numpy as np
import pytest

from engine.ahead import decoded_ahead
from engine.errors import SinkError, SourceError
from engine.job import Job, run
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Effort, Settings
from engine.sources.address import open_source
from engine.values.faces import Faces, overlaps
from engine.values.frame import Frame
from engine.values.histogram import Histogram
from engine.values.result import FrameResult, Status, Track

SCENE = "synthetic:?people=2&seconds=4&size=640x360&seed=3"


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


@pytest.fixture(scope="module")
def results(models: Models) -> list[FrameResult]:
    pipeline = Pipeline(models, Settings())
    with open_source(SCENE) as source:
        return [pipeline.step(frame) for frame in source]


def test_arrays_of_a_result_belong_together(results: list[FrameResult]) -> None:
    assert any(len(result.faces) for result in results)
    for result in results:
        count = len(result.faces)
        assert len(result.quality) == len(result.beliefs) == count
        assert (result.estimates is None) == (count == 0)
        assert all(abs(float(b.distribution.probs.sum()) - 1) < 1e-3 for b in result.beliefs)


def test_a_belief_grows_with_its_track(results: list[FrameResult]) -> None:
    looks: dict[int, list[float]] = {}
    for result in results:
        for track, belief in zip(result.faces.track_ids, result.beliefs, strict=True):
            looks.setdefault(int(track), []).append(belief.effective_frames)
    longest = max((v for k, v in looks.items() if k > 0), key=len)
    assert longest[-1] > longest[0]


def test_the_small_copy_of_the_decoder_changes_no_box_by_much(models: Models) -> None:
    settings = Settings()
    with_copy, without = Pipeline(models, settings), Pipeline(models, settings)
    size = detector_scale(models, settings).size_for
    with open_source(SCENE, small_size=size) as one, open_source(SCENE) as other:
        for copied, plain in zip(one, other, strict=True):
            boxes = with_copy.step(copied).faces.boxes
            same = without.step(plain).faces.boxes
            assert abs(len(boxes) - len(same)) <= 1
            if len(boxes) and len(same):
                assert overlaps(boxes, same).max(1).min() > 0.7


def test_finish_ends_every_track_and_starts_afresh(models: Models) -> None:
    pipeline = Pipeline(models, Settings())
    with open_source("synthetic:?people=2&seconds=2&size=640x360&seed=3") as source:
        for frame in source:
            last = pipeline.step(frame)
    open_ids = {int(i) for i in last.faces.track_ids if i > 0}
    tracks = pipeline.finish()
    assert open_ids <= {track.track_id for track in tracks}
    assert all(track.frames > 0 and 0 <= track.quality <= 1 for track in tracks)
    assert pipeline.finish() == ()


def test_who_has_left_is_let_go_in_time_where_frames_are_passed_over(models: Models) -> None:
    pipeline = Pipeline(models, Settings())
    with open_source("synthetic:?people=2&seconds=2&size=640x360&seed=3") as source:
        frames = list(source)
    results = [pipeline.step(frame) for frame in frames]
    empty = frames[0].showing(np.full_like(frames[0].image, 90))
    pipeline.step(empty.renumbered(50, 2.0, "empty"))
    results += [
        pipeline.pass_over(empty.renumbered(number, number / 25, "empty"))
        for number in range(51, 110)
    ]
    late_s = [result.frame.time_s - t.last_s for result in results for t in result.ended]
    assert late_s == [pytest.approx(2, abs=0.05)] * 2
    assert pipeline.finish() == ()


@pytest.mark.parametrize(
    ("effort", "lost_s", "allowance_ms"),
    [("balanced", 0.5, 0.0), ("fast", 0.9, 0.0), ("balanced", 2.0, 1e-3), ("fast", 2.0, 1e-3)],
)
def test_who_stands_still_is_followed_however_seldom_frames_are_looked_at(
    models: Models, effort: str, lost_s: float, allowance_ms: float
) -> None:
    said = {"schedule": {"effort": effort}, "track": {"lost_s": lost_s}}
    pipeline = Pipeline(models, Settings.model_validate(said))
    with open_source("synthetic:?people=2&seconds=3&size=640x360&seed=3") as source:
        still = list(source)[-1]
    ids: set[int] = set()
    for index in range(90):
        if index == 40:
            pipeline.allow(allowance_ms)
        frame = Frame(still.image, index, index / 10, 0, "still")
        ids |= {int(i) for i in pipeline.step(frame).faces.track_ids if i > 0}
    assert ids == {1}


def test_low_quality_faces_are_tracked_but_not_estimated(models: Models) -> None:
    settings = Settings.model_validate({"estimate": {"smallest_quality": 1.0}})
    pipeline = Pipeline(models, settings)
    seen = 0
    with open_source(SCENE) as source:
        for frame in source:
            result = pipeline.step(frame)
            seen += len(result.faces)
            if result.estimates is not None:
                assert np.isnan(result.estimates.probs).all()
            assert all(b.status is Status.INSUFFICIENT for b in result.beliefs)
    assert seen


def test_who_is_seen_badly_at_first_is_estimated_once_seen_well(models: Models) -> None:
    settings = Settings.model_validate({"estimate": {"smallest_quality": 0.5}})
    pipeline = Pipeline(models, settings)
    estimated: list[float] = []
    with open_source(SCENE) as source:
        for frame in source:
            dim = (frame.image // 4).astype(np.uint8)
            result = pipeline.step(frame.showing(dim) if frame.time_s < 1.5 else frame)
            if result.estimates is not None and not np.isnan(result.estimates.probs).all():
                estimated.append(frame.time_s)
    assert 1.5 <= estimated[0] <= 2.2
    assert all(track.belief.status is not Status.INSUFFICIENT for track in pipeline.finish())


class Collecting:
    """A sink that keeps what it gets and can fail on demand."""

    def __init__(self, fail_at: int = -1) -> None:
        self.results: list[FrameResult] = []
        self.tracks: tuple[Track, ...] | None = None
        self.closed = False
        self._fail_at = fail_at

    def __enter__(self) -> "Collecting":
        return self

    def write(self, result: FrameResult) -> None:
        if len(self.results) == self._fail_at:
            raise SinkError("cannot write x: no space left on the device")
        self.results.append(result)

    def finish(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks

    def __exit__(self, *_: object) -> None:
        self.closed = True


def test_a_job_completes_its_sinks_when_one_of_them_fails(models: Models) -> None:
    good, bad = Collecting(), Collecting(fail_at=10)
    job = run(open_source(SCENE), Pipeline(models, Settings()), [good, bad])
    assert job.errors == ["cannot write x: no space left on the device"]
    assert good.closed
    assert bad.closed
    assert good.tracks is not None
    assert len(good.results) == 11


def test_a_job_can_be_stopped(models: Models) -> None:
    stop, sink = threading.Event(), Collecting()

    def progress(job: Job) -> None:
        if job.frames == 8:
            stop.set()

    job = run(
        open_source(SCENE), Pipeline(models, Settings()), [sink], progress=progress, stop=stop
    )
    assert job.interrupted
    assert job.frames == 8
    assert sink.closed


class Faulty(Pipeline):
    """A fault that nobody thought of."""

    def step(self, frame: Frame, found: Faces | None = None) -> FrameResult:
        raise ZeroDivisionError(frame.index, found)


@pytest.mark.parametrize("effort", [Effort.BALANCED, Effort.EXHAUSTIVE])
def test_an_unforeseen_fault_leaves_no_thread_that_keeps_the_program_alive(
    models: Models, effort: Effort
) -> None:
    settings = Settings.model_validate({"schedule": {"effort": effort}})
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError) as fault:
        run(open_source(SCENE), Faulty(models, settings), [])
    # Whoever logs the fault holds its traceback, and with it what the threads belong to.
    assert fault.tb is not None
    assert set(threading.enumerate()) <= before


def test_errors_of_a_source_reach_the_reader(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(SourceError):
        list(decoded_ahead(open_source(str(broken)), threading.Event(), Histogram()))


def test_the_histogram_gives_quantiles_within_two_percent() -> None:
    times = np.random.default_rng(0).lognormal(1, 0.7, 20_000)
    histogram = Histogram()
    for value in times:
        histogram.add(float(value))
    for level in (0.5, 0.95):
        assert histogram.quantile(level) == pytest.approx(np.quantile(times, level), rel=0.02)
