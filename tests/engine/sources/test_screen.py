import shutil
import subprocess
from collections.abc import Iterator

import pytest

from engine.errors import SourceError
from engine.sources.address import open_source


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server of our own."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("Xvfb is not installed")
    with subprocess.Popen(
        [server, "-displayfd", "1", "-screen", "0", "640x480x24", "-noreset", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        yield ":" + process.stdout.readline().decode().strip()
        process.terminate()


def test_the_screen_is_a_live_source(display: str) -> None:
    with open_source(f"screen:?display={display}&size=320x240&fps=30") as source:
        assert source.info.live
        assert (source.info.width, source.info.height) == (320, 240)
        frames = [frame for frame, _ in zip(source, range(4), strict=False)]
    times = [frame.time_s for frame in frames]
    assert times[0] == 0
    assert times == sorted(set(times))
    assert frames[0].image.shape == (240, 320, 3)


def test_without_a_size_all_of_the_screen_is_shown(
    display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with open_source("screen:") as source:
        assert (source.info.width, source.info.height) == (640, 480)
        assert source.info.name == "screen"


def test_a_size_larger_than_the_screen_is_refused(display: str) -> None:
    with pytest.raises(SourceError, match="the size inside it"):
        open_source(f"screen:?display={display}&size=1920x1080")


def test_without_a_display_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(SourceError, match="DISPLAY is not set"):
        open_source("screen:")


def test_a_display_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SourceError, match="the screen :917 cannot be watched"):
        open_source("screen:?display=:917")
