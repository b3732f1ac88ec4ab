"""What is done again, and what is not: files, settings, models and outputs that change."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.archive.folder import LocalFolder
from engine.archive.ledger import Ledger, open_ledger
from engine.archive.mark import model_keys
from engine.archive.task import Outcome, Plan, Status, unfinished
from engine.errors import SettingsError, SinkError
from engine.job import Job
from engine.settings import BeliefSettings, RuntimeSettings, Settings
from engine.sinks.options import SinkOptions

SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime"))
MODELS = {name: {"sha256": key, "runtime": "x"} for name, key in model_keys().items()}


@pytest.fixture
def videos(tmp_path: Path) -> list[str]:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.mp4").write_text(name * 10)
    return sorted(str(path) for path in folder.iterdir())


def plan_for(tmp_path: Path, settings: Settings = SETTINGS) -> Plan:
    return Plan(str(tmp_path / "out"), SinkOptions(), settings)


def open_in(tmp_path: Path, videos: list[str], plan: Plan, *, resume: bool = True) -> Ledger:
    return open_ledger(LocalFolder(tmp_path / "out"), videos, plan, resume=resume, version="1")


def finish_all(ledger: Ledger, out: Path) -> None:
    for task in ledger.tasks:
        output = f"{task.name}.faces.csv"
        (out / output).touch()
        job = Job(task.name, task.address, frames=3)
        ledger.record(Outcome(task, Status.DONE, job, outputs=(output,), models=MODELS))


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
    path.write_text(path.read_text().replace(model_keys()["age.onnx"], "0" * 64))
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


def analyse(
    tmp_path: Path,
    videos: list[str],
    outputs: tuple[str, ...],
    *,
    resume: bool = True,
    status: Status = Status.DONE,
    fault: str = "",
) -> list[str]:
    """A run in which every source ends with these outputs: what of an earlier run went."""
    out, plan = tmp_path / "out", plan_for(tmp_path)
    plan = replace(plan, options=SinkOptions(outputs))  # not those of another run
    ledger = open_in(tmp_path, videos, plan, resume=resume)
    removed = []
    for task in ledger.tasks:
        names = tuple(f"{task.name}.{output}" for output in outputs)
        for name in names:
            (out / name).write_text(task.address)
        job = Job(task.name, task.address, **{fault: True} if fault else {})
        removed += ledger.record(Outcome(task, status, job, outputs=names, models=MODELS))
    return removed


def names_in(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if path.name != "manifest.json")


@pytest.mark.parametrize("resume", [True, False])
def test_what_an_earlier_run_wrote_and_this_one_did_not_is_taken_away(
    resume: bool, tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:2], ("contact-1.jpg", "contact-2.jpg"))
    (tmp_path / "out" / "a.notes.txt").touch()
    removed = analyse(tmp_path, videos[:1], ("contact-1.jpg",), resume=resume)
    assert removed == ["a.contact-2.jpg"]
    others = ["b.contact-1.jpg", "b.contact-2.jpg"]
    assert names_in(tmp_path / "out") == ["a.contact-1.jpg", "a.notes.txt", *others]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    assert [(e["name"], e["left"]) for e in manifest] == [("a", []), ("b", [])]
    assert analyse(tmp_path, videos[1:2], ("faces.csv",), resume=resume) == others


@pytest.mark.parametrize("resume", [True, False])
def test_a_source_that_writes_nothing_takes_nothing_away_until_it_does(
    resume: bool, tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:1], ("faces.csv", "annotated.mp4"))
    open_in(tmp_path, videos[:1], plan_for(tmp_path), resume=resume)  # killed before anything ended
    assert analyse(tmp_path, videos[:1], (), resume=resume, status=Status.FAILED) == []
    assert names_in(tmp_path / "out") == ["a.annotated.mp4", "a.faces.csv"]
    assert analyse(tmp_path, videos[:1], ("faces.csv",), resume=resume) == ["a.annotated.mp4"]


@pytest.mark.parametrize("fault", ["by_sink", "by_model", "interrupted"])
def test_old_outputs_stay_until_the_new_ones_could_all_be_written(
    fault: str, tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:1], ("faces.csv", "annotated.mp4"))
    for status in (Status.FAILED, Status.INTERRUPTED, Status.TIMEOUT):
        assert analyse(tmp_path, videos[:1], ("faces.csv",), status=status, fault=fault) == []
    assert names_in(tmp_path / "out") == ["a.annotated.mp4", "a.faces.csv"]
    assert analyse(tmp_path, videos[:1], ("faces.csv",), status=Status.TIMEOUT) == []
    assert analyse(tmp_path, videos[:1], ("faces.csv",)) == ["a.annotated.mp4"]


def test_a_camera_that_is_stopped_has_come_to_its_end(tmp_path: Path) -> None:
    analyse(tmp_path, ["0"], ("faces.csv", "annotated.mp4"))
    stopped = analyse(
        tmp_path, ["0"], ("faces.csv",), status=Status.INTERRUPTED, fault="interrupted"
    )
    assert stopped == ["camera-0.annotated.mp4"]


def test_what_could_not_be_deleted_is_tried_again(
    tmp_path: Path, videos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: LocalFolder, name: str) -> None:
        raise SinkError(f"cannot delete {name}")

    analyse(tmp_path, videos[:1], ("faces.csv", "annotated.mp4"))
    with monkeypatch.context() as patch:
        patch.setattr(LocalFolder, "remove", refuse)
        with pytest.raises(SinkError):
            analyse(tmp_path, videos[:1], ("faces.csv",))
    assert analyse(tmp_path, videos[:1], ("faces.csv",)) == ["a.annotated.mp4"]


def test_what_another_source_of_the_run_writes_is_not_taken_away(tmp_path: Path) -> None:
    """Names change from run to run without --resume: here two sources swap theirs."""
    one, two = str(tmp_path / "x.mp4"), str(tmp_path / "x.mkv")
    for path in (one, two):
        Path(path).write_text(path)
    analyse(tmp_path, [one, two], ("faces.csv", "annotated.mp4"), resume=False)
    names = [
        path.removesuffix(".faces.csv")
        for path in names_in(tmp_path / "out")
        if "faces.csv" in path
    ]
    assert len(names) == 2
    assert len(analyse(tmp_path, [two, one], ("faces.csv",), resume=False)) == 2
    assert names_in(tmp_path / "out") == [f"{name}.faces.csv" for name in names]


@pytest.mark.parametrize("moved", [True, False])
def test_a_file_takes_the_place_of_one_of_the_same_name_with_all_its_outputs(
    moved: bool, tmp_path: Path
) -> None:
    """Pages of one recording beside the tables of another would pass for its own."""
    one, two = tmp_path / "1" / "x.mp4", tmp_path / "2" / "x.mp4"
    for path in (one, two):
        path.parent.mkdir()
        path.write_text(str(path))
    analyse(tmp_path, [str(one)], ("faces.csv", "annotated.mp4"), resume=False)
    if moved:
        one.replace(two)
    again = {"resume": False, "status": Status.FAILED}
    assert analyse(tmp_path, [str(two)], (), **again) == []
    assert analyse(tmp_path, [str(two)], ("faces.csv",), resume=False) == ["x.annotated.mp4"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    assert [(e["address"], e["left"]) for e in manifest] == [(str(two), [])]


def test_what_a_source_left_under_another_name_goes_with_who_takes_its_own(tmp_path: Path) -> None:
    one, two = (str(tmp_path / folder / "x.mp4") for folder in "12")
    for path in (one, two):
        Path(path).parent.mkdir()
        Path(path).write_text(path)
    analyse(tmp_path, [one], ("faces.csv", "vtt"), resume=False)
    analyse(tmp_path, [one, two], (), resume=False, status=Status.FAILED)
    assert analyse(tmp_path, [two], ("faces.csv",), resume=False) == ["x.vtt"]
    assert analyse(tmp_path, [one], ("faces.csv",)) == []
    assert names_in(tmp_path / "out") == ["1-x.faces.csv", "x.faces.csv"]


def test_names_that_only_begin_alike_do_not_disturb_each_other(tmp_path: Path) -> None:
    for stem in ("c.d", "e", "c", "e.f"):
        (tmp_path / f"{stem}.mp4").write_text(stem)
        assert analyse(tmp_path, [str(tmp_path / f"{stem}.mp4")], ("vtt",), resume=False) == []
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"]
    assert [entry["name"] for entry in manifest] == ["e.f", "c", "e", "c.d"]
    assert analyse(tmp_path, [str(tmp_path / "c.mp4")], ("ass",), resume=False) == ["c.vtt"]


def test_a_source_and_what_lies_elsewhere_are_never_taken_away(
    tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:1], ("annotated.mp4", "faces.csv"))
    source, elsewhere = str(tmp_path / "out" / "a.annotated.mp4"), tmp_path / "a.faces.csv"
    elsewhere.touch()
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace('"a.faces.csv"', f'"../{elsewhere.name}"'))
    assert analyse(tmp_path, [videos[0], source], ("faces.jsonl",)) == []
    assert elsewhere.exists()
    assert Path(source).exists()


def test_what_this_program_does_not_write_is_not_taken_away_whatever_the_manifest_says(
    tmp_path: Path, videos: list[str]
) -> None:
    """Manifests of before named what came beside the results while a source was under way."""
    analyse(tmp_path, videos[:1], ("faces.csv", "notes.txt", "second-camera.mp4"))
    assert analyse(tmp_path, videos[:1], ("faces.jsonl",)) == ["a.faces.csv"]
