"""`analyze` on real clips and real faults, as its users call it."""

import csv
import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from app.analyze import DONE, SOME_FAILED, Wish, analyze_all
from engine.archive.one import Tell, run_here
from engine.archive.pool import Limits
from engine.archive.task import Outcome, Plan, Task
from engine.errors import ModelError, SettingsError
from engine.models.shipped import load_models
from engine.settings import Settings, TrackSettings
from engine.sinks.options import TABLES
from engine.sources.address import open_source
from engine.sources.scene import Scene, Script, write_clip

ROOT = Path(__file__).parents[2]
FACES = (
    "source,frame,time_s,image,track_id,x1,y1,x2,y2,score,quality,estimate_mean,age_mean,"
    "age_median,age_p05,age_p25,age_p75,age_p95,status"
)
TRACKS = (
    "source,track_id,first_s,last_s,frames,estimates,age_mean,age_median,age_p05,age_p25,age_p75,"
    "age_p95,p_under_13,p_under_16,p_under_18,p_over_21,p_over_25,quality,status"
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "people.mp4"
    write_clip(path, Scene(Script(people=2, seconds=3.0, size_wh=(640, 360), seed=3)))
    return path


def run(*arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_two_runs_give_the_same_bytes_and_the_agreed_columns(clip: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert analyze_all([str(clip)], Wish(out=tmp_path / name, quiet=True), Settings()) == 0
    for table, header in (("faces", FACES), ("tracks", TRACKS)):
        one, two = ((tmp_path / n / f"people.{table}.csv").read_bytes() for n in ("one", "two"))
        assert one == two
        assert one.decode().splitlines()[0] == header
        assert len(one.splitlines()) > 2


def test_the_lines_of_the_readme_give_the_numbers_of_the_command(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "video.mp4").symlink_to(clip)
    monkeypatch.chdir(tmp_path)
    analyze_all(["video.mp4"], Wish(out=tmp_path / "out", quiet=True), Settings())
    chapter = (ROOT / "README.md").read_text().split("### As a library")[1]
    exec(compile(chapter.split("```python\n")[1].split("```")[0], "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    rows = rows_of(next(tmp_path.glob("out/*.faces.csv")))
    for row, line in zip(rows, lines, strict=False):
        time_s, track_id, median, status = line.split()
        assert (track_id, status) == (row["track_id"], row["status"])
        assert float(time_s) == pytest.approx(float(row["time_s"]), abs=6e-4)
        assert float(median) == pytest.approx(float(row["age_median"]), abs=6e-3)
    visits = {row["track_id"]: row for row in rows_of(next(tmp_path.glob("out/*.tracks.csv")))}
    assert len(lines) > len(rows) > 10
    for line in lines[len(rows) :]:
        track_id, seconds, *interval = re.findall(r"[\d.]+", line)
        visit = visits[track_id]
        stay_s = float(visit["last_s"]) - float(visit["first_s"])
        assert float(seconds) == pytest.approx(stay_s, abs=2e-3)
        wanted = [float(visit[name]) for name in ("age_p05", "age_p95")]
        assert list(map(float, interval)) == pytest.approx(wanted, abs=6e-3)


def test_the_summary_says_what_was_done_and_with_what(clip: Path, tmp_path: Path) -> None:
    answer = run("analyze", clip, "--out", tmp_path, "--json")
    assert answer.returncode == 0
    summary = json.loads(answer.stdout)
    assert summary == json.loads((tmp_path / "summary.json").read_text())
    source = summary["sources"][0]
    assert source["frames"] == 75
    assert source["seconds"] == pytest.approx(3.0, abs=0.1)
    assert source["people"] >= 1
    assert source["errors"] == []
    assert {"decode", "detect", "estimate"} <= set(source["stage_ms"])
    assert len(summary["models"]["age.onnx"]["sha256"]) == 64


def test_one_bad_source_does_not_stop_the_others(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("this is no video\n" * 50)
    answer = run("analyze", tmp_path / "text.mp4", clip, "--out", tmp_path / "out")
    assert answer.returncode == 1
    assert "text.mp4" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(rows_of(tmp_path / "out" / "people.faces.csv")) > 10


def test_what_is_left_out_of_a_folder_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("empty.mp4", "a", "b", "c", "d"):
        (folder / name).touch()
    for recursive in (False, True):
        wish = Wish(tmp_path / "out", recursive=recursive, report=False)
        assert analyze_all([str(folder)], wish, Settings()) == 1
        assert f"{folder}/c and 1 more. Name a file or folder itself" in capsys.readouterr().err
    analyze_all([str(folder)], Wish(tmp_path / "out", quiet=True, report=False), Settings())
    assert "left out" not in capsys.readouterr().err


def png(path: Path, side: int) -> Path:
    """A PNG that claims to be `side` px square; its data are those of a few rows."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * (side + 1))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    ]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


@pytest.mark.parametrize(
    "case",
    [
        "missing", "empty folder", "text", "zero", "huge picture", "camera", "truncated",
        "long name",
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_line_and_exit_code_1(
    case: str, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.mp4"
    address = str(bad)
    if case == "empty folder":
        bad.mkdir()
    elif case == "text":
        bad.write_text("no video at all\n" * 100)
    elif case == "zero":
        bad.touch()
    elif case == "huge picture":
        address = str(png(tmp_path / "huge.png", 20_000))
    elif case == "camera":
        address = "63"
    elif case == "long name":
        address = str(tmp_path / ("x" * 300 + ".mp4"))
    elif case == "truncated":
        bad.write_bytes(clip.read_bytes()[:20_000])
    code = analyze_all([address], Wish(out=tmp_path / "out", quiet=True), Settings())
    errors = capsys.readouterr().err.strip().splitlines()
    assert code == 1
    assert len(errors) == 1
    assert errors[0].startswith("agescope: ")
    assert len(errors[0]) > 40


def test_a_picture_of_one_pixel_is_done_and_holds_nobody(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((1, 1, 3), np.uint8))
    out = tmp_path / "out"
    assert analyze_all([str(tmp_path / "dot.png")], Wish(out=out, quiet=True), Settings()) == 0
    assert rows_of(out / "dot.faces.csv") == []


def test_pictures_stand_alone(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    scene = Scene(Script(people=2, seconds=3.0, size_wh=(640, 360), seed=3, layout="steady"))
    for index in (30, 40, 50):
        cv2.imwrite(str(folder / f"{index}.png"), scene.render(index)[:, :, ::-1])
    out = tmp_path / "out"
    assert analyze_all([str(folder)], Wish(out=out, quiet=True), Settings()) == 0
    rows = rows_of(out / "photos.faces.csv")
    assert {row["image"] for row in rows} == {"30.png", "40.png", "50.png"}
    assert {row["track_id"] for row in rows} == {"-1"}
    assert rows_of(out / "photos.tracks.csv") == []


def test_file_names_that_are_no_text_are_written_out_and_known_again(
    clip: Path, tmp_path: Path
) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    (odd / "a.mp4").symlink_to(clip)
    (odd / "b.mp4").write_text("no video at all\n" * 100)
    for done in (0, 1):
        answer = run("analyze", odd, "--resume", "--out", tmp_path / "out")
        assert answer.returncode == 1
        assert r"caf\udce9/b.mp4 is no video" in answer.stderr
        assert ("1 of 2 sources were done before" in answer.stdout) == done
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    assert [entry["status"] for entry in manifest] == ["done", "failed"]
    assert r"caf\udce9/b.mp4" in manifest[1]["address"]
    assert r"caf\udce9/b.mp4 is no video" in manifest[1]["reason"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())["sources"]
    assert [r"caf\udce9/" in source["address"] for source in summary] == [True, True]
    assert r"caf\udce9/b.mp4" in (tmp_path / "out" / "report.html").read_text()


def test_pictures_whose_names_are_no_text_are_told_everywhere(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.png")
    scene = Scene(Script(people=2, seconds=3.0, size_wh=(640, 360), seed=3, layout="steady"))
    cv2.imwrite(str(tmp_path / "cafe.png"), scene.render(40)[:, :, ::-1])
    (tmp_path / "cafe.png").rename(odd)
    options = ["--tables", ",".join(TABLES), "--contact-sheet", "--thumbnails"]
    answer = run("analyze", odd, "--out", tmp_path / "out", *options)  # on its own: it may crash
    assert answer.returncode == 0, answer.stderr
    assert {row["image"] for row in rows_of(tmp_path / "out" / "caf.faces.csv")} == {
        r"caf\udce9.png"
    }
    assert r"caf\udce9.png" in (tmp_path / "out" / "report.html").read_text()


def test_a_table_that_is_named_twice_is_written_once(clip: Path, tmp_path: Path) -> None:
    wish = Wish(out=tmp_path, tables=("csv", "mot", "csv"), max_fps=2, quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == DONE
    [source] = json.loads((tmp_path / "summary.json").read_text())["sources"]
    assert source["outputs"] == [
        f"people.{ending}" for ending in ("digest.json", "faces.csv", "mot.txt", "tracks.csv")
    ]


def test_max_fps_looks_at_fewer_frames(clip: Path, tmp_path: Path) -> None:
    wish = Wish(out=tmp_path, max_fps=5, quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    source = summary["sources"][0]
    assert (summary["options"]["max_fps"], source["frames"]) == (5, 75)
    assert "At most 5 frames a second" in (tmp_path / "report.html").read_text()
    assert 14 <= source["frames_looked_at"] <= 17


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["analyze", "x.mp4", "--nonsense"], "nonsense"),
        (["analyze", "*.nothing"], "nothing"),
        (["analyze", "x.mp4", "--tables", "xls"], "xls"),
        (["analyze", "x.mp4", "--max-fps", "0.4"], "at least 1"),
        (["analyze", "x.mp4", "--smallest-face", "2"], "smallest_face_px"),
        (["analyze", "x.mp4", "--out", "/dev/null/out"], "/dev/null"),
        (["watch", "--size", "big"], "1280x720"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], word: str) -> None:
    answer = run(*arguments)
    assert answer.returncode == 2
    assert word in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_rate_at_which_the_settings_let_nobody_be_followed_is_refused(tmp_path: Path) -> None:
    forgetful = Settings.model_validate({"track": {"lost_s": 0.9}})
    wish = Wish(out=tmp_path / "out", max_fps=1)
    with pytest.raises(SettingsError, match=r"--max-fps 1 .*lost_s = 0\.9"):
        analyze_all(["synthetic:"], wish, forgetful)
    assert not wish.out.exists()


@pytest.mark.parametrize(
    ("gap_s", "remedy"), [(3, "Make it at least 3.75"), (50, "Give them as a folder of pictures")]
)
def test_a_recording_whose_pictures_are_too_far_apart_says_why_nobody_is_counted(
    tmp_path: Path, gap_s: int, remedy: str
) -> None:
    scene = Scene(Script(people=1, seconds=1.0, size_wh=(320, 240), seed=3, layout="steady"))
    with av.open(str(tmp_path / "lapse.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=1, width=320, height=240)
        for number in range(5):
            picture = av.VideoFrame.from_ndarray(scene.render(number), "rgb24")
            picture.pts, picture.time_base = number * gap_s, Fraction(1)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    lapse = str(tmp_path / "lapse.mp4")
    assert analyze_all([lapse], Wish(out=tmp_path / "out", quiet=True), Settings()) == SOME_FAILED
    [source] = json.loads((tmp_path / "out/summary.json").read_text())["sources"]
    assert (source["faces"], source["people"]) == (5, 0)
    assert f"its pictures are {gap_s} s apart" in source["errors"][0]
    assert remedy in source["errors"][0]
    assert "Nobody could be counted in" in (tmp_path / "out/report.html").read_text()
    if gap_s == 3:
        patient = Settings(track=TrackSettings(lost_s=3.75))
        wish = Wish(out=tmp_path / "patient", quiet=True)
        assert analyze_all([lapse], wish, patient) == DONE
        assert len(rows_of(tmp_path / "patient/lapse.tracks.csv")) == 1


@pytest.mark.parametrize("faces", [0, 1])
def test_a_video_of_one_picture_says_why_nobody_is_counted(faces: int, tmp_path: Path) -> None:
    scene = Scene(Script(people=1, seconds=1.0, size_wh=(320, 240), seed=3, layout="steady"))
    still = tmp_path / "still.mp4"
    with av.open(str(still), "w") as container:
        stream = container.add_stream("libx264", rate=1, width=320, height=240)
        rgb = scene.render(0) if faces else np.zeros((240, 320, 3), np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode())
    wish = Wish(out=tmp_path / "out", quiet=True)
    assert analyze_all([str(still)], wish, Settings()) == (SOME_FAILED if faces else DONE)
    [source] = json.loads((tmp_path / "out/summary.json").read_text())["sources"]
    assert (source["faces"], source["people"]) == (faces, 0)
    told = ["it holds a single picture" in error for error in source["errors"]]
    assert told == [True] * faces


def test_a_gpu_that_is_lost_on_the_way_leaves_summary_and_report(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pool(
        tasks: list[Task], plan: Plan, _: Limits, tell: Tell, stop: threading.Event
    ) -> Iterator[Outcome]:
        yield from run_here(tasks[:1], plan, load_models(plan.settings.runtime), tell, stop)
        raise ModelError("CUDA: no device.")

    monkeypatch.setattr("app.analyze.run_pool", pool)
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    wish = Wish(out=tmp_path / "out", jobs=2, quiet=True)
    assert analyze_all([str(clip), str(other)], wish, Settings()) == SOME_FAILED
    assert "CUDA: no device. Sources that were not analysed: 1;" in capsys.readouterr().err
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert [source["source"] for source in summary["sources"]] == ["people", "other"]
    assert "could not be analysed at all: 1 of 2" in (tmp_path / "out/report.html").read_text()
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())["sources"]
    assert [(e["name"], e["status"], e["attempts"]) for e in manifest] == [
        ("people", "done", 1),
        ("other", "failed", 1),
    ]


def test_ctrl_c_leaves_whole_tables(tmp_path: Path) -> None:
    work = subprocess.Popen(
        [
            sys.executable, ROOT / "main.py", "analyze",
            "synthetic:?people=2&seconds=600&size=640x360&seed=3",
            "--out", tmp_path, "--annotate",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    partials: list[Path] = []
    began = time.monotonic()
    while time.monotonic() - began < 300:
        partials = [p for p in tmp_path.glob("*.faces.csv.partial") if p.stat().st_size > 3000]
        if partials:
            break
        time.sleep(0.2)
    assert partials, "nothing was written"
    os.kill(work.pid, signal.SIGINT)
    output, _ = work.communicate(timeout=120)
    assert work.returncode == 130, output
    assert "Traceback" not in output
    faces = next(tmp_path.glob("*.faces.csv"))
    assert all(row["status"] for row in rows_of(faces))
    assert rows_of(next(tmp_path.glob("*.tracks.csv")))
    with open_source(str(next(tmp_path.glob("*.annotated.mp4")))) as video:
        frames = sum(1 for _ in video)
    assert frames == json.loads((tmp_path / "summary.json").read_text())["sources"][0]["frames"]


def test_help_is_quick_and_knows_no_qt() -> None:
    code = "import app.cli, sys; assert not {'PyQt6', 'cv2', 'numpy', 'av'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
    answer = run("analyze", "--help")
    assert answer.returncode == 0
    assert "--annotate" in answer.stdout
