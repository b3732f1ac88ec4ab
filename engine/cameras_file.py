"""The cameras file: which cameras there are and what is drawn into their pictures, in TOML.

`load_cameras` reads it whole or not at all; every problem is told with its line. Knows no session.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from engine.cameras_file_lines import Lines, Place
from engine.cameras_file_outlets import Mqtt, Name, OutletTables, Table, Webhook
from engine.cameras_file_secrets import check_address, fill_in
from engine.errors import AgescopeError, SettingsError
from engine.sources.address import mask_address
from engine.sources.clock import LEAST_FPS, is_cap
from engine.values.text import as_written
from engine.zones.geometry import is_simple

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Point = Annotated[tuple[Share, Share], Strict(False)]


def _checked_cap(fps: float) -> float:
    if not is_cap(fps):
        raise ValueError(
            f"should be 0 or at least {LEAST_FPS:g}: with fewer looks a second nobody is followed"
        )
    return fps


Cap = Annotated[float, Field(ge=0, le=240, allow_inf_nan=False), AfterValidator(_checked_cap)]

_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_TABLES = ("camera", "zone", "mqtt", "webhook")
_SECRET = ("source", "broker", "url", "secret")


class Zone(Table):
    """One `[[camera.zone]]`."""

    name: Name = Field(description="Unique in its camera; labels events, tables and metrics")
    kind: Literal["area", "line", "blackout"] = Field(
        description="area: occupancy, dwell and attention; line: crossings and their direction; "
        "blackout: burnt into the picture before anything sees it"
    )
    points: Annotated[tuple[Point, ...], Strict(False)] = Field(
        description="x, y in widths and heights of the picture, 0..1 from its top left corner; "
        "two for a line, three or more for the others"
    )

    @model_validator(mode="after")
    def _drawable(self) -> "Zone":
        if self.kind == "line":
            if len(self.points) != 2 or self.points[0] == self.points[1]:
                raise ValueError(f"a line has two different points; got {len(self.points)}")
        elif not is_simple(self.points):
            raise ValueError(
                f"an {self.kind} is a polygon of three or more points whose sides do not cross"
                if self.kind == "area"
                else "a blackout is a polygon of three or more points whose sides do not cross"
            )
        return self


class Camera(Table):
    """One `[[camera]]`."""

    name: Name = Field(description="Unique; what tables, metrics and the window call it")
    source: Annotated[str, Field(min_length=1, max_length=2048)] = Field(
        repr=False,
        description="rtsp://, rtsps://, http:// or https:// address, camera number, file or "
        "synthetic: scene; ${NAME} is taken from the environment, ${keyring:SERVICE/USER} from "
        "the keyring",
    )
    enabled: bool = Field(True, description="Whether it runs")
    transport: Literal["tcp", "udp"] = Field("tcp", description="How RTSP carries its packets")
    fps_cap: Cap = Field(
        0.0,
        description="Look at no more frames a second than this, 1 at least; 0 for all the machine "
        "can do",
        json_schema_extra={"unit": "1/s", "anyOf": [{"const": 0}, {"minimum": LEAST_FPS}]},
    )
    effort: Literal["exhaustive", "balanced", "fast"] = Field(
        "balanced", description="How much to compute for each face"
    )
    priority: Annotated[int, Field(ge=0, le=9)] = Field(
        0, description="Cameras of a higher one are served first when the machine is too slow"
    )
    zones: Annotated[tuple[Zone, ...], Strict(False)] = Field((), alias="zone")

    def address(self) -> str:
        """The source with its secrets filled in. Never show it: `shown` is for that.

        Raises:
            SettingsError: A secret is missing, or the address cannot be one.
        """
        address = fill_in(self.source)
        check_address(address)
        return address

    @property
    def shown(self) -> str:
        """The source as it is written, passwords masked."""
        return mask_address(self.source)

    @property
    def blackouts(self) -> tuple[tuple[Point, ...], ...]:
        """Polygons that nobody may see."""
        return tuple(zone.points for zone in self.zones if zone.kind == "blackout")

    @property
    def counting_zones(self) -> tuple[Zone, ...]:
        """Areas and lines."""
        return tuple(zone for zone in self.zones if zone.kind != "blackout")

    def streams_as(self, other: "Camera") -> bool:
        """Whether both give the same pictures in the same way: only names and counting differ."""
        aside = {"name", "zones"}
        same = self.model_dump(exclude=aside) == other.model_dump(exclude=aside)
        return same and self.blackouts == other.blackouts


class CamerasFile(OutletTables):
    """A whole cameras file."""

    cameras: Annotated[tuple[Camera, ...], Strict(False)] = Field(alias="camera")

    @property
    def enabled(self) -> tuple[Camera, ...]:
        """The cameras that shall run."""
        return tuple(camera for camera in self.cameras if camera.enabled)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a cameras file.

    Attributes:
        line: Where, from 1.
        message: What was found and what is expected; names no password.
    """

    line: int
    message: str


