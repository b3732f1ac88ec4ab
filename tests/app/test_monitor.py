import logging
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import app
from app.monitor import Wish, monitor, stay
from engine.cameras_file import CamerasFile, load_cameras
from engine.cameras_file_watch import CamerasFileWatch
from engine.errors import SettingsError
from engine.fleet import Fleet
from engine.notify.outlets import Outlets
from engine.settings import Settings, TrackSettings
from engine.sources.address import open_source
from engine.sources.source import SourceInfo
from engine.supervisor import Limits
from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from tests.engine.zones.seen import seen

CAMERA = '[[camera]]\nname = "{}"\nsource = "{}"\n'
ONE = CAMERA.format("door", "http://192.0.2.1/")
ZONE = (
    '[[camera.zone]]\nname = "left"\nkind = "area"\n'
    "points = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]\n"
)
HOOK = '[[webhook]]\nname = "{}"\nurl = "{}"\nsecret = "0123456789abcdef"\nallow_private = true\n'
APPLY = Outlets.apply
DEADLINE_S = 20.0


class Grey:
    """A live source of grey frames."""

    def __init__(self) -> None:
        self.info = SourceInfo("grey", "grey:", True, False, 320, 240, 50.0, 0, 0.0)
        self.problems: list[str] = []
        self._closed = Event()

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while not self._closed.wait(0.02):
            image = np.full((240, 320, 3), 99, np.uint8)
            yield Frame(image, index, index / 50, time.monotonic_ns(), "grey")
            index += 1

    def close(self) -> None:
        self._closed.set()

    def __enter__(self) -> "Grey":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Nobody:
    """A pipeline that sees nobody, or hangs until it is let go."""

    def __init__(self, hang: Event | None = None) -> None:
        self._hang = hang

    def step(self, frame: Frame) -> FrameResult:
        if self._hang is not None:
            self._hang.wait()
        return seen(frame.time_s, {})

    def finish(self) -> tuple[Track, ...]:
        return ()


class Unloaded:
    """In place of models."""

    def close(self) -> None:
        pass


class Somebody(Nobody):
    """A pipeline that sees one person on the left."""

    def step(self, frame: Frame) -> FrameResult:
        return seen(frame.time_s, {1: (0.2, 0.5)})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text(ONE)
    return path


