"""The books of runs over made-up results."""

from pathlib import Path

from engine.archive.folder import LocalFolder
from engine.archive.ledger import Ledger, open_ledger
from engine.archive.mark import model_keys
from engine.archive.task import Plan
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import SinkOptions

SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime"))
MODELS = {name: {"sha256": key, "runtime": "x"} for name, key in model_keys().items()}


def plan_for(tmp_path: Path, settings: Settings = SETTINGS) -> Plan:
    return Plan(str(tmp_path / "out"), SinkOptions(), settings)


def open_in(tmp_path: Path, videos: list[str], plan: Plan, *, resume: bool = True) -> Ledger:
    return open_ledger(LocalFolder(tmp_path / "out"), videos, plan, resume=resume, version="1")
