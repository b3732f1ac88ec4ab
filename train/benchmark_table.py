"""Answers of a method, and the table of all methods: Markdown, CSV and JSON.

The JSON file is the table; the other two are made from it. Methods that were measured in an earlier
run keep their rows, each with its own date, seed, commit and backbone.
"""

import csv
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError
from engine.lock import held
from engine.values.age import AgeDistribution, Floats
from train.metrics import bias_by_decade, cumulative_score, epsilon_error, macro_mae, score

Row = dict[str, object]
_HEADINGS = {
    "method": "method",
    "mae": "MAE",
    "interval": "95 % interval",
    "mae_of_mean": "MAE of mean",
    "macro_mae": "macro MAE",
    "median_error": "median error",
    "cs5": "within 5",
    "bias": "bias",
    "epsilon_error": "ε-error",
    "crps": "CRPS",
    "nll": "NLL",
    "cover50": "in 50 %",
    "width50": "width 50 %",
    "cover90": "in 90 %",
    "width90": "width 90 %",
    "minutes": "minutes",
}
_SHARES = {"cs5", "cover50", "cover90"}
_MEASURED = (_HEADINGS.keys() - {"method", "interval"}) | {
    *("mae_low", "mae_high", "images", "bias_by_decade", "date", "seed", "commit", "backbone")
}
"""What a row with numbers holds, without which the files cannot be written."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a method answered, and the truth.

    Attributes:
        found: (N, 101) distributions.
        years: (N,) true ages, or means of votes.
        votes_std: (N,) standard deviation of votes; nan without.
        groups: (N,) person or group of near-duplicates.
        minutes: Time for learning and answering.
        commits: Of the program that learnt and answered.
        dates: On which it did, YYYY-MM-DD.
    """

    found: AgeDistribution
    years: Floats
    votes_std: Floats
    groups: NDArray[np.str_]
    minutes: float
    commits: frozenset[str]
    dates: frozenset[str]

    @property
    def errors(self) -> NDArray[np.float64]:
        """(N,) median minus truth, in years."""
        return self.found.median() - self.years

    @classmethod
    def joined(cls, parts: "list[Answers]") -> "Answers":
        """The answers of all folds together."""
        return cls(
            AgeDistribution(parts[0].found.ages, np.concatenate([p.found.probs for p in parts])),
            np.concatenate([p.years for p in parts]),
            np.concatenate([p.votes_std for p in parts]),
            np.concatenate([p.groups for p in parts]),
            sum(p.minutes for p in parts),
            frozenset().union(*(p.commits for p in parts)),
            frozenset().union(*(p.dates for p in parts)),
        )


def row_of(answers: Answers, facts: Mapping[str, object]) -> Row:
    """All numbers of a method.

    Args:
        answers: Of all folds.
        facts: Where they come from: seed, backbone.
    """
    years, votes_std = answers.years.astype(np.float64), answers.votes_std.astype(np.float64)
    groups = answers.groups.tolist()
    return {
        **asdict(score(answers.found, years, groups)),
        "macro_mae": round(macro_mae(answers.errors, groups), 4),
        "epsilon_error": _rounded(epsilon_error(answers.found.median(), years, votes_std)),
        "bias_by_decade": {
            d: round(b, 2) for d, b in bias_by_decade(answers.errors, years).items()
        },
        "cumulative_score": [round(float(s), 4) for s in cumulative_score(answers.errors)],
        "minutes": round(answers.minutes, 2),
        "date": " to ".join(sorted({min(answers.dates), max(answers.dates)})),
        "commit": " and ".join(sorted(answers.commits)),
        **facts,
    }


def read_rows(folder: Path) -> dict[str, Row]:
    """The rows that are there already, by method.

    Raises:
        DataError: The table is damaged.
    """
    path = folder / "table.json"
    try:
        found: dict[str, Row] = json.loads(path.read_text()) if path.exists() else {}
        if not _is_table(found):
            raise ValueError("no table of methods")
    except ValueError as error:  # no table, no JSON, or no text at all
        raise DataError(
            f"{path} is damaged. Delete it; rows whose answers are kept come back when their "
            "methods are asked for with --resume."
        ) from error
    return found


