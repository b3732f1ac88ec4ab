import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cameras_file import (
    Camera,
    CamerasFileError,
    Problem,
    cameras_schema,
    load_cameras,
    parse_cameras,
)
from engine.cameras_file_watch import CamerasFileWatch, changes_between
from engine.errors import SettingsError
from engine.sources.address import mask_address

EXAMPLE = Path(__file__).resolve().parents[2] / "assets" / "cameras.example.toml"
FILE = Path("cameras.toml")
GOOD = """
[[camera]]
name = "door"
source = "rtsp://admin:hunter2@192.0.2.1/stream"
enabled = true
transport = "udp"
fps_cap = 12
effort = "fast"
priority = 3

  [[camera.zone]]
  name = "desk"
  kind = "area"
  points = [
    [0, 0],     # whole numbers are fine
    [1.0, 0],
    [1, 1],
  ]

  [[camera.zone]]
  name = "gate"
  kind = "line"
  points = [[0.5, 0], [0.5, 1]]

  [[camera.zone]]
  name = "hidden"
  kind = "blackout"
  points = [[0, 0], [0.1, 0], [0.1, 0.1]]

[[camera]]
name = "hall"
source = "0"
"""


def problems_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(CamerasFileError) as caught:
        parse_cameras(text, FILE)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_whole_file_is_read() -> None:
    door, hall = parse_cameras(GOOD, FILE).cameras
    assert (door.name, door.transport, door.fps_cap) == ("door", "udp", 12.0)
    assert (door.effort, door.priority) == ("fast", 3)
    assert [zone.kind for zone in door.zones] == ["area", "line", "blackout"]
    assert door.blackouts == (((0.0, 0.0), (0.1, 0.0), (0.1, 0.1)),)
    assert [zone.name for zone in door.counting_zones] == ["desk", "gate"]
    assert hall == Camera(name="hall", source="0")


def test_the_example_is_valid() -> None:
    assert [camera.name for camera in load_cameras(EXAMPLE).enabled] == ["made-up scene"]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("fps_cap = 12", "fps_cap = -1", 7, "camera 'door': 'fps_cap' should be greater"),
        ("fps_cap = 12", "fps_cap = nan", 7, "'fps_cap'"),
        ("fps_cap = 12", "fps_cap = 0.4", 7, "'fps_cap' should be 0 or at least 1: with fewer"),
        ("fps_cap = 12", "fps_cap = 1e-9", 7, "is followed; got 1e-09"),
        ("priority = 3", "priority = true", 9, "'priority' should be a valid integer"),
        ("enabled = true", "enabled = 1", 5, "'enabled' should be a valid boolean"),
        ("effort =", "efort =", 8, "unknown key 'efort'"),
        ('"udp"', '"sctp"', 6, "'transport' should be 'tcp' or 'udp'; got 'sctp'"),
        ('"area"', '"circle"', 13, "camera 'door', zone 'desk': 'kind' should be"),
        ("[1.0, 0]", "[1.5, 0]", 14, "'points' should be less than or equal to 1; got 1.5"),
        ("[1.0, 0]", "[1.0]", 14, "'points'"),
        ("[[0.5, 0], [0.5, 1]]", "[[0.5, 0]]", 20, "a line has two different points"),
        ("[[0.5, 0], [0.5, 1]]", "[[0.5, 0], [0.5, 0]]", 20, "a line has two different points"),
        ("[0.1, 0], [0.1, 0.1]", "[0.1, 0]", 25, "a blackout is a polygon of three or more"),
        ('name = "hall"', 'name = "door"', 31, "camera 'door' is there twice"),
        ('name = "gate"', 'name = "desk"', 21, "zone 'desk' is there twice"),
        ('name = "hall"', 'name = "../hall"', 31, "'name' "),
        ('source = "0"', "", 30, "camera 'hall': 'source' is missing"),
        ('source = "0"', 'source = "ftp://host/x"', 32, "source begins with ftp://"),
        ('source = "0"', 'source = "rtsp://"', 32, "no whole address"),
        ('source = "0"', 'source = "RTSP:/host/x"', 32, "no whole address"),
        ('source = "0"', 'source = "synthetic:?people=-5"', 32, "people must be a whole number"),
        ('source = "0"', 'source = "screen:?fps=0"', 32, "fps must be a number from 1 to 60"),
        ('source = "0"', 'source = "rtsp://host:99999/x"', 32, "no whole address"),
        ('source = "0"', 'source = "rtsp://ho st/x"', 32, "no whole address"),
        ('source = "0"', 'source = "a\\u0000b"', 32, "control character"),
        ('source = "0"', "source = ", 32, "no valid TOML"),
        ('source = "0"', f"fps_cap = {'1' * 5000}", 33, "no valid TOML"),
        ("fps_cap = 12", f"fps_cap = 0x{'f' * 5000}", 7, "got a number of thousands of digits"),
    ],
)
def test_a_problem_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    assert GOOD.count(old) >= 1
    ((found_line, message),) = problems_of(GOOD.replace(old, new, 1))
    assert told in message
    assert found_line == line


