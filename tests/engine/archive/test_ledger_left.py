"""What a run takes away of earlier ones, and what it leaves."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.archive.folder import LocalFolder, beside
from engine.archive.task import Outcome, Status, not_begun, unfinished
from engine.errors import SettingsError, SinkError
from engine.job import Job
from engine.sinks.options import SinkOptions
from tests.engine.archive.books import MODELS, open_in, plan_for


def analyse(
    tmp_path: Path,
    videos: list[str],
    outputs: tuple[str, ...],
    *,
    resume: bool = True,
    status: Status = Status.DONE,
    fault: str = "",
    frames: int = 3,
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
        job = Job(task.name, task.address, frames=frames, **{fault: True} if fault else {})
        removed += ledger.record(Outcome(task, status, job, outputs=names, models=MODELS))
    return removed


def tasks_left(tmp_path: Path, videos: list[str]) -> list[str]:
    """What a run as that of `analyse` would do again."""
    plan = replace(plan_for(tmp_path), options=SinkOptions(("faces.csv",)))
    return [task.name for task in open_in(tmp_path, videos[:2], plan).tasks]


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


def test_a_camera_that_is_stopped_before_its_first_picture_takes_nothing_away(
    tmp_path: Path,
) -> None:
    analyse(tmp_path, ["0"], ("faces.csv", "annotated.mp4"))
    at_once = analyse(
        tmp_path, ["0"], ("faces.csv",), status=Status.INTERRUPTED, fault="interrupted", frames=0
    )
    assert at_once == []


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


@pytest.mark.parametrize("left_there", [True, False])
def test_a_name_that_differs_in_case_alone_is_another_file_only_where_there_are_two(
    left_there: bool, tmp_path: Path
) -> None:
    """Windows and macOS would have written the new results over the old ones."""
    old, new = tmp_path / "Clip.mp4", tmp_path / "clip.mp4"
    old.touch()
    analyse(tmp_path, [str(old)], ("annotated.mp4",))
    old.rename(new)
    if not left_there:
        (tmp_path / "out" / "Clip.annotated.mp4").unlink()
    removed = analyse(tmp_path, [str(new)], ("annotated.mp4",), resume=False)
    assert removed == ["Clip.annotated.mp4"] * left_there
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["sources"][0]["left"] == []
    assert names_in(tmp_path / "out") == ["clip.annotated.mp4"]


def test_from_its_beginning_on_what_an_earlier_run_said_of_a_source_is_not_true_any_more(
    tmp_path: Path, videos: list[str]
) -> None:
    """Killed in the middle, its outputs may be of either run; resumed, it is done anew."""
    analyse(tmp_path, videos[:2], ("faces.csv",))
    other = open_in(tmp_path, videos[:2], plan_for(tmp_path))
    other.begin("a")
    assert tasks_left(tmp_path, videos) == ["a"]
    assert analyse(tmp_path, videos[:1], ("annotated.mp4",)) == ["a.faces.csv"]


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("ended", [True, False])
def test_what_a_killed_source_had_written_goes_with_its_next_run_and_what_was_there_stays(
    resume: bool, ended: bool, tmp_path: Path, videos: list[str]
) -> None:
    """Files get their names before the ledger is told of any: a kill in between must be seen."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.vtt").write_text("the user's own")
    killed = open_in(tmp_path, videos[:1], plan_for(tmp_path))
    killed.begin("a")
    for name in ("a.faces.csv", "a.annotated.mp4", "a.contact-1.jpg", "a.notes.txt", "b.vtt"):
        (out / name).touch()
    if ended:  # as when its worker dies, or storage does not take all files
        killed.record(unfinished(killed.tasks[0], Status.FAILED, "died"))
    removed = analyse(tmp_path, videos[:1], ("faces.csv",), resume=resume)
    assert sorted(removed) == ["a.annotated.mp4", "a.contact-1.jpg"]
    assert names_in(out) == ["a.faces.csv", "a.notes.txt", "a.vtt", "b.vtt"]
    assert analyse(tmp_path, videos[:1], ("tracks.csv",), resume=resume) == ["a.faces.csv"]


