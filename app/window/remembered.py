"""How a source is remembered, and how it is found again, from whatever folder that is asked for."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from app.window.wanted import Wanted, sources_at
from app.window.words import translate
from engine.cameras_file import load_cameras
from engine.errors import AgescopeError, SettingsError
from engine.sources.address import is_live
from engine.sources.there import exists


class Remembered(BaseModel, frozen=True):
    """A source that was shown; a camera of a cameras file comes again as that file says then.

    Attributes:
        address: Where it was.
        camera: Its name in the cameras file, "" where it stood in none.
        file: That cameras file.
    """

    address: str = Field(repr=False)
    camera: str = ""
    file: Path | None = None

    @classmethod
    def of(cls, wanted: Wanted) -> "Remembered":
        """What to remember of a source."""
        if wanted.config is None:
            return cls(address=anywhere(wanted.address))
        file = wanted.config.absolute()
        return cls(address=anywhere(wanted.address), camera=wanted.name, file=file)

    @classmethod
    def read(cls, word: str) -> "Remembered":
        """From a word as it is kept; one that older versions kept is an address."""
        try:
            return cls.model_validate_json(word)
        except ValidationError:
            return cls(address=word)

    @property
    def word(self) -> str:
        """As it is kept: an address alone, or JSON."""
        return self.model_dump_json() if self.file else self.address

    @property
    def name(self) -> str:
        """What the source is called."""
        return self.camera or Wanted.at(self.address).name

    @property
    def shown(self) -> str:
        """Where it is found, every password masked."""
        return str(self.file or Wanted.at(self.address).shown)

    def again(self) -> list[Wanted]:
        """The source as it is to be shown now; of a folder of videos those that are in it now.

        Raises:
            AgescopeError: Its cameras file has it no more: by its address alone it would be shown
                without its blackouts.
        """
        if self.file is None:
            return sources_at(self.address)
        for camera in load_cameras(self.file).cameras:
            if camera.name == self.camera:
                return [Wanted.of_camera(camera, self.file)]
        words = translate("remembered", "{} has no camera '{}' any more")
        raise SettingsError(words.format(self.file, self.camera))


def anywhere(address: str) -> str:
    """An address; the path of what is there so that it means the same in every folder."""
    there = not is_live(address) and exists(address)
    return str(Path(address).absolute()) if there else address


def found_again(sources: Sequence[str | Wanted]) -> tuple[list[Wanted], str]:
    """Sources from words as they are kept, and what to tell about those that are gone."""
    wanted: list[Wanted] = []
    gone = []
    for each in sources:
        try:
            wanted += [each] if isinstance(each, Wanted) else Remembered.read(each).again()
        except AgescopeError as error:
            gone.append(translate("remembered", "Not opened: {}").format(error))
    return wanted, " ".join(gone)
