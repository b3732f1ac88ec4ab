"""What is done again, and what is not: files, settings, models and outputs that change."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.archive import mark
from engine.archive.folder import LocalFolder
from engine.archive.ledger import Ledger, open_ledger
from engine.archive.mark import model_keys
from engine.archive.storage import StoredFolder
from engine.archive.task import ModelFacts, Outcome, Plan, Status, unfinished
from engine.errors import SettingsError
from engine.job import Job
from engine.models.model import Running
from engine.models.onnx import OnnxModel
from engine.models.tensorrt import load
from engine.settings import BeliefSettings, RuntimeSettings, Settings
from engine.sinks.options import SinkOptions
from tests.engine.archive.books import MODELS, SETTINGS, facts_for, open_in, plan_for


def finish_all(ledger: Ledger, out: Path, models: ModelFacts = MODELS) -> None:
    for task in ledger.tasks:
        output = f"{task.name}.faces.csv"
        (out / output).write_text("numbers")
        job = Job(task.name, task.address, frames=3)
        sizes = {output: LocalFolder(out).files()[output]}
        ledger.record(
            Outcome(task, Status.DONE, job, outputs=(output,), models=models, sizes=sizes)
        )


def left(tmp_path: Path, videos: list[str], plan: Plan) -> list[str]:
    return [task.name for task in open_in(tmp_path, videos, plan).tasks]


@pytest.fixture
def plan(tmp_path: Path, videos: list[str]) -> Plan:
    """A plan whose sources are all done."""
    plan = plan_for(tmp_path)
    finish_all(open_in(tmp_path, videos, plan), tmp_path / "out")
    return plan


def test_what_is_done_is_left_out_and_still_told(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    ledger = open_in(tmp_path, videos, plan)
    assert ledger.tasks == []
    assert [entry.summary["frames"] for entry in ledger.entries()] == [3, 3, 3]
    assert len(open_in(tmp_path, videos, plan, resume=False).tasks) == 3


@pytest.mark.parametrize("change", ["size", "time", "output"])
def test_a_source_that_changed_is_done_again(
    change: str, tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    if change == "size":
        stat = Path(videos[1]).stat()
        Path(videos[1]).write_text("longer than before")
        os.utime(videos[1], ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif change == "time":
        os.utime(videos[1], ns=(0, 0))
    else:
        (tmp_path / "out" / "b.faces.csv").unlink()
    assert left(tmp_path, videos, plan) == ["b"]


@pytest.mark.parametrize(("text", "changed"), [("cut", ["b"]), ("NUMBERS", [])])
def test_a_source_whose_output_has_another_size_is_done_again(
    text: str, changed: list[str], tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    manifest = tmp_path / "out" / "manifest.json"
    (tmp_path / "out" / "b.faces.csv").write_text(text)  # another time, as a copy has
    before = manifest.read_text()
    assert left(tmp_path, videos, plan) == changed
    earlier = json.loads(before)
    for entry in earlier["sources"]:
        del entry["sizes"]
    manifest.write_text(json.dumps(earlier))
    assert left(tmp_path, videos, plan) == [], "earlier versions wrote no sizes"


def test_in_storage_an_output_of_another_size_is_seen_in_the_one_listing(
    videos: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    plan = replace(plan_for(tmp_path), out=f"file://{out}")

    def ledger() -> Ledger:
        return open_ledger(StoredFolder(plan.out), videos, plan, resume=True, version="1")

    out.mkdir()
    finish_all(ledger(), out)
    monkeypatch.setattr(StoredFolder, "has", None)
    assert ledger().tasks == []
    (out / "b.faces.csv").write_text("cut")
    assert [task.name for task in ledger().tasks] == ["b"]


@pytest.mark.parametrize("change", ["swapped", "renamed", "nothing"])
def test_pictures_under_other_names_are_looked_at_again(change: str, tmp_path: Path) -> None:
    folder, plan = tmp_path / "photos", plan_for(tmp_path)
    folder.mkdir()
    one, two = folder / "1.jpg", folder / os.fsdecode(b"caf\xe9.jpg")
    for path in (one, two):
        path.write_text(path.stem[:1])
    finish_all(open_in(tmp_path, [str(folder)], plan), tmp_path / "out")
    if change != "nothing":
        one.rename(folder / "3.jpg")
    if change == "swapped":
        two.rename(one)
        (folder / "3.jpg").rename(two)
    assert left(tmp_path, [str(folder)], plan) == (["photos"] if change != "nothing" else [])


def test_what_else_lies_beside_the_pictures_does_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / "out"  # the results too
    plan = plan_for(tmp_path)
    folder.mkdir()
    (folder / "1.jpg").write_text("1")
    finish_all(open_in(tmp_path, [str(folder)], plan), folder)
    for name in (".DS_Store", "out.contact-1.jpg"):
        (folder / name).touch()
    assert left(tmp_path, [str(folder)], plan) == []


def test_other_numbers_are_computed_again_and_other_threads_are_not(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    other = Settings(runtime=SETTINGS.runtime, belief=BeliefSettings(reset=0.01))
    assert len(left(tmp_path, videos, replace(plan, settings=other))) == 3
    assert len(left(tmp_path, videos, replace(plan, max_fps=2))) == 3
    assert len(left(tmp_path, videos, replace(plan, options=SinkOptions(("jsonl",))))) == 3
    threads = Settings(runtime=RuntimeSettings(name="onnxruntime", threads=3))
    assert left(tmp_path, videos, replace(plan, settings=threads)) == []


def test_another_model_does_everything_again(tmp_path: Path, videos: list[str], plan: Plan) -> None:
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace(model_keys(plan)["age.onnx"], "0" * 64))
    assert len(left(tmp_path, videos, plan)) == 3


def test_what_tensorrt_has_done_is_left_out_too(
    tmp_path: Path, videos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_gpu(onnx: Path, *_: object) -> OnnxModel:
        model = OnnxModel(onnx, threads=1)
        model.running = Running("tensorrt", "a GPU", "float16", gpu=True)
        return model

    monkeypatch.setattr(load, "load_tensorrt", on_gpu)
    plan = plan_for(tmp_path, Settings(runtime=RuntimeSettings(name="tensorrt")))
    models = facts_for(plan.settings.runtime)
    finish_all(open_in(tmp_path, videos, plan), tmp_path / "out", models)
    assert left(tmp_path, videos, plan) == []


def test_a_model_file_that_is_missing_is_told_when_it_is_loaded(
    tmp_path: Path, videos: list[str], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mark, "AGE_MODEL", tmp_path / "gone.onnx")
    assert len(left(tmp_path, videos, plan)) == 3


@pytest.mark.parametrize("status", [Status.FAILED, Status.TIMEOUT, Status.INTERRUPTED])
def test_what_is_not_done_is_done_again_under_its_name(
    status: Status, tmp_path: Path, videos: list[str]
) -> None:
    plan = plan_for(tmp_path)
    ledger = open_in(tmp_path, videos, plan)
    ledger.record(unfinished(ledger.tasks[0], status, "why"))
    entry = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"][0]
    assert (entry["status"], entry["reason"]) == (status, "why")
    assert left(tmp_path, videos, plan) == ["a", "b", "c"]


def test_new_files_of_the_same_name_do_not_move_the_results_of_old_ones(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    newer = tmp_path / "in" / "0" / "b.mp4"
    newer.parent.mkdir()
    newer.write_text("new")
    assert left(tmp_path, [str(newer), *videos], plan) == ["0-b"]


def test_a_source_never_gets_the_name_of_one_of_an_earlier_run(tmp_path: Path) -> None:
    """One folder of results for many runs, each over other files of the same name."""
    plan, one, two = plan_for(tmp_path), tmp_path / "1" / "x.mp4", tmp_path / "2" / "x.mp4"
    for path in (one, two):
        path.parent.mkdir()
        path.write_text(str(path))
        finish_all(open_in(tmp_path, [str(path)], plan), tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [entry["name"] for entry in manifest["sources"]] == ["2-x", "x"]
    assert left(tmp_path, [str(one)], plan) == left(tmp_path, [str(two)], plan) == []


def test_a_name_that_was_too_long_for_its_results_is_given_up(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    path = tmp_path / "out" / "manifest.json"
    told = path.read_text().replace('"name":"a"', '"name":"%s"' % ("監" * 80))
    path.write_text(told.replace('"status":"done"', '"status":"failed"', 1))
    assert left(tmp_path, videos, plan) == ["a"]


def test_results_that_two_sources_claim_are_those_of_neither(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace('"name":"b"', '"name":"a"'))
    assert left(tmp_path, videos[:1], plan) == ["a"]
    assert left(tmp_path, videos, plan) == ["a", "b"]


def test_the_manifest_is_in_the_order_of_the_sources_and_keeps_others(
    tmp_path: Path, videos: list[str], plan: Plan
) -> None:
    (tmp_path / "d.mp4").write_text("d")
    more = [str(tmp_path / "d.mp4"), videos[2]]
    ledger = open_in(tmp_path, more, plan)
    finish_all(ledger, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [entry["name"] for entry in manifest["sources"]] == ["d", "c", "a", "b"]
    assert [entry.name for entry in ledger.entries()] == ["d", "c"]


def test_a_file_under_two_spellings_is_one_source(
    tmp_path: Path, videos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link.mp4"
    link.symlink_to(videos[0])
    monkeypatch.chdir(tmp_path)
    spelled = ["in/a.mp4", *videos, str(link), "in/../in/a.mp4"]
    for resume in (False, True):
        ledger = open_in(tmp_path, spelled, plan_for(tmp_path), resume=resume)
        assert [task.name for task in ledger.tasks] == ["a", "b", "c"]
        assert ledger.tasks[0].address == "in/a.mp4"
        ledger.record(unfinished(ledger.tasks[0], Status.FAILED, "why"))


def test_two_streams_that_differ_in_what_is_masked_are_two_sources(tmp_path: Path) -> None:
    streams = ["http://host/x?p=1", "http://host/x?p=2"]
    for _ in range(2):
        ledger = open_in(tmp_path, streams, plan_for(tmp_path))
        assert [task.address for task in ledger.tasks] == streams
        assert len({task.name for task in ledger.tasks}) == 2
        for task in ledger.tasks:
            ledger.record(unfinished(task, Status.FAILED, "away"))


def test_cameras_are_never_done(tmp_path: Path) -> None:
    plan = plan_for(tmp_path)
    finish_all(open_in(tmp_path, ["0"], plan), tmp_path / "out")
    assert left(tmp_path, ["0"], plan) == ["camera-0"]


def test_a_damaged_manifest_is_told_with_the_way_out(
    tmp_path: Path, videos: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"format": 1, "sou')
    with pytest.raises(SettingsError, match="Leave out --resume"):
        open_in(tmp_path, videos, plan_for(tmp_path))
    open_in(tmp_path, videos, plan_for(tmp_path), resume=False)
    assert (tmp_path / "out" / "manifest.json.old").read_text() == '{"format": 1, "sou'
    assert "not known and stays" in caplog.text


def test_a_password_in_an_address_is_not_written_down(tmp_path: Path) -> None:
    ledger = open_in(tmp_path, ["rtsp://me:secret@host/x"], plan_for(tmp_path))
    ledger.record(unfinished(ledger.tasks[0], Status.FAILED, "away"))
    assert "secret" not in (tmp_path / "out" / "manifest.json").read_text()
    assert ledger.tasks[0].address == "rtsp://me:secret@host/x"
