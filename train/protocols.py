"""Who is learnt from, who is watched and who is asked about.

    fgnet-lopo   FG-NET, leave one person out (82 folds); a tenth of the other people is watched
    utkface      the fixed splits of UTKFace: train, val watched, test
    aaf          the same of All-Age-Faces
    clap2016, appa_real, folder
                 the same by the splits that the set itself has; the first two have votes
    agedb, morph
                 five splits of ten folders of people; six are learnt from, two watched, two tested
    cross        trained and watched on one set, tested on another: utkface-to-aaf,
                 utkface-to-fgnet, aaf-to-utkface; pairs whose target, or any other set than the
                 source, the backbone has learnt from are left out

No group is in two parts of a fold, as far as groups are known: people of fgnet, agedb and morph,
near-duplicates of utkface and aaf. Of clap2016, appa_real and folder each photograph is its own
where no table groups it, so that people and near-duplicates may be in several parts; sets that are
crossed are not compared. FG-NET itself is described in Panis, Lanitis, Tsapatsoulis, Cootes, 2016,
and so is its protocol. The folders of people and their five splits are those of Paplham and Franc,
"A call to reflect on evaluation practices for age estimation", CVPR 2024.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import DataError, SettingsError
from engine.values.age import Floats
from train.activations import Start, samples_of
from train.checkpoint import check_crops
from train.data.crops import load
from train.methods.method import Samples

_WATCHED = 0.1
_SMALL_SET_VIEWS = 8
_CROSS = (("utkface", "aaf"), ("utkface", "fgnet"), ("aaf", "utkface"))
_log = logging.getLogger(__name__)
_FOLDERS = 10
_FIRST_FOLDERS = (0, 2, 4, 5, 6)
"""Where each of the five splits begins: six folders to learn from, then two to watch, two to test.
"""
_FIXED = ("utkface", "aaf", "clap2016", "appa_real", "folder")
_BY_PEOPLE = ("agedb", "morph")
NAMES = ("fgnet-lopo", "cross", *_FIXED, *_BY_PEOPLE)


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One fit and what it is tested on.

    Attributes:
        name: File name of its answers.
        train: Samples to learn from.
        watch: Samples of other groups, for choices.
        test: Samples of yet other groups.
    """

    name: str
    train: Samples
    watch: Samples
    test: Samples


@dataclass(frozen=True, slots=True)
class Protocol:
    """Folds that make one table.

    Attributes:
        name: Of the table.
        folds: Makes the folds for a seed.
    """

    name: str
    folds: Callable[[int], Iterator[Fold]]


@dataclass(frozen=True, slots=True)
class Sets:
    """Where samples come from.

    Attributes:
        cache: Folder of cached crops.
        start: The common backbone.
        folder: Where activations are kept.
    """

    cache: Path
    start: Start
    folder: Path

    def all_of(self, data_set: str) -> Samples:
        """Every sample of a data set that is no dropped duplicate."""
        views = _SMALL_SET_VIEWS if data_set == "fgnet" else 2
        samples = samples_of(data_set, self.cache, self.start, self.folder, views)
        splits = np.array(load(self.cache, data_set).splits)
        return samples.take(np.nonzero(splits != "dropped")[0])

    def splits_of(self, data_set: str, *splits: str) -> list[Samples]:
        """The samples of each split; all share one array of crops, which is large.

        Raises:
            DataError: A split has no photographs, or the backbone has learnt from other crops of
                the set than these, so that its splits may have been others.
        """
        check_crops(self.start.crops, [data_set], self.cache)
        crops = load(self.cache, data_set)
        if missing := [split for split in splits if not crops.rows(split)]:
            raise DataError(
                f"{data_set} has no {' and no '.join(missing)} photographs; the protocol learns "
                "from train, watches val and tests test"
            )
        samples = samples_of(data_set, self.cache, self.start, self.folder)
        return [samples.take(crops.rows(split)) for split in splits]


def protocols_named(name: str, sets: Sets, folds: int | None) -> list[Protocol]:
    """The protocols that a name of the command line stands for.

    Args:
        name: One of `NAMES`.
        sets: Where samples come from.
        folds: Into how many folds FG-NET's people are dealt; None for one person each.

    Raises:
        DataError: The backbone has learnt the ages of people that it would be tested on.
        SettingsError: No protocol is called so.
    """
    if name not in NAMES:
        raise SettingsError(f"no protocol is called {name}; there are {', '.join(NAMES)}")
    if name == "fgnet-lopo":
        _refuse_seen(sets.start, {"utkface", "aaf"}, "fgnet")
        label = name if folds is None else f"fgnet-{folds}-folds"
        return [Protocol(label, lambda seed: people_folds(sets.all_of("fgnet"), folds, seed))]
    if name == "cross":
        return _all_crossed(sets)
    if name in _BY_PEOPLE:
        _refuse_seen(sets.start, {"utkface", "aaf"}, name)
        return [Protocol(name, lambda _: _five_splits(sets, name))]
    return [Protocol(name, lambda _: _fixed(sets, name))]