@pytest.mark.parametrize("resume", [True, False])
def test_a_source_whose_turn_never_came_is_as_it_was(
    resume: bool, tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:2], ("faces.csv",))
    other = open_in(tmp_path, videos[:2], plan_for(tmp_path), resume=resume)
    for task in other.tasks:
        other.record(not_begun(task))
    assert [entry.status for entry in other.entries()] == [Status.INTERRUPTED] * 2
    assert tasks_left(tmp_path, videos) == []


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("killed", [True, False])
@pytest.mark.parametrize("status", [Status.INTERRUPTED, Status.FAILED, Status.TIMEOUT])
def test_what_an_earlier_run_did_whole_stays_until_it_is_done_again(
    status: Status, killed: bool, resume: bool, tmp_path: Path, videos: list[str]
) -> None:
    """However often the new run is killed or ends before: the manifest says what it said."""
    out, manifest = tmp_path / "out", tmp_path / "out" / "manifest.json"
    analyse(tmp_path, videos[:1], ("faces.csv", "vtt"))
    before = manifest.read_text()
    if killed:
        open_in(tmp_path, videos[:1], plan_for(tmp_path), resume=resume).begin("a")
    again = open_in(tmp_path, videos[:1], plan_for(tmp_path), resume=resume)
    assert [task.stands for task in again.tasks] == [True]
    again.begin("a")
    beside(out, "a").mkdir()
    assert again.record(unfinished(again.tasks[0], status, "why")) == []
    assert manifest.read_text() == before
    assert names_in(out) == ["a.faces.csv", "a.vtt"]
    (entry,) = again.entries()
    assert (entry.status, entry.outputs) == (status, ("a.faces.csv", "a.vtt"))
    assert entry.summary["earlier_results"] is True
    assert analyse(tmp_path, videos[:1], ("faces.csv",), resume=resume) == ["a.vtt"]


def test_what_took_its_place_before_its_process_died_is_not_taken_for_the_earlier_run(
    tmp_path: Path, videos: list[str]
) -> None:
    analyse(tmp_path, videos[:1], ("faces.csv",))
    again = open_in(tmp_path, videos[:1], plan_for(tmp_path), resume=False)
    again.begin("a")
    (tmp_path / "out" / "a.annotated.mp4").touch()
    again.record(unfinished(again.tasks[0], Status.FAILED, "died"))
    assert tasks_left(tmp_path, videos[:1]) == ["a"]
    assert analyse(tmp_path, videos[:1], ("faces.csv",)) == ["a.annotated.mp4"]


@pytest.mark.parametrize("change", ["source", "output", "status"])
def test_what_no_earlier_run_did_whole_does_not_stand(
    change: str, tmp_path: Path, videos: list[str]
) -> None:
    status = Status.FAILED if change == "status" else Status.DONE
    analyse(tmp_path, videos[:1], ("faces.csv",), status=status)
    if change == "source":
        Path(videos[0]).write_text("another")
    elif change == "output":
        (tmp_path / "out" / "a.faces.csv").unlink()
    again = open_in(tmp_path, videos[:1], plan_for(tmp_path), resume=False)
    assert [task.stands for task in again.tasks] == [False]


def test_a_report_that_cannot_be_written_whole_leaves_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, to: Path) -> None:
        raise OSError(errno.EDQUOT, f"Disk quota exceeded: {to}")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(SinkError, match=r"report\.html: disk quota exceeded: .*html\.$"):
        LocalFolder(tmp_path).write("report.html", b"faces")
    assert list(tmp_path.iterdir()) == []


def test_one_run_at_a_time_writes_into_a_folder(tmp_path: Path) -> None:
    one, other = LocalFolder(tmp_path), LocalFolder(tmp_path)
    with one.alone(), pytest.raises(SettingsError, match="another run"), other.alone():
        pytest.fail("two at once")
    with other.alone():
        assert list(tmp_path.iterdir()) == []
