"""Every method under one protocol: one table, one set of plots.

    python -m train.benchmark --checkpoint runs/amr_mobilenet.pt --protocol fgnet-lopo --resume
    python -m train.benchmark --checkpoint faceres-deep.json --protocol utkface,aaf,cross

Answers are kept fold by fold in OUT/<protocol>/<method>/, so a run that was stopped goes on with
--resume, except where `REVISION` was raised since. With --processes 2 folds run side by side: on
two cores that is faster than two threads. The same seed, checkpoint and number of threads give the
same numbers, whatever the number of processes. Protocols that learn from the same photographs are
best asked for together: a method learns once for all of them. Beside the answers: table.md,
table.csv, table.json, cumulative_score.png and one picture a method.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import logging
import multiprocessing
import sys
import time
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from engine.errors import SettingsError
from engine.values.age import AgeDistribution
from train.activations import start_from
from train.benchmark_plots import draw_cumulative_scores, draw_method
from train.benchmark_table import Answers, Row, read_rows, row_of, write_rows
from train.command import ended
from train.commit import commit
from train.methods.method import AGES, Method, Predictor, Samples
from train.protocols import NAMES, Fold, Protocol, Sets, protocols_named

RECIPES = Path(__file__).parent / "recipes" / "benchmark"
REVISION = 2
"""Raised when a method is mended so that it answers otherwise: older answers are not taken up."""
_LAST_SEED = 2**32 - 1  # scikit-learn takes no higher one
_DAY = "%Y-%m-%d"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LastFit:
    """What was learnt last: kept, because protocols that cross sets ask the same of others.

    Attributes:
        key: Names method, seed, backbone and samples; "" before anything was learnt.
        predictor: What was learnt.
        minutes: How long it took.
    """

    key: str = ""
    predictor: Predictor | None = None
    minutes: float = 0.0

    def of(self, method: Method, fold: Fold, seed: int, key: str) -> Predictor:
        """The predictor of a key, learnt now if it is not what was learnt last."""
        if self.predictor is None or self.key != key:
            began = time.monotonic()
            self.predictor, self.key = None, ""  # the one before may be large
            self.predictor = method.fit(fold.train, fold.watch, seed)
            self.key, self.minutes = key, (time.monotonic() - began) / 60
        return self.predictor


@dataclass(frozen=True, slots=True)
class Job:
    """One run of the benchmark.

    Attributes:
        out: Folder of answers and tables.
        start_key: Names the weights of the common backbone.
        seed: Of everything.
        resume: Whether answers on disk are kept.
        share: (k, n): of every n folds only the k-th is this process's; (0, 1) for all.
        last: What was learnt last.
    """

    out: Path
    start_key: str
    seed: int
    resume: bool
    share: tuple[int, int] = (0, 1)
    last: LastFit = field(default_factory=LastFit)


def methods_named(names: list[str], folder: Path = RECIPES) -> list[Method]:
    """Methods of the recipe files, all of them without names.

    Raises:
        SettingsError: There is no such recipe, or it defines no METHOD.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}
    unknown = sorted(set(names) - set(files))
    if unknown:
        raise SettingsError(
            f"no benchmark recipe is called {', '.join(unknown)}; there are {', '.join(files)}"
        )
    return [_method(files[name]) for name in names or files]


def _method(path: Path) -> Method:
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise SettingsError(f"{path} is no recipe file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    method: Method | None = getattr(module, "METHOD", None)
    if method is None or method.name != path.stem:
        raise SettingsError(f"{path} defines no METHOD called {path.stem}")
    return method


def run(method: Method, protocol: Protocol, job: Job) -> Answers:
    """All folds of a method together; those on disk are not run again."""
    return Answers.joined(answered(method, protocol, job))


def answered(method: Method, protocol: Protocol, job: Job) -> list[Answers]:
    """The share's folds of a method, none where there are fewer folds than processes."""
    parts = []
    for fold in islice(protocol.folds(job.seed), job.share[0], None, job.share[1]):
        path = job.out / protocol.name / method.name / f"{fold.name}.npz"
        key = _key(method, job, fold.train, fold.watch, fold.test)
        answers = read_answers(path, key) if job.resume else None
        if answers is None:
            answers = _answer(method, fold, job)
            write_answers(answers, path, key)
            error = np.abs(answers.found.median() - answers.years).mean()
            told = (protocol.name, method.name, fold.name, error, len(fold.test), answers.minutes)
            _log.info("%s %s %s: MAE %.2f of %d, %.1f min", *told)
        parts.append(answers)
    return parts


def _answer(method: Method, fold: Fold, job: Job) -> Answers:
    predictor = job.last.of(method, fold, job.seed, _key(method, job, fold.train, fold.watch))
    began, test = time.monotonic(), fold.test
    found = predictor(test)
    minutes = job.last.minutes + (time.monotonic() - began) / 60
    made_by, today = frozenset({commit()}), frozenset({time.strftime(_DAY)})
    return Answers(found, test.years, test.votes_std, test.groups, minutes, made_by, today)


def write_answers(answers: Answers, path: Path, key: str) -> None:
    """Write the answers of a fold whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(
        partial,
        probs=answers.found.probs,
        years=answers.years,
        votes_std=answers.votes_std,
        groups=answers.groups,
        minutes=answers.minutes,
        commits=sorted(answers.commits),
        dates=sorted(answers.dates),
        key=key,
    )
    partial.rename(path)


def read_answers(path: Path, key: str) -> Answers | None:
    """Answers of a fold, or None if there are none made with this key, or they are damaged."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            return Answers(
                AgeDistribution(AGES, kept["probs"]),
                kept["years"],
                kept["votes_std"],
                kept["groups"],
                float(kept["minutes"]),
                frozenset(kept["commits"].tolist()),
                frozenset(kept["dates"].tolist() if "dates" in kept else [_day_of(path)]),
            )
    except _DAMAGED:
        _log.warning("%s is damaged: that fold is answered anew", path)
        return None


