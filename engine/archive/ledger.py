"""What a run has to do, what it has done, and what an earlier one did."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.archive.find import distinct_names
from engine.archive.folder import Folder
from engine.archive.manifest import FILE, Entry, Manifest, read_manifest
from engine.archive.mark import mark_of, model_keys, settings_key
from engine.archive.storage import is_stored, stored_mark
from engine.archive.task import Outcome, Plan, Status, Task
from engine.errors import SettingsError, SinkError
from engine.sinks.outputs import source_of
from engine.sources.address import LONGEST_NAME_BYTES, is_live, mask_address
from engine.sources.there import exists
from engine.values.text import printable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of a run.

    Attributes:
        tasks: What is to be done, in order.
        wanted: Entry of every source of the run as it was when the run began, by address as named.
        ended: Entries of the sources that ended, by address as named; finished ones of earlier
            runs from the beginning.
        manifest: Where entries are written.
        folder: Where the manifest and the outputs are.
        unbegun: Addresses as named, by name, of the sources that have not begun.
        known: What the manifest says until then of sources that are to be done again, by address as
            in the manifest.
    """

    tasks: list[Task]
    wanted: dict[str, Entry]
    ended: dict[str, Entry]
    manifest: Manifest
    folder: Folder
    unbegun: dict[str, str]
    known: dict[str, Entry]

    def begin(self, name: str) -> None:
        """Enter that a source is under way: what an earlier run says of it is not true any more.

        Args:
            name: Of the task.

        Raises:
            SinkError: The manifest cannot be written.
        """
        if address := self.unbegun.pop(name, None):
            self.manifest.record(self.wanted[address])

    def record(self, outcome: Outcome) -> list[str]:
        """Enter how a source ended, delete what it left unreplaced, and write the manifest.

        Where the results of an earlier run stay, so does what the manifest says of them.

        An output of an earlier run beside new ones would pass for one of them: bare faces beside
        blurred ones, numbers of other settings. A source that wrote nothing, or failed for want of
        space or of a GPU and not for its own sake, takes nothing away.

        Returns:
            Names of the files that were deleted.

        Raises:
            SinkError: The manifest cannot be written, or a file not be deleted.
        """
        entry = Entry.of(outcome, self.wanted[outcome.task.address])
        never_begun = self.unbegun.pop(outcome.task.name, None) and not entry.outputs
        before = self.wanted[outcome.task.address].before
        if outcome.gives_way and before:
            summary = {**entry.summary, "earlier_results": True}
            shown = entry.model_copy(update={"outputs": before.outputs, "summary": summary})
            self.ended[outcome.task.address] = shown
            if not never_begun:
                self._give_way(self.wanted[outcome.task.address], before)
            return []
        if never_begun and outcome.status is Status.INTERRUPTED and entry.address in self.known:
            self.ended[outcome.task.address] = entry
            return []
        removed: list[str] = []
        left = [file for file in entry.left if file not in entry.outputs]
        try:
            if outcome.is_whole:
                left = self._unreplaced(entry)
                while left:
                    self.folder.remove(left[0])
                    removed.append(left.pop(0))
        finally:
            entry = entry.model_copy(update={"left": tuple(left)})
            self.ended[outcome.task.address] = entry
            self.manifest.record(entry)
        return removed

    def _give_way(self, wanted: Entry, before: Entry) -> None:
        """Take away what a source wrote, and enter again what the earlier run said of it.

        A process that was killed as its files took their places cannot tell which did.
        """
        there = _by_source(self.folder.files())[wanted.name]
        left = [file for file in _with_untold(wanted, there).left if file not in before.outputs]
        try:
            self.folder.discard(wanted.name)
        finally:
            self.manifest.record(before.model_copy(update={"left": tuple(left)}))

    def _unreplaced(self, entry: Entry) -> list[str]:
        """What earlier runs wrote and this one did not."""
        written = {file.casefold(): file for file in entry.outputs}
        return [
            file
            for file in entry.left
            if not (twin := written.get(file.casefold())) or self._are_two(file, twin)
        ]

    def _are_two(self, file: str, twin: str) -> bool:
        """Whether names that differ in no more than case are two files, as on some file systems."""
        return file != twin and {file, twin} <= self.folder.files().keys()

    def entries(self) -> list[Entry]:
        """Of the sources of the run that ended, in the order they were named."""
        return [self.ended[address] for address in self.wanted if address in self.ended]

    def size_bytes(self, address: str) -> int:
        """Size of a source, 0 where unknown."""
        mark = self.wanted[address].mark
        return mark.size_bytes if mark else 0


