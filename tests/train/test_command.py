"""Bad input ends the commands of training with one line and exit code 1."""

import importlib
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from train.command import ended
from train.recipe import load_recipe


def run(monkeypatch: pytest.MonkeyPatch, name: str, *words: str) -> int:
    module = importlib.import_module(f"train.{name}")
    monkeypatch.setattr(sys, "argv", [name, *words])
    return ended(module.main)


def test_a_command_that_is_interrupted_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert ended(interrupted) == 130
    assert capsys.readouterr().err == "stopped; what was finished is kept\n"


def test_a_restart_that_cannot_begin_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in ("pt", "csv"):
        (tmp_path / f"amr_mobilenet.{ending}").write_text("hours of work")
    words = ("train/recipes/amr_mobilenet.py", "--cache", "gone", "--out", str(tmp_path))
    assert run(monkeypatch, "fit", *words, "--restart", "--from-chance") == 1
    for ending in ("pt", "csv"):
        assert (tmp_path / f"amr_mobilenet.{ending}").read_text() == "hours of work"


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("data.crops", ("utkface", "gone.zip"), "gone.zip is no folder or readable zip file"),
        ("data.crops", ("utkface", ".", "--groups", "gone.csv"), "gone.csv"),
        ("fit", ("gone.py",), "gone.py is no recipe file"),
        ("fit", ("RECIPE",), "amr_mobilenet begins with the face network: give --face-weights"),
        ("fit", ("RECIPE", "--cache", "gone", "--from-chance"), "gone holds no crops of utkface"),
        (
            "mix",
            ("net.pt", "--face-weights", "gone.json"),
            "gone.json is no readable face network",
        ),
        ("mix", ("gone.pt",), "gone.pt is no checkpoint"),
        ("calibrate", ("gone.pt", "--clips", "."), "there is no clip *.mkv"),
        ("export", ("text.pt", "age.onnx"), "text.pt is no checkpoint"),
        ("export", ("gone.pt", "age.onnx"), "gone.pt is no checkpoint"),
        ("evaluate", ("gone.onnx",), "gone.onnx does not exist"),
        ("half", ("gone.onnx",), "gone.onnx"),
        ("half", ("text.pt",), "text.pt could not be loaded"),
    ],
)
def test_bad_input_is_told_in_one_line(
    name: str,
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = Path("train/recipes/amr_mobilenet.py").resolve()
    monkeypatch.chdir(tmp_path)
    Path("text.pt").write_text("hello")
    words = tuple(str(recipe) if word == "RECIPE" else word for word in words)
    torch.save({"recipe": asdict(load_recipe(recipe)), "average": {}}, "net.pt")
    assert run(monkeypatch, name, *words) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
