"""What others build on: the names of `engine`, and the notebook that shows them."""

import ast
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import av
import cv2
import matplotlib as mpl
import numpy as np
import pytest

import engine
from engine.sinks.rows import FACE_COLUMNS, TRACK_COLUMNS
from engine.sources.scene import Scene, Script, write_clip

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "analysis.ipynb"
README = ROOT / "README.md"


def test_every_name_is_there_and_the_same_as_at_home() -> None:
    assert dir(engine) == sorted(engine.__all__)
    for name in engine.__all__:
        thing = getattr(engine, name)
        assert getattr(import_module(thing.__module__), name) is thing
        assert thing.__doc__


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="'engine' has no attribute 'Pipelin'"):
        engine.Pipelin  # noqa: B018 - asking for it is the test


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = "import engine, sys; assert not {'numpy', 'cv2', 'av', 'pydantic'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(engine.__file__).read_text())
    homes = {
        name.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("engine.")
        for name in node.names
    }
    assert homes == engine._HOME_OF
    assert (Path(engine.__file__).parent / "py.typed").exists()


def run_notebook(monkeypatch: pytest.MonkeyPatch, source: str = "") -> dict[str, object]:
    """What its cells leave, with another source where one is given."""
    cells = [
        cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"
    ]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells)
    monkeypatch.setitem(mpl.rcParams, "backend", "agg")
    names: dict[str, object] = {}
    for cell in cells:
        code = "".join(cell["source"])
        if source:
            code = re.sub(r'^SOURCE = ".*"$', f"SOURCE = {source!r}", code, flags=re.MULTILINE)
        exec(compile(code, NOTEBOOK.name, "exec"), names)
    pyplot = import_module("matplotlib.pyplot")
    assert len(pyplot.get_fignums()) == 4
    pyplot.close("all")
    return names


def test_the_notebook_holds_no_outputs_and_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_notebook(monkeypatch)["tracks"]
    assert "#1: " in capsys.readouterr().out


@pytest.mark.parametrize("people", [0, 2])
def test_the_notebook_runs_where_nobody_is_seen_well_enough(
    people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(Script(people=2, seconds=1.0, size_wh=(240, 134), seed=3))
    with av.open(str(tmp_path / "video.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=25, width=240, height=134)
        for number in range(25):
            rgb = cv2.GaussianBlur(scene.render(number), (0, 0), 5.0) * bool(people)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        container.mux(stream.encode())
    left = run_notebook(monkeypatch, str(tmp_path / "video.mp4"))
    assert bool(left["looks"]) == bool(people)
    assert left["tracks"] == []
    assert not np.any(left["expected"])


def test_the_readme_explains_every_column_of_the_tables() -> None:
    text = README.read_text()
    for table, columns in (("faces", FACE_COLUMNS), ("tracks", TRACK_COLUMNS)):
        lines = text.split(f"| Column of `{table}` |")[1].split("\n\n")[0].splitlines()[2:]
        told = [name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])]
        assert sorted(told) == sorted(column.name for column in columns)


def test_the_example_of_the_readme_runs_as_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chapter = README.read_text().split("### As a library")[1]
    code = chapter.split("```python\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line]) <= 10
    people = Scene(Script(people=2, seconds=1.0, size_wh=(640, 360), seed=3))
    write_clip(tmp_path / "video.mp4", people)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, README.name, "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    courses = [line.split() for line in lines if line.endswith(("provisional", "insufficient"))]
    visits = [line.split() for line in lines[len(courses) :]]
    assert {words[1] for words in courses} >= {"1", "2"}
    assert [words[0] for words in visits] == ["1", "2"]
    assert all(0 < float(words[1]) <= 1 for words in visits)