def _is_table(found: object) -> bool:
    """Whether it has a row a method, each with all of its numbers or none."""
    return isinstance(found, dict) and all(
        isinstance(row, dict) and ("mae" not in row or row.keys() >= _MEASURED)
        for row in found.values()
    )


def write_rows(folder: Path, rows: Mapping[str, Row]) -> dict[str, Row]:
    """Write the three files, with the rows that are there already and have no newer ones.

    Args:
        folder: Where table.json, table.csv and table.md go.
        rows: By method. "failed" says why there are no numbers, or none that are newer.

    Returns:
        All rows, best first, failed ones last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder, lambda: None):  # another run may add rows to the same table
        merged = dict(sorted({**read_rows(folder), **rows}.items(), key=lambda item: _mae(item[1])))
        _write(folder / "table.json", json.dumps(merged, indent=1))
        _write(folder / "table.md", markdown(folder.name, merged))
        _write_csv(folder / "table.csv", merged)
    return merged


def markdown(title: str, rows: Mapping[str, Row]) -> str:
    """Two tables, of numbers and of bias by decade, and what failed."""
    measured = {name: row for name, row in rows.items() if "mae" in row}
    lines = [f"## {title}", "", *_table(list(_HEADINGS.values()), map(_cells, measured.items()))]
    decades = sorted({d for row in measured.values() for d in _biases(row)}, key=_first_number)
    lines += ["", "Bias (estimated minus true, years) by true age:", ""]
    lines += _table(
        ["method", *decades],
        (
            [name, *(f"{_biases(row).get(d, math.nan):+.1f}" for d in decades)]
            for name, row in measured.items()
        ),
    )
    origins = sorted({_origin(row) for row in measured.values()})
    lines += ["", *(f"Measured {origin}." for origin in origins)]
    lines += [
        f"- {name} failed{' when it was run last' * (name in measured)}: {row['failed']}"
        for name, row in rows.items()
        if "failed" in row
    ]
    return "\n".join(lines) + "\n"


def _table(headings: list[str], rows: Iterable[list[str]]) -> list[str]:
    """A Markdown table."""
    every = [headings, ["---"] * len(headings), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in every]


def _cells(item: tuple[str, Row]) -> list[str]:
    name, row = item
    shown = {**row, "method": name, "interval": f"{row['mae_low']:.2f} to {row['mae_high']:.2f}"}
    return [_shown(key, shown[key]) for key in _HEADINGS]


def _shown(key: str, value: object) -> str:
    if isinstance(value, float):
        return (
            f"{value:.1%}"
            if key in _SHARES
            else f"{value:+.2f}"
            if key == "bias"
            else f"{value:.2f}"
        )
    return "" if value is None else str(value)


def _biases(row: Row) -> dict[str, float]:
    found = row["bias_by_decade"]
    return found if isinstance(found, dict) else {}


def _origin(row: Row) -> str:
    return (
        f"{row['date']}, seed {row['seed']}, commit {row['commit']}, backbone {row['backbone']}, "
        f"{row['images']} photographs"
    )


def _first_number(decade: str) -> int:
    return int(decade.rstrip("s"))


def _mae(row: Row) -> float:
    value = row.get("mae")
    return value if isinstance(value, float) else math.inf


def _rounded(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.rename(path)


def _write_csv(path: Path, rows: Mapping[str, Row]) -> None:
    partial = path.with_suffix(".partial")
    plain = [
        {"method": name, **{key: value for key, value in row.items() if not _nested(value)}}
        for name, row in rows.items()
    ]
    columns = list(dict.fromkeys(key for row in plain for key in row))
    with partial.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(plain)
    partial.rename(path)


def _nested(value: object) -> bool:
    return isinstance(value, dict | list)