def test_it_stays_until_it_is_stopped_and_reads_a_changed_file(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    fleet = Fleet(lambda *_: Nobody(), lambda _: Grey(), lambda _: None)
    stop, codes = Event(), []
    with fleet.supervisor:
        fleet.apply(load_cameras(config).enabled)
        watch = CamerasFileWatch(config)
        thread = Thread(
            target=lambda: codes.append(stay(fleet, Outlets(), watch, stop, float("inf")))
        )
        thread.start()
        config.write_text(ONE + ONE.replace("door", "hall"))
        until_s = time.monotonic() + DEADLINE_S
        while fleet.supervisor.names != ("door", "hall"):
            assert time.monotonic() < until_s
            time.sleep(0.02)
        stop.set()
        thread.join()
    assert codes == [0]
    assert f"{config} was read again: added hall; 2 cameras run" in caplog.messages


def test_a_changed_file_whose_cameras_cannot_run_changes_no_receiver_either(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config.write_text(ONE + HOOK.format("old", "https://192.0.2.1/"))
    track = TrackSettings(lost_s=0.9)
    fleet = Fleet(lambda *_: Nobody(), lambda _: Grey(), lambda _: None, track=track)
    outlets, stop = Outlets(), Event()
    outlets.apply(load_cameras(config))
    with fleet.supervisor:
        watch = CamerasFileWatch(config)
        thread = Thread(target=lambda: stay(fleet, outlets, watch, stop, float("inf")))
        thread.start()
        config.write_text(ONE + "fps_cap = 1\n" + HOOK.format("new", "https://192.0.2.1/"))
        until_s = time.monotonic() + DEADLINE_S
        while "the cameras run on as before" not in caplog.text:
            assert time.monotonic() < until_s
            time.sleep(0.02)
        assert watch.problem.startswith("camera 'door': fps_cap")
        config.write_text(ONE + HOOK.format("old", "https://192.0.2.1/"))
        while watch.problem:
            assert time.monotonic() < until_s
            time.sleep(0.02)
        stop.set()
        thread.join()
    assert list(outlets.statuses) == ["webhook old"]
    outlets.close()


class Hindered:
    """The monitor of a file of cameras and receivers that are silent, and of a store that hangs."""

    def __init__(self, config: Path, port: int) -> None:
        self.config = config
        self.store = config.with_name("store.sqlite")
        silent = "".join(CAMERA.format(f"c{n}", f"rtsp://127.0.0.1:{port}/") for n in range(4))
        config.write_text(ONE + ZONE + silent + HOOK.format("hook", f"http://127.0.0.1:{port}/"))
        self.asked_s = 0.0

    def ask(self) -> None:
        """Stop it."""
        self.asked_s = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)

    def ask_in_a_change(self, outlets: Outlets, tables: CamerasFile) -> None:
        """In place of `Outlets.apply`: stop it at the first change."""
        if outlets.statuses:
            self.ask()
        APPLY(outlets, tables)

    def hinder(self, *, change: bool) -> None:
        """Let it wait for all, and then stop it or change its file."""
        while not self.store.exists():
            time.sleep(0.1)
        time.sleep(2.0)
        with closing(sqlite3.connect(self.store, isolation_level=None)) as lock:
            lock.execute("BEGIN IMMEDIATE")
            time.sleep(0.3)
            if change:
                self.config.write_text(ONE)
            else:
                self.ask()
            time.sleep(4.0)


@pytest.mark.parametrize("change", [False, True], ids=["running", "changing"])
def test_the_end_comes_within_two_seconds_though_cameras_receivers_and_store_hang(
    config: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, change: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as mute:
        made = Hindered(config, mute.getsockname()[1])
        monkeypatch.setattr("app.monitor.load_models", lambda *_, **__: Unloaded())
        monkeypatch.setattr("app.monitor.pipelines_for", lambda *_: lambda *_: Somebody())
        monkeypatch.setattr(
            "app.monitor.sources_for",
            lambda *_: lambda c: Grey() if c.name == "door" else open_source(c.address),
        )
        monkeypatch.setattr(Outlets, "apply", lambda *of: made.ask_in_a_change(*of))
        thread = Thread(target=made.hinder, kwargs={"change": change})
        thread.start()
        assert monitor(Wish(config, made.store, for_s=DEADLINE_S), Settings()) == 0
        assert 0.5 < time.monotonic() - made.asked_s < 2.0
        thread.join()
    assert "1 messages were not delivered" in caplog.text


def test_it_ends_by_itself_when_its_time_is_over(config: Path) -> None:
    fleet = Fleet(lambda *_: Nobody(), lambda _: Grey(), lambda _: None)
    with fleet.supervisor:
        began_s = time.monotonic()
        assert stay(fleet, Outlets(), CamerasFileWatch(config), Event(), began_s + 0.5) == 0
    assert time.monotonic() - began_s >= 0.5


def test_its_time_begins_when_the_models_are_loaded(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    config.write_text(ONE.replace("192.0.2.1", "127.0.0.1:1"))
    assert monitor(Wish(config, for_s=0.5), Settings()) == 0
    told = {record.getMessage(): record.created for record in caplog.records}
    assert told["stopping: as asked"] - told[f"1 cameras of {config} are begun"] >= 0.5


def test_it_does_not_start_where_its_settings_let_nobody_be_followed(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("app.monitor.load_models")  # told before they are loaded
    config.write_text(ONE + "fps_cap = 1\n")
    settings = Settings.model_validate({"track": {"lost_s": 0.9}})
    with pytest.raises(SettingsError, match=r"camera 'door': fps_cap 1 .*lost_s = 0\.9"):
        monitor(Wish(config, for_s=0.1), settings)


def test_what_is_told_of_a_camera_that_is_away_holds_no_secret(
    config: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOOR", "tlJwpbo6")
    address = "rtsp://127.0.0.1:1/user=admin_password=${DOOR}_channel=1_stream=0.sdp?real_stream"
    config.write_text(ONE.replace("http://192.0.2.1/", address))
    assert monitor(Wish(config, for_s=1.0), Settings()) == 0
    assert "password=***_channel=1_stream=0.sdp?real_stream cannot be opened" in caplog.text
    assert "tlJwpbo6" not in caplog.text


def test_an_engine_that_stands_still_ends_it_with_an_error(
    config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave = Event()
    limits = Limits(hang_s=60, engine_s=0.5, tick_s=0.1)
    fleet = Fleet(lambda *_: Nobody(leave), lambda _: Grey(), lambda _: None, limits)
    with fleet.supervisor:
        fleet.apply(load_cameras(config).enabled)
        deadline_s = time.monotonic() + DEADLINE_S
        assert stay(fleet, Outlets(), CamerasFileWatch(config), Event(), deadline_s) == 1
        leave.set()
    assert "Start the program again" in caplog.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("monitor --config none.toml", "none.toml cannot be read"),
        ("monitor --config cameras.toml --metrics 9090", "HOST:PORT"),
        ("monitor --config cameras.toml --log-format xml", "text or json"),
        ("cameras broken.toml", "broken.toml:3: camera 'a': 'source' should be"),
        ("export --store none.sqlite", "there is no store"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    config: Path, monkeypatch: pytest.MonkeyPatch, words: str, told: str
) -> None:
    monkeypatch.chdir(config.parent)
    Path("broken.toml").write_text('[[camera]]\nname = "a"\nsource = 5\n')
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == (1 if words.startswith("export") else 2)
    assert told in done.stderr


def test_cameras_names_what_is_missing_here_of_those_that_run(tmp_path: Path) -> None:
    file = tmp_path / "cameras.toml"
    off = '[[camera]]\nname = "yard"\nsource = "yard.mp4"\nenabled = false\n'
    file.write_text('[[camera]]\nname = "hall"\nsource = "hall.mp4"\n' + off)
    done = CliRunner().invoke(app, ["cameras", str(file)])
    assert done.exit_code == 0
    assert "Here hall cannot start: hall.mp4 does not exist. Check the path." in done.stdout
    assert "Here yard" not in done.stdout


def test_schema_example_and_cameras_are_printed(config: Path) -> None:
    for words, told in (
        (["--schema"], '"$schema"'),
        (["--example"], "[[camera.zone]]"),
        ([str(config)], "door"),
    ):
        done = CliRunner().invoke(app, ["cameras", *words])
        assert done.exit_code == 0
        assert told in done.stdout
