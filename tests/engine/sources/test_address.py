import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.sources.address import absolute, expand, is_live, mask_address, open_source, source_name
from engine.sources.synthetic import SyntheticSource

ROOT = Path(__file__).resolve().parents[3]


def half(width: int, height: int) -> tuple[int, int]:
    return width // 2, height // 2


def test_a_glob_becomes_what_it_matches_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.mp4", "a.mp4", "c.txt", "deep/d.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert expand(["*.mp4", "0", "c.txt"]) == ["a.mp4", "b.mp4", "0", "c.txt"]
    assert expand(["**/*.mp4"]) == ["a.mp4", "b.mp4", "deep/d.mp4"]


def test_a_glob_without_a_match_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing matches .*\*\.mp4"):
        expand([f"{tmp_path}/*.mp4"])


@pytest.mark.parametrize(
    "address",
    ["rtsp://host/a?b=[1]", "synthetic:?people=5", "screen:?fps=5", "http://host/*", "missing.mp4"],
)
def test_what_is_no_glob_is_left_alone(address: str) -> None:
    assert expand([address]) == [address]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "clip[1].mp4"
    path.touch()
    assert expand([str(path)]) == [str(path)]


SECRET = "s3cr3t"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"rtsp://admin:{SECRET}@cam/1", "rtsp://admin:***@cam/1"),
        (f"rtsp://admin:{SECRET}@cam:554/a?b=c", "rtsp://admin:***@cam:554/a?b=c"),
        (f"rtsp://admin:p@{SECRET}@cam/1", "rtsp://admin:***@cam/1"),
        (f"rtsp://admin:{SECRET}/x@cam/1", "rtsp://admin:***@cam/1"),
        (f"rtsp://admin:12/{SECRET}@cam/1", "rtsp://admin:***@cam/1"),
        (f"rtsp://admin:a#{SECRET}@cam/1", "rtsp://admin:***@cam/1"),
        (f"rtsp://admin:a?{SECRET}@cam/1", "rtsp://admin:***@cam/1"),
        (f"http://cam/v?user=a&password={SECRET}", "http://cam/v?user=a&password=***"),
        (f"http://cam/v?Token={SECRET}&c=1", "http://cam/v?Token=***&c=1"),
        (f"http://cam/v?api_key={SECRET}#key={SECRET}", "http://cam/v?api_key=***#key=***"),
        (f"http://cam/v?pwd={SECRET};x=1", "http://cam/v?pwd=***;x=1"),
        (f"ftp://u:{SECRET}@host/", "ftp://u:***@host/"),
        (
            f"http://cam/v.cgi?loginuse=a&loginpas={SECRET}",
            "http://cam/v.cgi?loginuse=a&loginpas=***",
        ),
        (f"rtsp://cam/live?u=a&psw={SECRET}", "rtsp://cam/live?u=a&psw=***"),
        (f"http://cam/v?token=a_{SECRET}_b&c=1", "http://cam/v?token=***&c=1"),
        (f"http://cam/v?api_key=a_{SECRET}", "http://cam/v?api_key=***"),
        (
            f"rtsp://cam:554/user=a_password={SECRET}_channel=1_stream=0.sdp?real_stream",
            "rtsp://cam:554/user=a_password=***_channel=1_stream=0.sdp?real_stream",
        ),
        (
            f"rtsp://cam:554/user=a_password=x_{SECRET}_y_channel=1.sdp",
            "rtsp://cam:554/user=a_password=***_channel=1.sdp",
        ),
        (f"rtsp://cam/user=a&password={SECRET}&c=1", "rtsp://cam/user=a&password=***&c=1"),
        (f"rtsp://cam/?user=a_password={SECRET}_c=1", "rtsp://cam/?user=a_password=***_c=1"),
        (f"rtsp://cam/a_password={SECRET}/1", "rtsp://cam/a_password=***/1"),
        ("rtsp://cam/password=${keyring:a/b_c}_n=1", "rtsp://cam/password=***_n=1"),
        ("s3://bucket/key=5/x.mp4", "s3://bucket/key=5/x.mp4"),
        ("rtsp://admin@cam/1", "rtsp://admin@cam/1"),
        ("rtsp://cam:554/stream1?channel=1", "rtsp://cam:554/stream1?channel=1"),
        ("clip@home:1.mp4", "clip@home:1.mp4"),
    ],
)
def test_passwords_are_masked(address: str, shown: str) -> None:
    assert mask_address(address) == shown
    assert SECRET not in source_name(address)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("0", "camera-0"),
        ("/dev/video12", "camera-12"),
        ("clips/walk in.mkv", "walk-in"),
        ("клип.mp4", "клип"),
        (f"rtsp://admin:{SECRET}@cam.local:554/live/1", "cam.local-554-live-1"),
        (f"http://cam/v?channel=2&token={SECRET}", "cam-v-channel-2"),
        (f"rtsp://cam/user=a_password={SECRET}_channel=1.sdp", "cam-user-a_channel-1.sdp"),
        ("screen:", "screen"),
        ("synthetic:?people=5&seed=2", "synthetic-people-5-seed-2"),
        ("...", "source"),
        ("x" * 200 + ".mp4", "x" * 80),
        ("監" * 80 + ".mp4", "監" * 66),
    ],
)
def test_names_are_safe_for_files(address: str, name: str) -> None:
    assert source_name(address) == name


