"""`manifest.json`: how every source ended, with what, and whether it has to be done again."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from engine.archive.folder import Folder
from engine.archive.mark import Mark
from engine.archive.task import Outcome, Status
from engine.errors import SettingsError
from engine.values.text import printable

FILE = "manifest.json"
_FORMAT = 1


class Entry(BaseModel):
    """One source.

    Attributes:
        address: What it is known by: a file's whole path; else what was named, passwords masked.
        name: Begins the names of its outputs.
        status: How it ended.
        reason: Why it is not done, "" if it is.
        attempts: How often it was begun; more than 1 after a worker died on it.
        mark: State of its files when it was begun; None where nothing can be compared.
        settings_key: SHA-256 of what was asked for.
        models: What ran it, by file name, with SHA-256.
        outputs: Names of the files it wrote, in the folder of the manifest.
        sizes: Of these, by name, in bytes; those of earlier versions have none.
        left: Names of files that earlier runs wrote and it has not replaced; they go once it writes
            its own.
        strangers: Files that have the name of an output of it and that no run had written when this
            one began; None once it has told what it wrote. Of a source that never tells, what else
            has such a name is its own.
        agescope: Version of the program.
        summary: Its entry in summary.json.
        before: Of a source that is under way: the entry of the earlier run that did it to its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    name: str
    status: Status
    reason: str = ""
    attempts: int = 1
    mark: Mark | None = None
    settings_key: str = ""
    models: dict[str, dict[str, str | bool]] = Field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    sizes: dict[str, int] = Field(default_factory=dict)
    left: tuple[str, ...] = ()
    strangers: tuple[str, ...] | None = None
    agescope: str = ""
    summary: dict[str, JsonValue] = Field(default_factory=dict)
    before: "Entry | None" = None

    @classmethod
    def of(cls, outcome: Outcome, wanted: "Entry") -> "Entry":
        """What became of a source that was to be done."""
        return wanted.model_copy(
            update={
                "status": outcome.status,
                "reason": printable(outcome.reason),
                "attempts": outcome.task.attempt,
                "models": outcome.models,
                "outputs": outcome.outputs,
                "sizes": outcome.sizes,
                "strangers": None if outcome.outputs else wanted.strangers,
                "summary": outcome.job.summary(),
                "before": None,
            }
        )

    def holds(
        self,
        wanted: "Entry",
        models: dict[str, str],
        folder: Folder,
        files: Mapping[str, int],
    ) -> bool:
        """Whether this is what is wanted, done, and everything is still there as it was written.

        Args:
            wanted: The source as it is now, and what is asked of it now.
            models: SHA-256 of the model files of now, by file name.
            folder: Where the outputs are.
            files: What is in it, and of what sizes.
        """
        return (
            self.did(wanted, folder, files)
            and not self.left  # could not be deleted: may be another's, or show bare faces
            and self.settings_key == wanted.settings_key
            and {name: facts.get("sha256") for name, facts in self.models.items()} == models
        )

    def did(self, wanted: "Entry", folder: Folder, files: Mapping[str, int]) -> bool:
        """Whether this is the source as it is now, done in whatever way, and still all there.

        Args:
            wanted: The source as it is now.
            folder: Where the outputs are.
            files: What is in it, and of what sizes.
        """
        return (
            self.status is Status.DONE
            and self.name == wanted.name
            and self.mark is not None
            and self.mark == wanted.mark
            and all(
                self.sizes.get(output, files[output]) == files[output]
                if output in files
                else folder.has(output)  # some file systems list a name in another spelling
                for output in self.outputs
            )
        )


class _Contents(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: int = _FORMAT
    sources: list[Entry]


def read_manifest(folder: Folder) -> list[Entry]:
    """The entries of a folder of results; none where there is no manifest.

    Raises:
        SettingsError: The manifest is damaged or of another version of the program.
    """
    text = folder.read(FILE)
    if text is None:
        return []
    try:
        contents = _Contents.model_validate_json(text)
        if contents.format != _FORMAT:
            raise ValueError(f"format {contents.format}")
    except (ValidationError, ValueError) as error:
        raise SettingsError(
            f"{folder.where}/{FILE} is no manifest of this version (format {_FORMAT}). "
            "Leave out --resume to do everything again, or choose another --out."
        ) from error
    return contents.sources


class Manifest:
    """The manifest of a run: written anew, whole, after every source.

    Entries are kept as text, so that writing costs no more than copying.
    """

    def __init__(self, folder: Folder, order: Sequence[str], entries: Iterable[Entry] = ()) -> None:
        """Begin with what is known; nothing is written yet.

        Args:
            folder: Where to write.
            order: Addresses of the run's sources; those of earlier runs come after them.
            entries: Of earlier runs.
        """
        self._folder = folder
        self._lines: dict[str, str] = dict.fromkeys(order, "")
        for entry in entries:
            self._lines[entry.address] = entry.model_dump_json()

    def record(self, entry: Entry) -> None:
        """Set the entry of a source, and write.

        Raises:
            SinkError: It cannot be written.
        """
        self._lines[entry.address] = entry.model_dump_json()
        self.write()

    def write(self) -> None:
        """Write what is known.

        Raises:
            SinkError: It cannot be written.
        """
        lines = ",\n".join(line for line in self._lines.values() if line)
        text = f'{{"format": {_FORMAT}, "sources": [\n{lines}\n]}}\n'
        self._folder.write(FILE, text.encode())
