"""The books of runs over made-up results."""

from pathlib import Path

from engine.archive.folder import LocalFolder
from engine.archive.ledger import Ledger, open_ledger
from engine.archive.one import facts_of
from engine.archive.task import ModelFacts, Plan
from engine.models.shipped import load_models
from engine.settings import RuntimeSettings, Settings
from engine.sinks.options import SinkOptions

SETTINGS = Settings(runtime=RuntimeSettings(name="onnxruntime"))


def facts_for(runtime: RuntimeSettings) -> ModelFacts:
    """What a run writes about the models that it has loaded."""
    models = load_models(runtime)
    models.close()
    return facts_of(models)


MODELS = facts_for(SETTINGS.runtime)


def plan_for(tmp_path: Path, settings: Settings = SETTINGS) -> Plan:
    return Plan(str(tmp_path / "out"), SinkOptions(), settings)


def open_in(tmp_path: Path, videos: list[str], plan: Plan, *, resume: bool = True) -> Ledger:
    return open_ledger(LocalFolder(tmp_path / "out"), videos, plan, resume=resume, version="1")
