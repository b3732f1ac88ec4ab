from pathlib import Path

import numpy as np
import pytest

from app.report.overview import Overview, gather, interval_90
from app.report.words import headline, limits, shown_rows
from engine.archive.folder import LocalFolder
from engine.sinks.digest import SUFFIX
from engine.sinks.tally import Tally
from engine.values.result import Status
from tests.app.report import made


def test_people_of_all_sources_are_summed(tmp_path: Path) -> None:
    made.video(tmp_path, "one", [made.track(1, 30), made.track(2, 31)])
    made.video(tmp_path, "two", [made.track(1, 70)])
    overview = gather(
        LocalFolder(tmp_path), made.summary([made.outcome("one"), made.outcome("two")])
    )
    assert overview.tally.people == 3
    assert sum(overview.tally.bands) == pytest.approx(3, abs=1e-3)
    assert overview.tally.bands[3] == pytest.approx(1.6, abs=0.3)
    assert [name for name, _ in overview.courses] == ["one", "two"]
    assert headline(overview).startswith("3 people came into view in 3.9 s of video from 2 sources")


def test_who_could_not_be_told_is_counted_apart_and_said(tmp_path: Path) -> None:
    unclear = made.track(2, 30, Status.INSUFFICIENT)
    made.video(tmp_path, "cam", [made.track(1, 30), unclear])
    overview = gather(LocalFolder(tmp_path), made.summary([made.outcome("cam")]))
    assert (overview.tally.people, overview.tally.unknown, overview.tally.known) == (2, 1, 1)
    assert sum(overview.tally.bands) == pytest.approx(1, abs=1e-3)
    said = next(limits(overview))
    assert said.startswith("1 of 2 people was too small or too unclear to say: 1 was blurred, ")
    assert "never showed" not in said


def test_what_nobody_suffered_from_is_not_said() -> None:
    overview = Overview(tally=Tally(people=40, unknown=12, too_small=12))
    assert next(limits(overview)) == (
        "12 of 40 people were too small or too unclear to say: 12 never showed a face of 32 px. "
        "They are in no number about ages."
    )


def test_one_visitor_has_an_age_and_no_average(tmp_path: Path) -> None:
    made.video(tmp_path, "cam", [made.track(1, 30)])
    overview = gather(LocalFolder(tmp_path), made.summary([made.outcome("cam")]))
    assert headline(overview) == (
        "One person came into view in 2 s of video from one source. "
        "The age is about 30 years (90 % interval 23 to 37). The visit lasted 2 s."
    )


def test_pictures_count_faces_and_have_no_dwell(tmp_path: Path) -> None:
    made.pictures(tmp_path, "photos", ["a.jpg", "b.jpg"])
    overview = gather(LocalFolder(tmp_path), made.summary([made.outcome("photos")]))
    assert headline(overview).startswith("2 faces were found in 2 pictures.")
    assert "Visits" not in headline(overview)
    assert {person.picture for person in overview.people} == {"a.jpg", "b.jpg"}


def test_a_missing_a_damaged_and_an_unreadable_digest_are_said(tmp_path: Path) -> None:
    (tmp_path / f"torn{SUFFIX}").write_text('{"format": 1')
    (tmp_path / f"odd{SUFFIX}").mkdir()
    failed = made.outcome("gone" * 80, frames=0, people=0, errors=["cannot open gone.mp4"])
    sources = [made.outcome("torn"), made.outcome("odd"), failed]
    overview = gather(LocalFolder(tmp_path), made.summary(sources))
    assert overview.without == 3
    told = " ".join(limits(overview))
    assert "could not be analysed at all: 1 of 3" in told
    assert "have no readable digest and are in the table only: 2 of 3" in told
    assert headline(overview) == (
        "Nobody could be counted in what was analysed. "
        "Not everything could be analysed: 3 of 3 sources had problems."
    )


def test_the_headline_says_what_is_missing_and_what_was_not_settled(tmp_path: Path) -> None:
    made.video(tmp_path, "cam", [made.track(1, 30), made.track(2, 40)])
    cut = made.outcome("cut", frames=9, errors=["cut.mp4 breaks off"])
    overview = gather(LocalFolder(tmp_path), made.summary([made.outcome("cam"), cut]))
    overview.tally = overview.tally.model_copy(update={"provisional": 1})
    assert "Not everything could be analysed: 1 of 2 sources had problems." in headline(overview)
    assert "An age can be told for everybody, roughly for 1: the middle" in headline(overview)
    nobody = gather(LocalFolder(tmp_path), made.summary([]))
    assert headline(nobody) == "Nobody was seen in what was analysed."


def test_of_thousands_of_sources_the_report_keeps_its_size(tmp_path: Path) -> None:
    made.video(tmp_path, "cam0", [made.track(n, 20 + n) for n in range(1, 6)])
    digest = (tmp_path / f"cam0{SUFFIX}").read_bytes()
    for n in range(1, 300):
        (tmp_path / f"cam{n}{SUFFIX}").write_bytes(digest)
    sources = [made.outcome(f"cam{n}") for n in range(300)]
    sources[250]["errors"] = ["the file ends too early"]
    overview = gather(LocalFolder(tmp_path), made.summary(sources))
    assert overview.tally.people == 1500
    assert len(overview.people) == 24
    assert len(overview.courses) == 6
    assert [row.outcome.source for row in shown_rows(overview.rows, 3)] == [
        "cam250",
        "cam0",
        "cam1",
    ]


def test_nine_of_ten_intervals_hold_the_true_number() -> None:
    draw = np.random.default_rng(7)
    held = []
    for _ in range(400):
        shares = draw.beta(0.4, 1.6, size=30)
        low, high = interval_90(shares.sum(), float((shares * (1 - shares)).sum()), 30)
        held.append(low <= (draw.random(30) < shares).sum() <= high)
    assert 0.85 <= np.mean(held) <= 0.97


def test_an_interval_stays_between_nobody_and_everybody() -> None:
    assert interval_90(0.1, 0.09, 1) == (0.0, pytest.approx(0.5935))
    assert interval_90(2.9, 0.2, 3)[1] == 3.0
