"""A source as it is asked for: by an address alone, or by an entry of the cameras file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.cameras_file import Camera
from engine.sources.address import is_live, mask_address, source_name
from engine.sources.blackout import Polygon
from engine.sources.source import Reading
from engine.sources.there import is_folder
from engine.zones.events import Shape

DEMO = "synthetic:?people=5&seconds=20&size=1280x720&seed=1"
"""The address of the demonstration."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that is to be shown.

    Attributes:
        name: Short, without passwords.
        address: As `open_source` takes it; may hold a password.
        reading: How to read it where it is live.
        zones: Areas and lines to draw and count at, and blackouts that nobody may see.
        effort: How much to compute for each face; "" for what the settings say.
        config: The cameras file it stands in, None where it stands in none.
        filed: Its zones as that file held them when it was last read or written here.
    """

    name: str
    address: str = field(repr=False)
    reading: Reading = field(default_factory=Reading)
    zones: tuple[Shape, ...] = ()
    effort: str = ""
    config: Path | None = None
    filed: tuple[Shape, ...] = ()

    @classmethod
    def at(cls, address: str) -> "Wanted":
        """The source of an address, named after it."""
        return cls("demonstration" if address == DEMO else source_name(address), address)

    @classmethod
    def of_camera(cls, camera: Camera, config: Path | None) -> "Wanted":
        """A camera of a cameras file.

        Raises:
            SettingsError: A secret of its address is missing.
        """
        reading = Reading(camera.transport, fps_cap=camera.fps_cap)
        address, zones = camera.address(), camera.zones
        effort = camera.effort
        return cls(camera.name, address, reading, zones, effort, config, filed=zones)

    @property
    def blackouts(self) -> tuple[Polygon, ...]:
        """Polygons that nobody may see, in widths and heights of the picture."""
        return tuple(zone.points for zone in self.zones if zone.kind == "blackout")

    @property
    def live(self) -> bool:
        """It cannot be sought, and is connected again when it is lost."""
        return is_live(self.address)

    @property
    def shown(self) -> str:
        """The address with every password masked."""
        return mask_address(self.address)

    @property
    def secret(self) -> bool:
        """The address holds something that may not be written down."""
        return self.shown != self.address


def sources_at(address: str) -> list[Wanted]:
    """What an address names: one source, or the videos of a folder without pictures, by name."""
    if is_live(address) or not is_folder(address):
        return [Wanted.at(address)]
    from engine.archive.find import find_in  # loads decoders

    return [Wanted.at(each) for each in find_in(Path(address)).sources]


def named_apart(sources: Sequence[Wanted]) -> list[Wanted]:
    """The same sources; where several have one name they are numbered."""
    seen: dict[str, int] = {}
    apart = []
    for source in sources:
        seen[source.name] = count = seen.get(source.name, 0) + 1
        apart.append(source if count == 1 else replace(source, name=f"{source.name} ({count})"))
    return apart
