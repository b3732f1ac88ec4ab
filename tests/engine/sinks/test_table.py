import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import SinkError
from engine.sinks.growing import partial
from engine.sinks.table import CsvFile, FacesTable, JsonLinesFile, TracksTable, columns_of
from engine.values.age import AgeDistribution
from engine.values.result import FrameResult, Status, Track
from tests.engine.sinks import made

ROOT = Path(__file__).parents[3]
FACES_HEADER = (
    "source,frame,time_s,image,track_id,x1,y1,x2,y2,score,quality,estimate_mean,"
    "age_mean,age_median,age_p05,age_p25,age_p75,age_p95,status"
)
TRACKS_HEADER = (
    "source,track_id,first_s,last_s,frames,estimates,age_mean,age_median,age_p05,age_p25,age_p75,"
    "age_p95,p_under_13,p_under_16,p_under_18,p_over_21,p_over_25,quality,status"
)


def run(
    folder: Path,
    results: Iterable[FrameResult],
    tracks: Iterable[Track] = (),
    *,
    distribution: bool = False,
) -> None:
    """Write both tables in both formats."""
    for kind, suffix in ((CsvFile, "csv"), (JsonLinesFile, "jsonl")):
        for sink, table in ((FacesTable, "faces"), (TracksTable, "tracks")):
            columns = columns_of(table, distribution=distribution)
            with sink(kind(folder / f"cam.{table}.{suffix}", columns)) as open_sink:
                for result in results:
                    open_sink.write(result)
                open_sink.finish(tuple(tracks))


def read_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def read_json(path: Path) -> list[dict[str, object]]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return [json.loads(line, parse_constant=refuse) for line in path.read_text().splitlines()]


def test_the_headers_are_the_contract(tmp_path: Path) -> None:
    run(tmp_path, [])
    assert (tmp_path / "cam.faces.csv").read_text() == FACES_HEADER + "\n"
    assert (tmp_path / "cam.tracks.csv").read_text() == TRACKS_HEADER + "\n"
    assert (tmp_path / "cam.faces.jsonl").read_text() == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cam.faces.csv",
        "cam.faces.jsonl",
        "cam.tracks.csv",
        "cam.tracks.jsonl",
    ]


def test_the_whole_distribution_comes_last(tmp_path: Path) -> None:
    run(tmp_path, [made.result()], [made.track()], distribution=True)
    names = ",".join(f"p_{age}" for age in range(101))
    for table, header in (("faces", FACES_HEADER), ("tracks", TRACKS_HEADER)):
        text = (tmp_path / f"cam.{table}.csv").read_text()
        assert text.startswith(f"{header},{names}\n")
        row = read_csv(tmp_path / f"cam.{table}.csv")[0]
        probs = [float(row[f"p_{age}"]) for age in range(101)]
        assert sum(probs) == pytest.approx(1, abs=1e-4)
        assert read_json(tmp_path / f"cam.{table}.jsonl")[0]["distribution"] == probs


def test_a_face_row_tells_what_is_known(tmp_path: Path) -> None:
    belief = made.belief(34)
    result = made.result([(10.04, -0.04, 60.26, 70)], index=50, time_s=2.0004, beliefs=[belief])
    run(tmp_path, [result])
    assert (tmp_path / "cam.faces.csv").read_text().splitlines()[1] == (
        "cam,50,2.000,,1,10.0,0.0,60.3,70.0,0.9100,0.5000,25.00,"
        "34.00,34.00,27.42,31.29,36.71,40.58,stable"
    )
    row = read_json(tmp_path / "cam.faces.jsonl")[0]
    assert list(row) == FACES_HEADER.split(",")
    assert row["frame"] == 50
    assert row["x1"] == 10.0
    assert row["status"] == "stable"


def test_a_track_row_tells_what_is_known(tmp_path: Path) -> None:
    track = made.track(7, years=19)
    run(tmp_path, [made.result(ended=(track,))], [made.track(9)])
    rows = read_csv(tmp_path / "cam.tracks.csv")
    assert [row["track_id"] for row in rows] == ["7", "9"]
    first = rows[0]
    assert (first["first_s"], first["last_s"]) == ("0.040", "1.960")
    assert (first["frames"], first["estimates"], first["quality"]) == ("48", "7", "0.6123")
    distribution = track.belief.distribution
    assert float(first["p_under_18"]) == pytest.approx(
        float(distribution.probability_below(18)), abs=1e-4
    )
    assert float(first["p_over_21"]) == pytest.approx(
        float(distribution.probability_from(21)), abs=1e-4
    )
    assert float(first["age_p05"]) == pytest.approx(float(distribution.quantile(0.05)), abs=0.01)


