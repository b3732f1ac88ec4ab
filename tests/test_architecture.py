"""The walls that no tool checks: size, names, imports at run time, what may stand in a file."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from app.versions import VERSION

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("app", "engine", "train")
HEADLESS = ("app.cli", "app.doctor", "app.export", "app.monitor", "engine.pipeline", "train.fit")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
SOURCES = [*MODULES, ROOT / "main.py", *sorted((ROOT / "tests").rglob("*.py"))]
TEXTS = [
    path
    for place in (*PACKAGES, "tests", "assets", ".ci", ".")
    for path in sorted((ROOT / place).glob("*" if place == "." else "**/*"))
    if path.is_file()
    and path.suffix in {".py", ".md", ".toml", ".txt", ".qss", ".json", ".csv", ".LICENSE", ""}
    and path != Path(__file__)
]
FORBIDDEN_NAMES = {"utils", "helper", "helpers", "manager", "common", "misc", "base", "core"}
MACHINE_PATH = re.compile(r"/(?:home/\w+|root|Users/\w+)/")
REGISTRY = re.compile(r"https?://[\w.-]*(pypi|pythonhosted|npmjs|artifactory)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{name_of(path)}: {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and function_lines(node) > 60
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES] == []


def test_every_module_says_what_it_is_for() -> None:
    mute = [name_of(p) for p in MODULES if not ast.get_docstring(ast.parse(p.read_text()))]
    assert mute == []


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    found = [f"{name_of(p)}: {m[0]}" for p in TEXTS for m in pattern.finditer(p.read_text())]
    assert found == []


def test_what_is_advised_to_be_installed_is_the_folder_and_quoted_for_the_shell() -> None:
    wrong = re.compile(r"agescope\[|pip install (-e )?\.\[")
    assert [name_of(p) for p in TEXTS if wrong.search(p.read_text())] == []
    by_hand = [name_of(p) for p in MODULES if "pip install -e '.[" in p.read_text()]
    assert by_hand == ["engine/errors.py"]


@pytest.mark.parametrize("module", HEADLESS)
def test_headless_modules_import_no_qt(module: str) -> None:
    code = f"import sys, {module}; sys.exit(any(name.startswith('PyQt') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_program_and_its_package_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_every_direct_dependency_has_a_constraint() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(need for needs in extras for need in needs)]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    names = {re.split(r"[<>=!~\[ ]", need)[0].lower().replace("_", "-") for need in wanted}
    assert names <= pinned


def test_every_target_that_the_makefile_names_has_a_rule() -> None:
    text = (ROOT / "Makefile").read_text()
    named = re.findall(r"\$\(MAKE\) (\S+)", text)
    for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE):
        named += line.split()
    ruled = {
        name for line in re.findall(r"^([\w -]+):", text, re.MULTILINE) for name in line.split()
    }
    assert [name for name in named if name not in ruled] == []