class CamerasFileError(SettingsError):
    """A cameras file cannot be read; `problems` has every reason, by line."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(f"{path}:{p.line}: {p.message}" for p in self.problems))


def load_cameras(path: Path) -> CamerasFile:
    """Read a cameras file.

    Raises:
        CamerasFileError: There is something wrong in it.
        SettingsError: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"cameras file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"cameras file {path} is no UTF-8 text: {error.reason}.") from error
    return parse_cameras(text, path)


def parse_cameras(text: str, path: Path) -> CamerasFile:
    """Understand the text of a cameras file.

    Args:
        text: TOML.
        path: What to call it in messages.

    Raises:
        CamerasFileError: There is something wrong in it.
    """
    try:
        found = tomllib.loads(text)
    except ValueError as error:  # a number of 5000 digits is no TOMLDecodeError
        raise CamerasFileError(path, [_no_toml(str(error), text)]) from error
    except RecursionError as error:
        raise CamerasFileError(path, [Problem(1, "is nested too deeply")]) from error
    lines = Lines(text)
    try:
        cameras = CamerasFile.model_validate(found)
    except ValidationError as error:
        problems = [
            Problem(lines.of(e["loc"]), f"{_whose(found, e['loc'])}{_said(e)}")
            for e in error.errors(include_url=False)
        ]
        raise CamerasFileError(path, problems) from None  # its text would hold passwords
    problems = [*_clashes(cameras, lines), *_bad_addresses(cameras, lines)]
    if problems := [*problems, *_bad_outlets(cameras, lines)]:
        raise CamerasFileError(path, problems)
    return cameras


def cameras_schema() -> dict[str, object]:
    """JSON schema of the file, for editors that know TOML."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **CamerasFile.model_json_schema(by_alias=True),
    }


def _clashes(cameras: CamerasFile, lines: Lines) -> list[Problem]:
    """Names that are there twice."""
    problems = _twice([camera.name for camera in cameras.cameras], ("camera",), lines)
    problems += _twice([webhook.name for webhook in cameras.webhooks], ("webhook",), lines)
    for at, camera in enumerate(cameras.cameras):
        names = [zone.name for zone in camera.zones]
        problems += _twice(names, ("camera", at, "zone"), lines)
    return problems


def _twice(names: list[str], tables: Place, lines: Lines) -> list[Problem]:
    return [
        Problem(
            lines.of((*tables, at, "name")),
            f"{tables[-1]} '{name}' is there twice; choose another name.",
        )
        for at, name in enumerate(names)
        if name in names[:at]
    ]


def _bad_addresses(cameras: CamerasFile, lines: Lines) -> list[Problem]:
    problems = []
    for at, camera in enumerate(cameras.cameras):
        try:
            if camera.enabled:
                camera.address()
        except AgescopeError as error:
            line = lines.of(("camera", at, "source"))
            problems.append(Problem(line, f"camera '{camera.name}': source {error}"))
    return problems


def _bad_outlets(cameras: CamerasFile, lines: Lines) -> list[Problem]:
    places: list[Place] = [("webhook", at) for at in range(len(cameras.webhooks))]
    tables: list[Mqtt | Webhook] = [*cameras.webhooks]
    if cameras.mqtt:
        places, tables = [*places, ("mqtt",)], [*tables, cameras.mqtt]
    problems = []
    for place, table in zip(places, tables, strict=True):
        try:
            table.check()
        except SettingsError as error:
            problems.append(Problem(lines.of(place), f"{table.shown} {error}"))
    return problems


def _no_toml(message: str, text: str) -> Problem:
    found = _LINE.search(message)
    line = int(found[1]) if found else text.count("\n") + 1
    return Problem(line, f"is no valid TOML: {message}")


def _whose(found: Mapping[str, object], place: Place) -> str:
    """'camera 'door', zone 'desk': ' as far as the names can be read."""
    told, at = [], found
    for word, number in pairwise(place):
        tables = at.get(str(word)) if isinstance(at, Mapping) else None
        if word not in _TABLES or not isinstance(number, int):
            continue
        if not isinstance(tables, list) or not isinstance(tables[number], Mapping):
            break
        at = tables[number]
        name = at.get("name")
        told.append(
            f"{word} '{mask_address(name)}'" if isinstance(name, str) else f"{word} {number + 1}"
        )
    return ", ".join(told) + ": " if told else ""


def _said(error: ErrorDetails) -> str:
    """What is wrong with a value, without a value that may hold a password."""
    inside = [str(part) for part in error["loc"] if part not in _TABLES]
    key = next((part for part in inside if not part.isdigit()), "")
    if error["type"] == "extra_forbidden":
        return f"unknown key '{key}'; `cameras --schema` prints those there are."
    if error["type"] == "missing":
        return f"'{key}' is missing" if key else "there is no [[camera]] in the file"
    if error["type"] == "tuple_type" and not key:
        return (
            f"'{error['loc'][-1]}' is written as tables: [[camera]], [[camera.zone]], [[webhook]]"
        )
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    if not key:
        return message
    value = as_written(error["input"])
    hidden = key in _SECRET or "://" in value  # an address, with its password, in a wrong place
    return f"'{key}' {message}" + ("" if hidden else f"; got {value:.80}")