def open_ledger(
    folder: Folder, addresses: Sequence[str], plan: Plan, *, resume: bool, version: str
) -> Ledger:
    """Begin the books.

    Args:
        folder: Where the manifest is.
        addresses: What is to be analysed; the same one twice, however spelled, is done once.
        plan: What is to be done with each.
        resume: Leave out what an earlier run finished with the same files, settings and models.
        version: Of the program.

    Raises:
        SettingsError: The manifest of the earlier run cannot be used.
        SinkError: The manifest cannot be written.
    """
    earlier = _earlier(folder, resume=resume)
    entries = _known(earlier)
    known = entries if resume else {}
    addresses = _once(addresses)
    identities = {address: identity(address) for address in addresses}
    names = _names(identities, known)
    kept = known or _others(earlier, identities.values(), names.values())
    files = folder.files()  # once, as there may be many
    there = _by_source(files)
    earlier = [_with_untold(entry, there[entry.name]) for entry in earlier]
    left = _left(earlier, kept.values(), names, identities, plan.out)
    key, models = settings_key(plan), model_keys(plan) if known else {}
    wanted, ended, tasks = {}, {}, []
    for address, name in names.items():
        entry = Entry(
            address=identities[address],
            name=name,
            status=Status.INTERRUPTED,
            mark=stored_mark(address) if is_stored(address) else mark_of(address),
            settings_key=key,
            agescope=version,
            left=left[address],
            strangers=tuple(sorted(there[name] - {*left[address]})),
        )
        before = entries.get(entry.address)
        if before and resume and before.holds(entry, models, folder, files):
            ended[address] = before
        else:
            whole = before.before or before if before else None
            if whole and whole.did(entry, folder, files):
                entry = entry.model_copy(update={"before": whole})
            tasks.append(Task(address, name, stands=entry.before is not None))
        wanted[address] = entry
    unbegun = {task.name: task.address for task in tasks}
    begun = {
        entry.address: entries[entry.address] if entry.before else entry
        for entry in wanted.values()
        if entry.left
    }
    manifest = Manifest(folder, list(identities.values()), {**begun, **kept}.values())
    manifest.write()
    return Ledger(tasks, wanted, ended, manifest, folder, unbegun, known)


def _earlier(folder: Folder, *, resume: bool) -> list[Entry]:
    """The entries of earlier runs; a manifest that cannot be read stops only `resume`."""
    try:
        return read_manifest(folder)
    except SettingsError as error:
        if resume:
            raise
        folder.write(f"{FILE}.old", folder.read(FILE) or b"")
        _log.warning(
            "%s What earlier runs wrote is not known and stays; the manifest is kept as %s.old.",
            str(error).split(". ")[0] + ".",
            FILE,
        )
        return []
    except SinkError:
        if resume:
            raise
        return []


def _by_source(files: Iterable[str]) -> defaultdict[str, set[str]]:
    """The files that have the name of an output, by source."""
    there: defaultdict[str, set[str]] = defaultdict(set)
    for file in files:
        if name := source_of(file):
            there[name].add(file)
    return there


def _with_untold(entry: Entry, there: set[str]) -> Entry:
    """An entry with what its source wrote before it was killed, when nobody could tell of it.

    Files have their names before the ledger is told of them.
    """
    if entry.strangers is None:
        return entry
    untold = there - {*entry.strangers, *entry.left}
    return entry.model_copy(update={"left": (*entry.left, *sorted(untold))})


def _others(
    earlier: Iterable[Entry], identities: Iterable[str], names: Iterable[str]
) -> dict[str, Entry]:
    """The entries of sources that this run neither does nor takes the name of."""
    addresses, taken = set(identities), {name.casefold() for name in names}
    return {
        address: entry
        for address, entry in _known(earlier).items()
        if address not in addresses and entry.name.casefold() not in taken
    }


def _left(
    earlier: Iterable[Entry],
    kept: Iterable[Entry],
    names: dict[str, str],
    identities: dict[str, str],
    out: str,
) -> defaultdict[str, tuple[str, ...]]:
    """By address, the files of earlier runs that the sources of this one replace.

    A file is that of the source whose name it has, in this run or in an entry that is kept: without
    --resume names go from one source to another. What has the name of none goes with its entry.
    What this program does not write stays: anybody can edit a manifest, and those of before named
    whatever came beside the results.
    """
    by_name = {name.casefold(): address for address, name in names.items()}
    by_identity = {of: address for address, of in reversed(identities.items())}
    others = {entry.name.casefold() for entry in kept if entry.address not in by_identity}
    place = identity(out).rstrip("/")
    left: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for entry in earlier:
        heir = by_identity.get(entry.address) or by_name.get(entry.name.casefold())
        for file in dict.fromkeys((*entry.outputs, *entry.left)):
            name = source_of(file)
            if name is None or f"{place}/{file}" in by_identity:  # not ours, or itself a source
                continue
            owner = by_name.get(name.casefold(), None if name.casefold() in others else heir)
            if owner and file not in left[owner]:
                left[owner] += (file,)
    return left


def _known(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries of earlier runs, without those of which nobody can say whose the results are.

    Earlier versions gave the name of one source to another of a later run.
    """
    entries = list(entries)
    count = Counter(entry.name.casefold() for entry in entries)
    return {entry.address: entry for entry in entries if count[entry.name.casefold()] == 1}


def _once(addresses: Sequence[str]) -> list[str]:
    """Every source under its first spelling; streams may differ in no more than what is masked."""
    sources: dict[str, str] = {}
    for address in addresses:
        sources.setdefault(address if is_live(address) else identity(address), address)
    return list(sources.values())


def _names(identities: dict[str, str], known: dict[str, Entry]) -> dict[str, str]:
    """The name of each address: that of an earlier run, or one that none of an earlier run has."""
    first = {of: address for address, of in reversed(identities.items())}
    given = {
        address: known[of].name
        for of, address in first.items()
        if of in known and len(known[of].name.encode()) <= LONGEST_NAME_BYTES  # else it failed
    }
    taken = [entry.name for of, entry in known.items() if first.get(of) not in given]
    addresses = list(identities)
    return dict(zip(addresses, distinct_names(addresses, given, taken), strict=True))


def identity(address: str) -> str:
    """What a source is known by from run to run: a file by its whole path, without passwords."""
    return printable(str(Path(address).resolve()) if exists(address) else mask_address(address))
