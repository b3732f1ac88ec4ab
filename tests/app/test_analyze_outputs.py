"""What `analyze` leaves beside the tables: report, subtitles, exports, contact sheet."""

import csv
import errno
import json
from dataclasses import replace
from io import FileIO
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.analyze import Wish, analyze_all
from engine.settings import Settings
from engine.sources.scene import Scene, Script, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "people.mp4"
    write_clip(path, Scene(Script(people=2, seconds=3.0, size_wh=(640, 360), seed=3)))
    return path


@pytest.fixture(scope="module")
def results(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    wish = Wish(
        out=out,
        tables=("csv", "mot", "coco"),
        subtitles=True,
        contact_sheet=True,
        thumbnails=True,
        quiet=True,
    )
    assert analyze_all([str(clip)], wish, Settings()) == 0
    return out


def faces_of(results: Path) -> list[dict[str, str]]:
    with (results / "people.faces.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_all_that_was_asked_for_is_there(results: Path) -> None:
    assert {path.name for path in results.iterdir()} >= {
        "report.html",
        "people.digest.json",
        "people.ass",
        "people.vtt",
        "people.contact-1.jpg",
        "people.mot.txt",
        "people.coco.json",
    }


def test_the_report_tells_the_people_of_the_tables(results: Path) -> None:
    with (results / "people.tracks.csv").open(newline="") as stream:
        tracks = list(csv.DictReader(stream))
    page = (results / "report.html").read_text()
    assert f"{len(tracks)} people came into view" in page
    assert page.count("data:image/jpeg;base64,") == len(tracks)
    digest = json.loads((results / "people.digest.json").read_text())
    for person in digest["people"]:
        row = next(row for row in tracks if int(row["track_id"]) == person["track_id"])
        under_18 = sum(person["probs"][:18])
        assert under_18 == pytest.approx(float(row["p_under_18"]), abs=2e-4)


def test_the_exports_hold_the_faces_of_the_table(results: Path) -> None:
    rows = faces_of(results)
    coco = json.loads((results / "people.coco.json").read_text())
    assert len(coco["annotations"]) == len(rows)
    assert [a["bbox"][:2] for a in coco["annotations"]] == [
        [float(row["x1"]), float(row["y1"])] for row in rows
    ]
    mot = np.loadtxt(results / "people.mot.txt", delimiter=",")
    tracked = [row for row in rows if row["track_id"] != "-1"]
    assert mot[:, 0].tolist() == [int(row["frame"]) + 1 for row in tracked]
    assert mot[:, 1].tolist() == [int(row["track_id"]) for row in tracked]


def test_without_a_report_there_is_no_digest_either(clip: Path, tmp_path: Path) -> None:
    wish = Wish(out=tmp_path, report=False, max_fps=2, quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == 0
    assert not {"report.html", "people.digest.json"} & {path.name for path in tmp_path.iterdir()}


def test_a_report_counts_nobody_of_an_earlier_run(clip: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "people.mp4", tmp_path / "out"
    source.write_bytes(clip.read_bytes())
    wish = Wish(out=out, max_fps=2, quiet=True)
    assert analyze_all([str(source)], wish, Settings()) == 0
    assert "came into view" in (out / "report.html").read_text()
    source.write_bytes(b"no video")
    assert analyze_all([str(source)], wish, Settings()) == 1
    page = (out / "report.html").read_text()
    assert "came into view" not in page
    assert "could not be analysed at all: 1 of 1" in page


def test_a_report_that_cannot_be_written_is_one_line_and_exit_code_1(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.html").mkdir()
    wish = Wish(out=tmp_path, max_fps=2, quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == 1
    assert not (tmp_path / "report.html.partial").exists()
    assert capsys.readouterr().err.startswith("agescope: cannot write ")
    assert (tmp_path / "people.tracks.csv").exists()


@pytest.mark.parametrize("source", ["people.mp4", "nothing.mp4"])
def test_a_summary_that_cannot_be_written_is_one_line_and_exit_code_1(
    source: str, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where all was done before, and where the last source tells a fault of its own."""
    wish = Wish(out=tmp_path, max_fps=2, report=False, quiet=True, resume=True)
    assert analyze_all([str(clip)], wish, Settings()) == 0
    (tmp_path / "summary.json").unlink()
    (tmp_path / "summary.json").mkdir()
    assert analyze_all([str(clip.with_name(source))], wish, Settings()) == 1
    assert f"agescope: cannot write {tmp_path / 'summary.json'}: " in capsys.readouterr().err


def test_without_a_report_that_of_an_earlier_run_goes_with_the_digests_it_was_made_of(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.html"
    report.write_text("of somebody else")
    for thumbnails in (False, True):
        wish = Wish(tmp_path, report=thumbnails, thumbnails=thumbnails, max_fps=2, quiet=True)
        assert analyze_all([str(clip)], wish, Settings()) == 0
        assert ("of somebody else" in report.read_text()) is not thumbnails
    unfinished = tmp_path / "report.html.partial"
    unfinished.write_text("faces of a run that was killed")
    assert analyze_all([str(clip)], Wish(tmp_path, report=False, max_fps=2), Settings()) == 0
    told = capsys.readouterr().out
    assert "by this one: people.digest.json, report.html, report.html.partial\n" in told
    assert not report.exists()
    assert not unfinished.exists()


def test_no_output_of_an_earlier_run_stays_beside_new_ones(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def analyze(**wish: bool) -> list[str]:
        code = analyze_all([str(clip)], Wish(tmp_path, report=False, **wish), Settings())
        assert code == 0
        return [path.name for path in sorted(tmp_path.glob("people.*"))]

    tables = ["people.faces.csv", "people.tracks.csv"]
    assert analyze(contact_sheet=True, annotate=True) == [
        "people.annotated.mp4",
        "people.contact-1.jpg",
        *tables,
    ]
    assert "Deleted" not in capsys.readouterr().out
    assert analyze(blur=True, resume=True, json=True) == tables
    told = capsys.readouterr()
    assert "people.annotated.mp4, people.contact-1.jpg" in told.err
    assert "sources" in json.loads(told.out)
    assert analyze(subtitles=True) == ["people.ass", *tables, "people.vtt"]
    assert analyze() == tables
    assert "not written by this one: people.ass, people.vtt\n" in capsys.readouterr().out


def test_options_that_have_no_effect_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((1, 1, 3), np.uint8))
    wish = Wish(tmp_path, ("mot",), annotate=True, subtitles=True, thumbnails=True, report=False)
    assert analyze_all([str(tmp_path / "dot.png")], wish, Settings()) == 0
    told = capsys.readouterr().out
    assert "There is no annotated video and no subtitles of pictures: dot\n" in told
    assert "nobody of pictures, which each stand alone: dot\n" in told
    assert "with --no-report there are none\n" in told


class Full(FileIO):
    """A file on a disk that has no room for the lines of Parquet and COCO."""

    def write(self, piece: memoryview) -> int:  # type: ignore[override]
        if str(self.name).endswith(".partial.jsonl"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(piece)


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_run_that_finds_no_room_takes_nothing_away(
    scheme: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = ("csv", "parquet", "coco")
    wish = Wish(f"{scheme}{tmp_path}", tables, annotate=True, report=False, quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == 0
    before = {path.name for path in tmp_path.iterdir()}
    monkeypatch.setattr("engine.sinks.growing.FileIO", Full)
    assert analyze_all([str(clip)], wish, Settings()) == 1
    assert before <= {path.name for path in tmp_path.iterdir()}
    monkeypatch.undo()
    assert analyze_all([str(clip)], wish, Settings()) == 0
    assert before == {path.name for path in tmp_path.iterdir()}


def test_results_of_an_earlier_run_that_stay_are_told_and_reported(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = Wish(tmp_path, ("csv", "coco"), quiet=True)
    assert analyze_all([str(clip)], wish, Settings()) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.glob("people.*")}
    manifest = (tmp_path / "manifest.json").read_text()
    monkeypatch.setattr("engine.sinks.growing.FileIO", Full)
    assert analyze_all([str(clip)], wish, Settings()) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.glob("people.*")} == before
    assert (tmp_path / "manifest.json").read_text() == manifest
    told = capsys.readouterr().err
    assert f"cannot write {tmp_path / 'people.coco.json'}: no space left" in told
    assert "to their end again: people; the results of the earlier run stay\n" in told
    (source,) = json.loads((tmp_path / "summary.json").read_text())["sources"]
    assert source["earlier_results"] is True
    assert (len(source["errors"]), set(source["outputs"])) == (1, set(before))
    page = (tmp_path / "report.html").read_text()
    assert "2 people came into view" in page
    assert "what an earlier run saw is in: 1 of 1" in page
    assert analyze_all([str(clip)], replace(wish, resume=True), Settings()) == 0