def test_every_problem_is_told_at_once() -> None:
    found = problems_of(GOOD.replace("12", "-1").replace('"udp"', '"sctp"'))
    assert [line for line, _ in found] == [6, 7]


@pytest.mark.parametrize("text", ["", "camera = 3", "[camera]\nname='a'", "x = 1"])
def test_a_file_without_cameras_is_refused(text: str) -> None:
    assert problems_of(text)


def test_multi_line_strings_and_lookalikes_do_not_shift_the_lines() -> None:
    text = '''
[[camera]]
name = "a"
source = """
[[camera]]
name = 3
0"""
fps_cap = "fast"
'''
    assert ("'fps_cap'" in message for _, message in problems_of(text))
    assert 8 in [line for line, _ in problems_of(text)]


def test_no_password_is_in_a_message_or_in_what_is_printed() -> None:
    broken = GOOD.replace("12", "-1").replace("rtsp://", "ftp://")
    assert "hunter2" not in str(problems_of(broken))
    assert "hunter2" not in repr(parse_cameras(GOOD, FILE))
    assert "hunter2" not in str(parse_cameras(GOOD, FILE).cameras[0].shown)
    listed = GOOD.replace('"rtsp://admin:hunter2@192.0.2.1/stream"', '["rtsp://a:hunter2@b"]')
    assert "hunter2" not in str(problems_of(listed))
    for key in ("name", "transport", "effort", "fps_cap"):
        misplaced = f'[[camera]]\n{key} = "rtsp://admin:hunter2@192.0.2.1/stream"\nsource = "0"\n'
        assert problems_of(misplaced)
        assert "hunter2" not in str(problems_of(misplaced))