def _day_of(path: Path) -> str:
    """When a file was written: older answers do not tell their own day."""
    return time.strftime(_DAY, time.localtime(path.stat().st_mtime))


def _key(method: Method, job: Job, *samples: Samples) -> str:
    parts = [(part.source, part.groups.tolist(), part.years.tolist()) for part in samples]
    facts = (REVISION, method, job.start_key, job.seed, parts)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def benchmark(methods: list[Method], protocol: Protocol, job: Job) -> list[str]:
    """Run methods; table and plots are written after each, and one that fails stops no other.

    Returns:
        Names of those that failed.
    """
    folder = job.out / protocol.name
    facts: Row = {"seed": job.seed, "backbone": job.start_key}
    failed = []
    for method in methods:
        try:
            answers = run(method, protocol, job)
        except Exception as error:  # noqa: BLE001  a method may fail in any way
            _log.exception("%s failed", method.name)
            failed.append(method.name)
            measured = read_rows(folder).get(method.name, {})  # which a failure takes from nobody
            failure = {"failed": f"{type(error).__name__}: {error}"}
            write_rows(folder, {method.name: {**measured, **failure}})
            continue
        rows = write_rows(folder, {method.name: row_of(answers, facts)})
        draw_method(folder / f"{method.name}.png", method.name, answers)
        draw_cumulative_scores(folder / "cumulative_score.png", rows)
    return failed


def answer_side_by_side(arguments: argparse.Namespace) -> None:
    """Answer the folds of all methods in several processes; tables are left to the caller.

    A fold that fails in one of them is run again by the caller, who then tells of it.
    """
    count = arguments.processes
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=_answer_share, args=(arguments, (number, count)))
        for number in range(count)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _answer_share(arguments: argparse.Namespace, share: tuple[int, int]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    methods, protocols, job = _asked(arguments)
    for method in methods:
        for protocol in protocols:
            with contextlib.suppress(Exception):  # the caller meets it again and tells
                answered(method, protocol, replace(job, share=share))


def _asked(arguments: argparse.Namespace) -> tuple[list[Method], list[Protocol], Job]:
    methods = methods_named([name for name in arguments.methods.split(",") if name])
    start = start_from(arguments.checkpoint, arguments.face_weights)
    sets = Sets(arguments.cache, start, arguments.out / "activations")
    job = Job(arguments.out, start.key, arguments.seed, arguments.resume)
    names = arguments.protocol.strip(",").split(",")
    protocols = [p for name in names for p in protocols_named(name, sets, arguments.folds)]
    # Those that learn from the same set follow each other, and share what is learnt.
    protocols.sort(key=lambda protocol: protocol.name.split("-to-")[0])
    return methods, protocols, job


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", default="", help="comma-separated recipes; all without it")
    parser.add_argument(
        "--protocol", default="fgnet-lopo", help=f"comma-separated: {', '.join(NAMES)}"
    )
    parser.add_argument("--folds", type=int, help="deal FG-NET's people into fewer folds than 82")
    parser.add_argument("--resume", action="store_true", help="keep the folds that are done")
    parser.add_argument(
        "--checkpoint", type=Path, required=True, help="common backbone; .pth: VGG-16"
    )
    parser.add_argument(
        "--face-weights", type=Path, help="faceres-deep.json, which some methods ask too"
    )
    parser.add_argument("--cache", type=Path, default=Path("crops"), help="folder of cached crops")
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--processes", type=int, default=1, help="that answer folds side by side")
    return parser.parse_args(given)


def _run_all(arguments: argparse.Namespace) -> int:
    if min(arguments.threads, arguments.processes) < 1:
        raise SettingsError("give --threads and --processes numbers of 1 or more")
    if not 0 <= arguments.seed <= _LAST_SEED:
        raise SettingsError(f"give --seed a number from 0 to {_LAST_SEED}")
    torch.set_num_threads(arguments.threads)
    failed: list[str] = []
    methods, protocols, job = _asked(arguments)
    for protocol in protocols:
        # What is wrong with table and data is told before any method runs. Activations are made
        # once.
        read_rows(job.out / protocol.name)
        next(protocol.folds(job.seed))
    if arguments.processes > 1:
        answer_side_by_side(arguments)
        job = replace(job, resume=True)
    for method in methods:
        for protocol in protocols:
            failed += benchmark([method], protocol, job)
    for protocol in protocols:
        sys.stdout.write((arguments.out / protocol.name / "table.md").read_text())
    return 1 if failed else 0


def main(given: list[str] | None = None) -> int:
    """Run the benchmark from the command line; 1 if a method failed."""
    arguments = _arguments(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return ended(partial(_run_all, arguments))


if __name__ == "__main__":
    sys.exit(main())