@pytest.mark.parametrize("address", ["0", "rtsp://cam/1", "s3://b/x.mp4", "synthetic:", "/x.mp4"])
def test_only_relative_paths_depend_on_the_folder_one_is_in(address: str) -> None:
    assert absolute(address) == address
    assert absolute("in/x.mp4") == str(Path.cwd() / "in/x.mp4")


def test_a_folder_is_named_after_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "2024.01 party"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert source_name(".") == source_name(str(folder)) == "2024.01-party"


def test_a_video_opens_with_its_name_and_a_small_copy(make_clip: Callable[..., Path]) -> None:
    path = make_clip("walk.mp4")
    with open_source(str(path), small_size=half) as source:
        frame = next(iter(source))
    assert (source.info.name, source.info.address) == ("walk", str(path))
    assert frame.source == "walk"
    assert frame.small is not None
    assert frame.small.shape == (120, 160, 3)
    with open_source(str(path), name="walk-2") as source:
        assert source.info.name == "walk-2"


def test_pictures_and_folders_open_as_pictures(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.PNG"), np.zeros((30, 40, 3), np.uint8))
    for address in (tmp_path, tmp_path / "a.PNG"):
        with open_source(str(address)) as source:
            assert source.info.pictures
            assert [frame.picture for frame in source] == ["a.PNG"]


def test_a_folder_whose_name_is_a_number_is_no_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "001").mkdir()
    cv2.imwrite(str(tmp_path / "001" / "a.png"), np.zeros((30, 40, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    assert (source_name("001"), source_name("1")) == ("001", "camera-1")
    assert (is_live("001"), is_live("1"), is_live("/dev/video001")) == (False, True, True)
    with open_source("001") as source:
        assert [frame.picture for frame in source] == ["a.png"]


def test_a_synthetic_scene_opens_with_its_options() -> None:
    address = "synthetic:?people=2&seconds=1&size=320x240&seed=3&rate=10"
    with open_source(address) as source:
        assert isinstance(source, SyntheticSource)
        assert (source.info.width, source.info.height, source.info.rate) == (320, 240, 10)
        assert source.info.frames == 10
        assert len(list(source)) == 10


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("missing.mp4", "missing.mp4 does not exist"),
        ("missing.jpg", "missing.jpg does not exist"),
        ("", "is a directory|does not exist|no pictures"),
        (f"ftp://u:{SECRET}@host/a.mp4", r"ftp://u:\*\*\*@host/a.mp4 is no kind of stream"),
        ("synthetic:?people=0", "people must be a whole number from 1 to 50; got '0'"),
        ("synthetic:?peple=1", "it knows people, seconds, size, rate, seed, layout"),
        ("screen:?fps=999", "fps must be a number from 1 to 60"),
        ("917", "camera 917 cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(
    address: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=message) as caught:
        open_source(address)
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_naming_sources_loads_no_decoder() -> None:
    code = (
        "import sys, engine.sources.address\n"
        "sys.exit(any(name in sys.modules for name in ('av', 'cv2', 'numpy')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("address", "live"),
    [
        ("0", True),
        ("rtsp://door/1", True),
        ("RTSPS://door/1", True),
        ("http://door/mjpeg", True),
        ("screen:", True),
        ("gopher://door", False),
        ("clip.mp4", False),
        ("synthetic:", False),
    ],
)
def test_live_addresses_are_known_before_they_are_opened(address: str, live: bool) -> None:
    assert is_live(address) is live
