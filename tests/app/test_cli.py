"""What all commands have in common: exit codes and help."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from app.cli import app


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    return done.exit_code, done.output


def commands(group: object, *before: str) -> Iterator[list[str]]:
    for name, command in getattr(group, "commands", {}).items():
        parts = [*commands(command, *before, name)]
        yield from parts or [[*before, name]]


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        ("export --store none.sqlite --since yesterday", "no moment", 2),
        ("export --store none.sqlite --format xml", "choose csv, jsonl, parquet", 2),
        ("export --store none.sqlite", "there is no store", 1),
        ("bench --size foo", "such as 1280x720", 2),
        ("bench --runtime foo", "setting runtime.name", 2),
        ("bench --faces . --seconds 1", "need --truth", 2),
        ("bench --scenes 3 --seconds 1", "need --truth", 2),
        ("bench --truth --size 1280x720", "are of speed", 2),
        ("bench --truth --crf 0", "are of speed", 2),
        ("bench --truth --scaling", "are of speed", 2),
        ("demo --no-window --runtime foo", "setting runtime.name", 2),
        ("demo --no-window --out file", "cannot make the folder file: File exists", 1),
        ("demo --no-window --out file/x", "cannot make the folder file/x: Not a directory", 1),
        ("analyze a.mp4 --tables xml", "xml", 2),
        ("watch --theme pink", "theme 'pink' is unknown", 2),
        ("kiosk --theme pink", "theme 'pink' is unknown", 2),
        ("cameras none.toml", "none.toml cannot be read", 2),
        ("engine list --settings none.toml", "none.toml cannot be read", 2),
    ],
)
def test_wrong_usage_is_2_and_what_fails_is_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, told: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    ended, output = run(*words.split())
    assert told in output
    assert output.startswith("agescope: ")
    assert output.count("\n") == 1
    assert ended == code


@pytest.mark.parametrize("words", [*commands(get_command(app))], ids=" ".join)
def test_the_help_of_every_command_tells_its_exit_codes(words: list[str]) -> None:
    _, shown = run(*words, "--help")
    assert "Exit code 0: " in shown
    assert "2: " in shown


def test_the_help_tells_what_is_done_without_a_file() -> None:
    assert "TABLE.FORMAT in this folder unless given" in run("export", "--help")[1]
    assert "without a file print an annotated example" in run("cameras", "--help")[1]
    assert run("cameras") == run("cameras", "--example")
