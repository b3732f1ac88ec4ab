"""What a run has to do, what it has done, and what an earlier one did."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.archive.find import distinct_names
from engine.archive.folder import Folder
from engine.archive.manifest import Entry, Manifest, read_manifest
from engine.archive.mark import mark_of, model_keys, settings_key
from engine.archive.storage import is_stored, stored_mark
from engine.archive.task import Outcome, Plan, Status, Task
from engine.sources.address import LONGEST_NAME_BYTES, is_live, mask_address
from engine.sources.there import exists
from engine.values.text import printable


@dataclass(frozen=True, slots=True)
class Ledger:
    """The books of a run.

    Attributes:
        tasks: What is to be done, in order.
        wanted: Entry of every source of the run as it was when the run began, by address as named.
        ended: Entries of the sources that ended, by address as named; finished ones of earlier
            runs from the beginning.
        manifest: Where entries are written.
    """

    tasks: list[Task]
    wanted: dict[str, Entry]
    ended: dict[str, Entry]
    manifest: Manifest

    def record(self, outcome: Outcome) -> None:
        """Enter how a source ended, and write the manifest.

        Raises:
            SinkError: It cannot be written.
        """
        entry = Entry.of(outcome, self.wanted[outcome.task.address])
        self.ended[outcome.task.address] = entry
        self.manifest.record(entry)

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
    known = _known(folder) if resume else {}
    addresses = _once(addresses)
    identities = {address: identity(address) for address in addresses}
    names = _names(identities, known)
    key, models = settings_key(plan), model_keys() if known else {}
    wanted, ended, tasks = {}, {}, []
    for address, name in names.items():
        entry = Entry(
            address=identities[address],
            name=name,
            status=Status.INTERRUPTED,
            mark=stored_mark(address) if is_stored(address) else mark_of(address),
            settings_key=key,
            agescope=version,
        )
        wanted[address] = entry
        before = known.get(entry.address)
        if before and before.holds(entry, models, folder):
            ended[address] = before
        else:
            tasks.append(Task(address, name))
    manifest = Manifest(folder, list(identities.values()), known.values())
    manifest.write()
    return Ledger(tasks, wanted, ended, manifest)


def _known(folder: Folder) -> dict[str, Entry]:
    """The entries of earlier runs, without those of which nobody can say whose the results are.

    Earlier versions gave the name of one source to another of a later run.
    """
    entries = read_manifest(folder)
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
