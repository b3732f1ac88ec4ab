import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import SinkError, SourceError
from engine.models.onnx import OnnxModel
from engine.sources import portraits
from engine.sources.address import open_source
from engine.sources.portraits import load_portraits
from engine.sources.scene import Scene, Script, bench_scene, demo_scene, write_clip
from engine.sources.synthetic import SyntheticSource
from engine.stages.detect import DetectorScale, YuNetDetector
from engine.values.faces import overlaps
from engine.values.frame import Frame

ROOT = Path(__file__).resolve().parents[3]
SMALL = Script(people=3, seconds=4, size_wh=(640, 360))


@pytest.fixture(scope="module")
def scene() -> Scene:
    return demo_scene()


@pytest.fixture(scope="module")
def detector(detector_model: OnnxModel) -> YuNetDetector:
    return YuNetDetector(detector_model, DetectorScale(20, 20), score_threshold=0.6)


def agreement(scene: Scene, detector: YuNetDetector, index: int) -> tuple[list[float], int]:
    """Overlap of each well visible true face with what the detector finds; false alarms."""
    truth = scene.truth(index)
    found = detector(Frame(scene.render(index), index, 0.0, 0, "scene"))
    if not truth:
        return [], len(found)
    shared = overlaps(np.array([face.box_xyxy for face in truth], np.float32), found.boxes)
    clear = [i for i, face in enumerate(truth) if face.visible > 0.95]
    false_alarms = int((shared.max(0, initial=0) < 0.2).sum())
    return [float(shared[i].max(initial=0)) for i in clear], false_alarms


def test_the_detector_finds_every_clear_face_where_the_scene_says_it_is(
    scene: Scene, detector: YuNetDetector
) -> None:
    checked = []
    for index in range(20, scene.frames, 37):
        shared, false_alarms = agreement(scene, detector, index)
        assert false_alarms == 0, index
        checked.extend(shared)
    assert len(checked) >= 15
    assert min(checked) > 0.6


def test_the_bench_shows_five_clear_faces_in_every_frame(detector: YuNetDetector) -> None:
    scene = bench_scene(3)
    assert (scene.frames, scene.script.size_wh) == (75, (1920, 1080))
    for index in range(0, 75, 10):
        assert [face.visible for face in scene.truth(index)] == [1] * 5
    shared, false_alarms = agreement(scene, detector, 30)
    assert false_alarms == 0
    assert len(shared) == 5
    assert min(shared) > 0.6


def test_people_of_known_age_enter_cross_and_leave(scene: Scene) -> None:
    seen: dict[int, list[int]] = {}
    hidden = set()
    for index in range(scene.frames):
        for face in scene.truth(index):
            seen.setdefault(face.person, []).append(index)
            assert face.age_years in (42, 77)
            if face.box_xyxy[0] > 0 and face.visible < 0.1:
                hidden.add(face.person)
    assert sorted(seen) == [0, 1, 2, 3]
    assert hidden
    assert all(indices[0] > 0 for indices in seen.values())
    assert sum(indices[-1] < scene.frames - 1 for indices in seen.values()) == 3
    for indices in seen.values():
        assert indices == list(range(indices[0], indices[-1] + 1))


def test_the_same_seed_gives_the_same_pictures_in_any_order() -> None:
    first, second = Scene(SMALL), Scene(SMALL)
    order = [70, 5, 40, 41]
    forward = {index: second.render(index) for index in sorted(order)}
    for index in order:
        assert np.array_equal(first.render(index), forward[index])
        assert first.truth(index) == second.truth(index)


def test_another_seed_gives_other_pictures() -> None:
    other = Scene(Script(people=3, seconds=4, size_wh=(640, 360), seed=2))
    assert not np.array_equal(Scene(SMALL).render(50), other.render(50))
    assert Scene(SMALL).truth(50) != other.truth(50)


def test_a_frame_has_the_size_asked_for_and_noise_that_changes() -> None:
    scene = Scene(Script(people=1, seconds=1, size_wh=(321, 241)))
    first, second = scene.render(0), scene.render(1)
    assert first.shape == (241, 321, 3)
    assert not first.flags.writeable
    change = np.abs(first.astype(int) - second)[:60]
    assert 0.5 < change.mean() < 6


@pytest.mark.parametrize("people", [1, 2, 9, 30])
@pytest.mark.parametrize("layout", ["visits", "steady"])
def test_any_number_of_people_appears(people: int, layout: str) -> None:
    scene = Scene(Script(people=people, seconds=8, size_wh=(160, 120), rate=4, layout=layout))
    seen = {face.person for index in range(scene.frames) for face in scene.truth(index)}
    assert seen == set(range(people))


def test_a_source_delivers_the_scene() -> None:
    scene = Scene(SMALL)
    source = SyntheticSource(
        scene, name="scene", address="synthetic:", small_size=lambda w, h: (w // 2, h // 2)
    )
    with source:
        frames = list(source)
    assert len(frames) == source.info.frames == 100
    assert [f.time_s for f in frames] == pytest.approx([i / 25 for i in range(100)])
    assert np.array_equal(frames[33].image, scene.render(33))
    assert frames[0].small is not None
    assert frames[0].small.shape == (180, 320, 3)
    assert not source.info.live


def test_closing_a_scene_ends_it() -> None:
    source = SyntheticSource(Scene(SMALL), name="scene", address="synthetic:")
    seen = []
    for frame in source:
        seen.append(frame.index)
        source.close()
    assert seen == [0]


def test_a_clip_shows_the_scene_in_its_colours(tmp_path: Path) -> None:
    scene = Scene(SMALL)
    path = tmp_path / "scene.mp4"
    write_clip(path, scene)
    assert [p.name for p in tmp_path.iterdir()] == ["scene.mp4"]
    with open_source(str(path)) as source:
        frames = list(source)
    assert len(frames) == 100
    assert source.info.rate == 25
    assert [f.time_s for f in frames] == pytest.approx([i / 25 for i in range(100)])
    original = scene.render(60).astype(int)
    assert np.abs(frames[60].image - original).mean() < 4
    assert np.abs((frames[60].image - original).mean((0, 1))).max() < 2
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"


def test_a_clip_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"cannot write .*nowhere"):
        write_clip(tmp_path / "nowhere" / "scene.mp4", Scene(SMALL))
    assert list(tmp_path.iterdir()) == []


def test_the_portraits_are_read_without_their_packages() -> None:
    code = (
        "import sys\n"
        "from engine.sources.portraits import load_portraits\n"
        "assert [p.age_years for p in load_portraits()] == [77, 42]\n"
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'skimage')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_cut_out_portrait_is_soft_at_its_outline() -> None:
    for portrait in load_portraits():
        assert portrait.image.shape[:2] == portrait.alpha.shape
        x1, y1, x2, y2 = (round(value) for value in portrait.face_xyxy)
        assert portrait.alpha[(y1 + y2) // 2, (x1 + x2) // 2] == 255
        assert portrait.alpha[0].max() < 30
        soft = (portrait.alpha > 20) & (portrait.alpha < 235)
        assert 0.005 < soft.mean() < 0.05


def test_a_missing_portrait_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portraits, "find_spec", lambda _: None)
    load_portraits.cache_clear()
    with pytest.raises(SourceError, match=r"pip install -e '\.\[demo\]'"):
        load_portraits()
