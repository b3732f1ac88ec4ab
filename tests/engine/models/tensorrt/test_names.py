"""Every name of TensorRT that the program uses exists in the versions it says it works with.

The lists beside this file were written from the Python bindings of those versions.
"""

import ast
import inspect
import types
from pathlib import Path

import pytest

from engine.models.tensorrt import api
from tests.engine.models.tensorrt import standin

_FOLDER = Path(__file__).parent
_CODE = Path(api.__file__).parent
_LISTED = ("10.16", "11.4")


def names_used() -> set[str]:
    """Such as "MemoryPoolType.WORKSPACE": from `trt.…` in the code and from the typed interface."""
    found = set()
    for path in _CODE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            chain = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            library, _, name = chain.removeprefix("self._m.").partition(".")
            if library == "trt" and name and not name.startswith("__"):
                found.add(name)
    for name, kind in inspect.getmembers(api, inspect.isclass):
        if kind.__module__ == api.__name__ and name not in ("Dims", "IHostMemory"):
            members = {*vars(kind), *inspect.get_annotations(kind)}
            found |= {f"{name}.{member}" for member in members if not member.startswith("_")}
    return found


def names_listed(version: str) -> set[str]:
    found = set()
    for line in (_FOLDER / f"names_{version}.txt").read_text().splitlines():
        name, _, members = line.partition(":")
        found |= {name, *(f"{name}.{member}" for member in members.split())}
    return found


def names_of(module: types.ModuleType) -> set[str]:
    found = set()
    for name, value in vars(module).items():
        found.add(name)
        if inspect.isclass(value):
            found |= {f"{name}.{member}" for member in dir(value)}
    return found


def test_the_scan_finds_names_of_every_kind() -> None:
    assert {
        "Builder",
        "ILogger",
        "nptype",
        "NetworkDefinitionCreationFlag.STRONGLY_TYPED",
        "ExecutionContextAllocationStrategy.USER_MANAGED",
        "IExecutionContext.execute_async_v3",
        "ICudaEngine.num_io_tensors",
        "IBuilderConfig.progress_monitor",
    } <= names_used()


@pytest.mark.parametrize("version", _LISTED)
def test_every_name_exists_in_a_listed_version(version: str) -> None:
    assert names_used() - names_listed(version) == set()


def test_every_name_exists_in_the_live_library() -> None:
    rtx = pytest.importorskip("tensorrt_rtx", reason="tensorrt_rtx has no wheel for this machine")
    assert names_used() - names_of(rtx) == set()


@pytest.mark.parametrize("version", _LISTED)
def test_names_that_are_gone_from_11_would_be_noticed(version: str) -> None:
    gone = {"BuilderFlag.FP16", "NetworkDefinitionCreationFlag.EXPLICIT_BATCH"}
    assert gone & names_listed(version) == (gone if version == "10.16" else set())


@pytest.mark.parametrize("version", _LISTED)
def test_the_stand_in_invents_no_name(version: str) -> None:
    invented = set()
    listed = names_listed(version)
    for name, kind in inspect.getmembers(standin, inspect.isclass):
        if kind.__module__ == standin.__name__ and name not in listed:
            invented.add(name)
    assert invented == set()
