"""What no file of the program may do: run what foreign data says, or trust what it cannot check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    *(path for package in ("app", "engine", "train") for path in (ROOT / package).rglob("*.py")),
    ROOT / "main.py",
]
RUNS_DATA = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "yaml.load",
    "yaml.unsafe_load",
    "ssl._create_unverified_context",
    "tempfile.mktemp",
}
SAFE_ARGUMENT = {"torch.load": ("weights_only", True), "np.load": ("allow_pickle", False)}
UNSAFE_ARGUMENTS = {("shell", True), ("verify", False), ("allow_pickle", True)}


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in SOURCES:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name, module in parsed():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def arguments(call: ast.Call) -> dict[str | None, object]:
    """Keyword arguments that are constants."""
    return {k.arg: k.value.value for k in call.keywords if isinstance(k.value, ast.Constant)}


def test_nothing_that_runs_data_is_imported() -> None:
    found = [
        f"{name}: {alias}"
        for name, module in parsed()
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in [getattr(node, "module", None) or "", *(a.name for a in node.names)]
        if alias.split(".")[0] in RUNS_DATA
    ]
    assert found == []


def test_no_call_runs_data_or_trusts_blindly() -> None:
    found = [
        place
        for place, call in calls()
        if ast.unparse(call.func) in FORBIDDEN_CALLS
        or any(pair in UNSAFE_ARGUMENTS for pair in arguments(call).items())
    ]
    assert found == []


@pytest.mark.parametrize("function", SAFE_ARGUMENT)
def test_files_are_loaded_as_data_only(function: str) -> None:
    argument, value = SAFE_ARGUMENT[function]
    loads = [(place, call) for place, call in calls() if ast.unparse(call.func) == function]
    assert [place for place, call in loads if arguments(call).get(argument) is not value] == []


def test_archives_are_unpacked_with_a_filter() -> None:
    unpacked = [
        (place, call)
        for place, call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("extractall", "extract")
    ]
    assert [p for p, call in unpacked if arguments(call).get("filter") != "data"] == []