def people_folds(samples: Samples, folds: int | None, seed: int) -> Iterator[Fold]:
    """Leave people out.

    Args:
        samples: Samples of many people.
        folds: How many folds people are dealt into; None for one a person.
        seed: Of who is dealt where and who is watched.

    Raises:
        DataError: There are less than three people.
        SettingsError: There are too few people for so many folds, or too few folds.
    """
    people = np.unique(samples.groups)
    if len(people) < 3:
        raise DataError(
            f"{samples.source} shows {len(people)} people, and a fold learns from one, watches one "
            "and tests one at least"
        )
    count = len(people) if folds is None else folds
    fewest = 3 if len(people) == 3 else 2  # two folds of three people: one has none to learn from
    if not fewest <= count <= len(people):
        raise SettingsError(
            f"{len(people)} people cannot be dealt into {count} folds: "
            f"give {fewest} to {len(people)}"
        )
    dealt = people if folds is None else np.random.default_rng(seed).permutation(people)
    for number in range(count):
        asked = dealt[number::count]
        others = np.setdiff1d(people, asked)
        random = np.random.default_rng([seed, number])
        watched = random.choice(others, max(1, round(_WATCHED * len(others))), replace=False)
        rest = np.setdiff1d(others, watched)
        name = f"person-{asked[0]}" if folds is None else f"fold-{number:02d}"
        yield Fold(name, *(samples.take(_rows(samples, who)) for who in (rest, watched, asked)))


def _rows(samples: Samples, people: NDArray[np.str_]) -> NDArray[np.intp]:
    return np.nonzero(np.isin(samples.groups, people))[0]


def _fixed(sets: Sets, data_set: str) -> Iterator[Fold]:
    yield Fold("test", *sets.splits_of(data_set, "train", "val", "test"))


def _five_splits(sets: Sets, data_set: str) -> Iterator[Fold]:
    samples = sets.all_of(data_set)
    folders = balanced_folders(samples.groups, samples.years)
    if (filled := len(np.unique(folders))) < _FOLDERS:
        raise DataError(
            f"{data_set} has people for {filled} of {_FOLDERS} folders, of which six are learnt "
            "from, two watched and two tested"
        )
    for number, first in enumerate(_FIRST_FOLDERS):
        turn = (folders - first) % _FOLDERS
        parts = (turn < 6, (turn == 6) | (turn == 7), turn > 7)
        yield Fold(f"split-{number}", *(samples.take(np.nonzero(part)[0]) for part in parts))


def balanced_folders(groups: NDArray[np.str_], years: Floats) -> NDArray[np.intp]:
    """Deal whole people into ten folders whose ages are distributed alike.

    A person goes where fewest photographs of his or her most frequent age are, of those folders
    to the smallest.

    Args:
        groups: (N,) persons.
        years: (N,) ages.

    Returns:
        (N,) folders, 0..9.
    """
    ages = np.rint(years).astype(int)
    held = np.zeros((_FOLDERS, ages.max() + 1), int)
    folders = np.empty(len(ages), np.intp)
    _, person = np.unique(groups, return_inverse=True)
    ends = np.cumsum(np.bincount(person))[:-1]
    for rows in np.split(np.argsort(person, kind="stable"), ends):
        own = np.bincount(ages[rows], minlength=held.shape[1])
        folder = np.lexsort((held.sum(1), held[:, own.argmax()]))[0]
        held[folder] += own
        folders[rows] = folder
    return folders


def _all_crossed(sets: Sets) -> list[Protocol]:
    """The pairs that the backbone may be tested on; a backbone of one set has not seen another."""
    found, refused = [], []
    for source, target in _CROSS:
        try:
            _refuse_seen(sets.start, {source}, target)
        except DataError as error:
            refused.append(error)
            _log.info("%s-to-%s is left out: %s", source, target, error)
            continue
        found.append(_crossed(sets, source, target))
    if not found:
        raise refused[0]
    return found


def _crossed(sets: Sets, source: str, target: str) -> Protocol:
    def folds(_: int) -> Iterator[Fold]:
        whole = target == "fgnet"
        asked = sets.all_of(target) if whole else sets.splits_of(target, "test")[0]
        train, watch = sets.splits_of(source, "train", "val")
        yield Fold("test", train, watch, asked)

    return Protocol(f"{source}-to-{target}", folds)


def _refuse_seen(start: Start, allowed: set[str], target: str) -> None:
    seen = set(start.data_sets) - allowed
    if seen:
        raise DataError(
            f"the backbone was trained on the ages of {', '.join(sorted(seen))}, which a test on "
            f"{target} after {' and '.join(sorted(allowed))} must not have seen. Give a checkpoint "
            "trained on nothing else, or the face network faceres-deep.json."
        )
