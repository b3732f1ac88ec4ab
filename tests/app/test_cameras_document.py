import os
import stat
from pathlib import Path

import pytest

from app.cameras_document import CamerasDocument
from app.settings_file import write_changed
from engine.cameras_file import Camera, Zone, load_cameras
from engine.errors import SettingsError
from engine.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "assets" / "cameras.example.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text(EXAMPLE.read_text())
    return path


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def zones_of(file: Path, name: str) -> tuple[Zone, ...]:
    return next(c for c in load_cameras(file).cameras if c.name == name).zones


def test_what_is_not_touched_is_written_as_it_was(file: Path) -> None:
    document = CamerasDocument(file)
    zones = zones_of(file, "entrance")
    document.set_zones("entrance", zones, zones)
    document.save()
    assert file.read_text() == EXAMPLE.read_text()


def test_a_file_with_a_byte_order_mark_can_be_edited(file: Path) -> None:
    file.write_text(EXAMPLE.read_text(), encoding="utf-8-sig")
    document = CamerasDocument(file)
    zones = zones_of(file, "entrance")
    document.set_zones("entrance", zones, zones)
    document.save()
    assert file.read_text() == EXAMPLE.read_text()


def test_a_moved_and_a_renamed_zone_keep_their_comments(file: Path) -> None:
    waiting, door, window = zones_of(file, "entrance")
    moved = waiting.model_copy(update={"points": ((0.2, 0.2), (0.5, 0.2), (0.4, 0.8))})
    renamed = door.model_copy(update={"name": "gate"})
    document = CamerasDocument(file)
    document.set_zones("entrance", [moved, renamed, window], (waiting, door, window))
    document.save()
    assert zones_of(file, "entrance") == (moved, renamed, window)
    assert comments(file.read_text()) == comments(EXAMPLE.read_text())


def test_a_new_zone_is_added_to_its_camera(file: Path) -> None:
    desk = Zone(name="desk", kind="area", points=((0.1, 0.1), (0.2, 0.1), (0.2, 0.2)))
    document = CamerasDocument(file)
    before = zones_of(file, "made-up scene")
    document.set_zones("made-up scene", [*before, desk], before)
    document.save()
    assert [zone.name for zone in zones_of(file, "made-up scene")] == ["left half", "desk"]
    assert comments(file.read_text()) == comments(EXAMPLE.read_text())


def test_all_zones_can_be_taken_away_and_drawn_again(file: Path) -> None:
    before = zones_of(file, "entrance")
    document = CamerasDocument(file)
    document.set_zones("entrance", [], zones_of(file, "entrance"))
    document.save()
    assert zones_of(file, "entrance") == ()
    document = CamerasDocument(file)
    document.set_zones("entrance", before, [])
    document.save()
    assert zones_of(file, "entrance") == before


def test_cameras_are_added_changed_moved_and_removed(file: Path) -> None:
    document = CamerasDocument(file)
    scene = document.cameras()[-1]
    document.put(Camera(name="yard", source="rtsp://192.0.2.9/s", fps_cap=5.0))
    document.put(Camera(name="lobby", source="0", effort="fast"), was=scene)
    document.move("yard", -1)
    document.remove("entrance")
    document.save()
    yard, lobby = load_cameras(file).cameras
    assert (yard.name, yard.fps_cap, lobby.name, lobby.effort) == ("yard", 5.0, "lobby", "fast")
    assert [zone.name for zone in lobby.zones] == ["left half"]


def test_a_file_that_does_not_exist_yet_is_begun(tmp_path: Path) -> None:
    document = CamerasDocument(tmp_path / "new" / "cameras.toml")
    assert document.cameras() == ()
    document.put(Camera(name="yard", source="0"))
    document.save()
    assert load_cameras(tmp_path / "new" / "cameras.toml").cameras[0].name == "yard"


def test_nothing_that_is_not_valid_is_written(file: Path) -> None:
    document = CamerasDocument(file)
    document.put(Camera(name="made-up scene", source="0"))
    with pytest.raises(SettingsError, match="there twice"):
        document.save()
    assert file.read_text() == EXAMPLE.read_text()


INLINE = """camera = [
  {name="door", source="rtsp://192.0.2.1/a#1"},
  {name="till", source="0", zone=[{name="pad", kind="blackout", points=[[0,0],[1,0],[1,1]]}]},
]
mqtt = {broker="mqtt://192.0.2.3"}
"""