def test_a_secret_comes_from_the_environment_and_may_hold_any_character(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOOR_PASSWORD", "p@ss/w:rd ${x}")
    camera = Camera(name="a", source="rtsp://admin:${DOOR_PASSWORD}@192.0.2.1/s?k=${DOOR_KEY}")
    monkeypatch.setenv("DOOR_KEY", "plain")
    assert camera.address() == "rtsp://admin:p%40ss%2Fw%3Ard%20%24%7Bx%7D@192.0.2.1/s?k=plain"
    assert "p@ss" not in repr(camera)


def test_a_whole_address_may_be_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", "rtsp://a:b@192.0.2.1/s")
    assert Camera(name="a", source="${DOOR}").address() == "rtsp://a:b@192.0.2.1/s"


def test_a_missing_secret_is_told_of_cameras_that_run_only() -> None:
    text = '[[camera]]\nname = "a"\nenabled = false\nsource = "rtsp://x:${NOT_SET_HERE}@h/"\n'
    assert not parse_cameras(text, FILE).enabled
    ((line, message),) = problems_of(text.replace("false", "true"))
    assert line == 4
    assert "NOT_SET_HERE, which is not set" in message


def test_a_keyring_entry_fills_in_a_secret() -> None:
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend

    class Chest(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return {("cctv", "door"): "s3cret"}.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None: ...

    before = keyring.get_keyring()
    keyring.set_keyring(Chest())
    try:
        camera = Camera(name="a", source="rtsp://u:${keyring:cctv/door}@h/")
        assert camera.address() == "rtsp://u:s3cret@h/"
        assert mask_address("rtsps://h/s3cret?x") == "rtsps://h/${keyring-cctv-door}?x"
        with pytest.raises(SettingsError, match="keyring set cctv nobody"):
            Camera(name="a", source="rtsp://u:${keyring:cctv/nobody}@h/").address()
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("fps_cap", [0, 1, 1.5, 240])
def test_a_rate_at_which_people_can_be_followed_is_taken(fps_cap: float) -> None:
    door = parse_cameras(GOOD.replace("fps_cap = 12", f"fps_cap = {fps_cap}"), FILE).cameras[0]
    assert door.fps_cap == fps_cap


def test_the_schema_tells_which_rates_there_are() -> None:
    rate = cameras_schema()["$defs"]["Camera"]["properties"]["fps_cap"]  # type: ignore[index]
    assert rate["anyOf"] == [{"const": 0}, {"minimum": 1}]


def test_the_schema_knows_every_key() -> None:
    schema = json.dumps(cameras_schema())
    for key in ("camera", "zone", "fps_cap", "blackout", "transport", "priority", "effort"):
        assert f'"{key}"' in schema


@settings(max_examples=100)
@given(st.data())
def test_a_mutated_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    check_a_mutation(data)


@pytest.mark.slow
@settings(max_examples=2000)
@given(st.data())
def test_two_thousand_mutated_files_are_read_or_refused(data: st.DataObject) -> None:
    check_a_mutation(data)


def check_a_mutation(data: st.DataObject) -> None:
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = (
            text[:at] + data.draw(st.text(max_size=6)) + text[at + data.draw(st.integers(0, 9)) :]
        )
    problems: tuple[Problem, ...] = ()
    try:
        parse_cameras(text, FILE)
    except CamerasFileError as error:
        problems = error.problems
    assert all(1 <= problem.line <= text.count("\n") + 2 for problem in problems)


@pytest.mark.parametrize("make", ["missing", "folder", "binary"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, make: str) -> None:
    path = tmp_path / "cameras.toml"
    if make == "folder":
        path.mkdir()
    elif make == "binary":
        path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cameras file"):
        load_cameras(path)


def test_a_change_of_the_file_is_noticed_once(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    path.write_text(GOOD)
    watch = CamerasFileWatch(path)
    assert watch.poll() is None
    os.utime(path, (1, 1))
    assert watch.poll() is None
    path.write_text(GOOD.replace("12", "13"), encoding="utf-8-sig")  # as some editors save it
    changed = watch.poll()
    assert changed is not None
    assert changed.cameras[0].fps_cap == 13
    assert load_cameras(path) == changed
    assert watch.poll() is None


def test_a_broken_change_is_told_once_and_a_replaced_file_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    path.write_text(GOOD)
    watch = CamerasFileWatch(path)
    path.write_text("[[camera]]\n")
    with pytest.raises(SettingsError):
        watch.poll()
    assert watch.poll() is None
    path.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        watch.poll()
    (tmp_path / "new").write_text(GOOD)
    (tmp_path / "new").replace(path)
    assert watch.poll() is not None


def test_only_what_changed_is_done_anew() -> None:
    door, hall = parse_cameras(GOOD, FILE).cameras
    faster = door.model_copy(update={"fps_cap": 5.0})
    undrawn = door.model_copy(update={"zones": door.zones[2:]})
    unmasked = door.model_copy(update={"zones": door.zones[:2]})
    gate = door.model_copy(update={"name": "gate"})
    assert changes_between((door, hall), (hall, door)) == changes_between((), ())
    assert changes_between((door,), (faster,)).rebuilt == (faster,)
    assert changes_between((door,), (undrawn,)).redrawn == (undrawn,)
    assert changes_between((door,), (unmasked,)).rebuilt == (unmasked,)
    assert changes_between((door,), (gate,)).renamed == (("door", "gate"),)
    changes = changes_between((door,), (hall,))
    assert (changes.removed, changes.added) == (("door",), (hall,))
