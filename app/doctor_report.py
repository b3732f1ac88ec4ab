"""Printing what `doctor` found."""

import dataclasses
import json
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.doctor import Report

_MARKS = {"ok": "[green]ok[/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}


def print_report(report: Report, *, as_json: bool) -> None:
    """Print a report as a table or as JSON on stdout."""
    if as_json:
        sys.stdout.write(json.dumps(dataclasses.asdict(report), indent=2) + "\n")
        return
    table = Table(title="agescope doctor", show_lines=False)
    for column in ("check", "state", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for check in report.checks:
        table.add_row(check.name, _MARKS[check.state], escape(check.found), escape(check.advice))
    Console(file=sys.stdout).print(table)