def test_cameras_in_an_inline_array_are_kept_when_one_is_added(tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text(INLINE)
    before = load_cameras(file)
    document = CamerasDocument(file)
    assert document.cameras() == before.cameras
    document.put(Camera(name="new", source="0"))
    document.save()
    after = load_cameras(file)
    assert after.cameras[:2] == before.cameras
    assert [camera.name for camera in after.cameras] == ["door", "till", "new"]
    assert after.mqtt == before.mqtt


@pytest.mark.parametrize("pad", ["", '{name="pad", kind="area", points=[[0,0],[1,0],[1,1]]}'])
def test_a_zone_is_drawn_beside_zones_in_an_inline_array(tmp_path: Path, pad: str) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text(f'[[camera]]\nname = "a"\nsource = "0"\nzone = [{pad}]\npriority = 2\n')
    before = zones_of(file, "a")
    bed = Zone(name="bed", kind="blackout", points=((0.1, 0.1), (0.2, 0.1), (0.2, 0.2)))
    document = CamerasDocument(file)
    document.set_zones("a", [*before, bed], before)
    document.save()
    assert zones_of(file, "a") == (*before, bed)
    assert load_cameras(file).cameras[0].priority == 2


@pytest.mark.parametrize("comment", ["]  # ours\nmqtt", "  # ours\n]\nmqtt"])
def test_comments_of_an_inline_array_are_not_lost(tmp_path: Path, comment: str) -> None:
    file = tmp_path / "cameras.toml"
    file.write_text(INLINE.replace("]\nmqtt", comment))
    document = CamerasDocument(file)
    assert len(document.cameras()) == 2
    with pytest.raises(SettingsError, match="comments in 'camera = "):
        document.remove("till")
    assert document.text == file.read_text()


BED = """
[[camera.zone]]
name = "bed"  # written while a window was open
kind = "blackout"
points = [[0.6, 0.1], [0.9, 0.1], [0.9, 0.9]]
"""


def test_zones_that_were_written_meanwhile_stay(file: Path) -> None:
    known = zones_of(file, "made-up scene")
    file.write_text(file.read_text().replace("\n# Visits", f"{BED}\n# Visits"))
    desk = Zone(name="desk", kind="area", points=((0.1, 0.1), (0.2, 0.1), (0.2, 0.2)))
    document = CamerasDocument(file)
    document.set_zones("made-up scene", [desk], known)
    document.save()
    assert [zone.name for zone in zones_of(file, "made-up scene")] == ["bed", "desk"]
    assert "written while a window was open" in file.read_text()


@pytest.mark.parametrize("name", ["left half", "bed"])
def test_a_zone_that_is_another_in_the_file_by_now_is_not_overwritten(
    file: Path, name: str
) -> None:
    known = zones_of(file, "made-up scene")
    text = file.read_text().replace("[0.5, 0.0], [0.5, 1.0]", "[0.7, 0.0], [0.7, 1.0]")
    file.write_text(text.replace("\n# Visits", f"{BED}\n# Visits"))
    shape = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2))
    others = [zone for zone in known if zone.name != name]
    with pytest.raises(SettingsError, match=f"another zone '{name}'") as refused:
        CamerasDocument(file).set_zones(
            "made-up scene", [*others, Zone(name=name, kind="area", points=shape)], known
        )
    assert "\n" not in str(refused.value)


def test_values_of_a_camera_that_were_written_meanwhile_stay(file: Path) -> None:
    was = load_cameras(file).cameras[0]
    file.write_text(file.read_text().replace("fps_cap = 15", "fps_cap = 5"))
    document = CamerasDocument(file)
    document.put(was.model_copy(update={"priority": 3}), was)
    assert (document.cameras()[0].fps_cap, document.cameras()[0].priority) == (5, 3)
    with pytest.raises(SettingsError, match="another 'fps_cap' of 'entrance'"):
        document.put(was.model_copy(update={"fps_cap": 10.0}), was)


def test_a_camera_that_is_gone_is_named(file: Path) -> None:
    with pytest.raises(SettingsError, match="no camera 'attic'"):
        CamerasDocument(file).set_zones("attic", [], [])


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def group() -> int:
    """A group that this user may give files to and that new files do not get of themselves."""
    groups = [4242] if os.geteuid() == 0 else [gid for gid in os.getgroups() if gid != os.getegid()]
    if not groups:
        pytest.skip("this user is in one group only")
    return groups[0]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_written_again_is_readable_by_the_same_people(
    file: Path, mode: int, group: int
) -> None:
    os.chown(file, -1, group)
    file.chmod(mode)
    document = CamerasDocument(file)
    document.set_zones("entrance", [], zones_of(file, "entrance"))
    document.save()
    assert mode_of(file) == mode
    assert file.stat().st_gid == group


def test_where_the_group_cannot_be_kept_no_other_group_gets_its_rights(
    file: Path, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError

    os.chown(file, -1, group)
    file.chmod(0o664)
    monkeypatch.setattr(os, "chown", forbid)
    document = CamerasDocument(file)
    document.set_zones("entrance", [], zones_of(file, "entrance"))
    document.save()
    assert mode_of(file) == 0o644


def test_what_is_written_is_never_readable_by_others_on_the_way(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    replace = Path.replace

    def look(partial: Path, target: Path) -> Path:
        seen.append(mode_of(partial))
        return replace(partial, target)

    file.chmod(0o600)
    left = file.with_name(file.name + ".partial")
    left.write_text("of a run that was killed")
    left.chmod(0o666)
    monkeypatch.setattr(Path, "replace", look)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    CamerasDocument(file).save()
    assert seen == [0o600]


def test_new_files_of_cameras_and_settings_are_their_owners_only(tmp_path: Path) -> None:
    document = CamerasDocument(tmp_path / "cameras.toml")
    document.put(Camera(name="yard", source="rtsp://viewer:word@192.0.2.9/s"))
    document.save()
    write_changed(tmp_path / "settings.toml", Settings(), Settings())
    assert mode_of(tmp_path / "cameras.toml") == 0o600
    assert mode_of(tmp_path / "settings.toml") == 0o600