def test_a_face_not_estimated_in_this_frame_has_no_estimate(tmp_path: Path) -> None:
    result = made.result([(10, 10, 60, 70), (80, 10, 130, 70)])
    probs = result.estimates.probs.copy()
    probs[1] = np.nan
    run(tmp_path, [replace(result, estimates=AgeDistribution(result.estimates.ages, probs))])
    assert [row["estimate_mean"] for row in read_csv(tmp_path / "cam.faces.csv")] == ["25.00", ""]
    assert [row["estimate_mean"] for row in read_json(tmp_path / "cam.faces.jsonl")] == [25, None]


def test_without_evidence_the_row_holds_the_prior(tmp_path: Path) -> None:
    run(tmp_path, [made.result(beliefs=[made.belief(36, Status.INSUFFICIENT)])])
    row = read_csv(tmp_path / "cam.faces.csv")[0]
    assert (row["status"], row["age_median"]) == ("insufficient", "36.00")


def test_a_frame_passed_over_has_no_rows(tmp_path: Path) -> None:
    run(tmp_path, [made.result(index=0), made.result(index=1, looked=False), made.result(index=2)])
    assert [row["frame"] for row in read_csv(tmp_path / "cam.faces.csv")] == ["0", "2"]


def test_a_photograph_is_named_and_has_no_track(tmp_path: Path) -> None:
    name = 'party, "best" of\nall.jpg'
    run(tmp_path, [made.result(picture=name)])
    row = read_csv(tmp_path / "cam.faces.csv")[0]
    assert (row["image"], row["track_id"]) == (name, "-1")
    assert read_csv(tmp_path / "cam.tracks.csv") == []


def test_a_file_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    name = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    run(tmp_path, [made.result(picture=name)])
    assert read_csv(tmp_path / "cam.faces.csv")[0]["image"] == r"caf\udce9.jpg"
    assert read_json(tmp_path / "cam.faces.jsonl")[0]["image"] == r"caf\udce9.jpg"


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    results = [
        made.result(np.sort(generator.uniform(0, 200, (3, 4)), 1), index=index)
        for index in range(50)
    ]
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
        run(folder, results, [made.track()], distribution=True)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()


def test_a_distribution_over_other_ages_is_refused(tmp_path: Path) -> None:
    belief = made.belief()
    short = AgeDistribution(belief.distribution.ages[:50], belief.distribution.probs[:50])
    with pytest.raises(ValueError, match="ages 0 to 100; got 50"):
        run(
            tmp_path,
            [made.result(beliefs=[replace(belief, distribution=short)])],
            distribution=True,
        )


def test_after_an_interrupt_the_tables_are_whole_up_to_that_frame(tmp_path: Path) -> None:
    path = tmp_path / "cam.faces.csv"

    def interrupted() -> None:
        with FacesTable(CsvFile(path, columns_of("faces", distribution=False))) as table:
            table.write(made.result(index=0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(read_csv(path)) == 1


@pytest.mark.parametrize("kind", [CsvFile, JsonLinesFile])
def test_a_full_disk_is_one_error(tmp_path: Path, kind: Callable) -> None:
    path = tmp_path / "cam.faces.table"
    table = FacesTable(kind(path, columns_of("faces", distribution=False)))
    partial(path).symlink_to("/dev/full")

    def write() -> None:
        with table:
            table.write(made.result())
            raise AssertionError("a full disk was not noticed")

    with pytest.raises(SinkError, match="no space left"):
        write()
    assert not path.exists()


def test_a_killed_run_leaves_all_its_rows(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from engine.sinks.table import CsvFile, FacesTable, columns_of
from tests.engine.sinks import made
with FacesTable(CsvFile(Path(sys.argv[1]), columns_of("faces", distribution=False))) as table:
    for index in range(100):
        table.write(made.result(index=index))
    print("written", flush=True)
    sys.stdin.read()
"""
    path = tmp_path / "cam.faces.csv"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert not path.exists()
    assert [row["frame"] for row in read_csv(partial(path))] == [str(n) for n in range(100)]
