"""A cameras file that is edited by a program: comments and all that is not touched stay."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from engine.cameras_file import Camera, CamerasFile, parse_cameras
from engine.errors import SettingsError

_DIGITS = 4

Points = list[list[float]]


class Drawn(Protocol):
    """A zone to be written: `cameras_file.Zone` fits."""

    @property
    def name(self) -> str:
        """Unique in its camera."""
        ...

    @property
    def kind(self) -> str:
        """One of area, line and blackout."""
        ...

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """In widths and heights of the picture."""
        ...


class CamerasDocument:
    """The text of a cameras file; every change is checked as a whole file is."""

    def __init__(self, path: Path) -> None:
        """Read a file; one that does not exist yet is empty.

        Raises:
            SettingsError: It cannot be read, or something is wrong in it.
        """
        self._path = path
        text = ""
        if path.exists():
            try:
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"cameras file {path} cannot be read: {error}") from error
            parse_cameras(text, path)
        self._document = tomlkit.parse(text)

    @property
    def text(self) -> str:
        """What would be written."""
        return tomlkit.dumps(self._document)

    def cameras(self) -> tuple[Camera, ...]:
        """The cameras as they stand now.

        Raises:
            SettingsError: They would not make a valid file.
        """
        return self._checked().cameras if self._document.get("camera") else ()

    @property
    def receivers(self) -> int:
        """How many programs the file names to be told: a broker, webhooks."""
        return len(self._document.get("webhook", [])) + ("mqtt" in self._document)

    def set_zones(self, camera: str, zones: Sequence[Drawn], known: Sequence[Drawn]) -> None:
        """Write what changed of a camera's zones; the others stay as somebody else left them.

        A zone that stays or is renamed keeps its comments.

        Args:
            camera: Its name.
            zones: As they shall be.
            known: As the file held them when it was last read or written for whoever drew.

        Raises:
            SettingsError: There is no such camera, the file holds a changed zone otherwise, or
                comments would be lost.
        """
        table = self._table(camera)
        before = list(self._tables_of(table, "zone"))
        there = {each["name"]: _shape(each["kind"], each["points"]) for each in before}
        old, new = _shapes(known), _shapes(zones)
        changed = {name for name in old | new if old.get(name) != new.get(name)}
        for name in sorted(changed):
            if there.get(name) not in (old.get(name), new.get(name)):
                raise SettingsError(
                    f"{self._path} holds another zone '{name}' by now; open its cameras again."
                )
        drawn = {zone.name: zone for zone in zones if zone.name in changed}
        added = [zone for name, zone in drawn.items() if name not in there]
        after = []
        for each in before:
            zone = drawn.get(each["name"])
            if zone is None and each["name"] in changed:  # removed, or renamed
                zone = next((z for z in added if new[z.name] == there[each["name"]]), None)
                if zone is None:
                    continue
                added.remove(zone)
            after.append(each if zone is None else _drawn_into(each, zone))
        _refill_zones(table, [*after, *(_drawn_into(tomlkit.table(), z) for z in added)])

    def put(self, camera: Camera, was: Camera | None = None) -> None:
        """Add a camera, or write what is other than it `was` read; its zones are left alone.

        Raises:
            SettingsError: There is none of that name, the file holds a changed value otherwise, or
                comments would be lost.
        """
        table = self._table(was.name) if was else tomlkit.table()
        usual = Camera(name="x", source="0").model_dump()
        before = was.model_dump() if was else {}
        for key, value in camera.model_dump(exclude={"zones"}).items():
            if was and value == before[key]:
                continue
            there = table.get(key, usual[key])
            if was and there not in (before[key], value):
                raise SettingsError(
                    f"{self._path} holds another '{key}' of '{was.name}' by now; change it again."
                )
            if key in table and there != value:
                table[key] = value
            elif key not in table and (key in ("name", "source") or value != usual[key]):
                _put_before_zones(table, key, value)
        if was is None:
            tables = self._tables()
            tables.append(table)
            self._document["camera"] = tables

    def remove(self, camera: str) -> None:
        """Take a camera out.

        Raises:
            SettingsError: There is no such camera, or comments would be lost.
        """
        tables = self._tables()
        del tables[self._place(camera)]

    def move(self, camera: str, by: int) -> None:
        """Move a camera up (-1) or down (1); at the ends nothing happens.

        Raises:
            SettingsError: There is no such camera, or comments would be lost.
        """
        tables = self._tables()
        place, items = self._place(camera), list(tables)
        target = min(max(place + by, 0), len(items) - 1)
        items.insert(target, items.pop(place))
        _refill(tables, items)

    def save(self) -> None:
        """Write the file, whole or not at all.

        Raises:
            SettingsError: It is not valid, or cannot be written.
        """
        if self._document.get("camera"):
            self._checked()
        write_whole(self._path, self.text)

    def _checked(self) -> CamerasFile:
        return parse_cameras(self.text, self._path)

    def _tables(self) -> AoT:
        return self._tables_of(self._document, "camera")

    def _tables_of(self, holder: TOMLDocument | Table, key: str) -> AoT:
        """The tables of a key; an array of inline ones, `key = [{…}]`, becomes `[[key]]` ones."""
        found = holder.get(key)
        if isinstance(found, AoT):
            return found
        tables = tomlkit.aot()
        if found is None:
            return tables
        for inline in found:
            table = tomlkit.table()
            table.update(inline)
            tables.append(table)
        kept = sum(table.as_string().count("#") for table in tables)
        if (found.as_string() + found.trivia.comment).count("#") > kept:
            raise SettingsError(
                f"{self._path} holds comments in '{key} = […]' that would be lost; write it as "
                f"{'[[camera]]' if key == 'camera' else f'[[camera.{key}]]'} to change it here."
            )
        del holder[key]  # tables stand below all that is no table
        if tables:
            holder[key] = tables
        return tables

    def _place(self, camera: str) -> int:
        names = [table["name"] for table in self._tables()]
        if camera not in names:
            raise SettingsError(f"{self._path} has no camera '{camera}' any more; open it again.")
        return names.index(camera)

    def _table(self, camera: str) -> Table:
        return self._tables()[self._place(camera)]


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all; its folder is made where it is missing.

    Who could read the file can read it afterwards, and nobody else; a new one is its owner's only.

    Raises:
        SettingsError: It cannot be written.
    """
    path = path.resolve()  # a link stays a link
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        partial.touch(0o600, exist_ok=False)
        partial.write_text(text, encoding="utf-8")
        if path.exists():
            _take_rights(partial, path.stat())
        partial.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error


def _take_rights(partial: Path, before: os.stat_result) -> None:
    """Give a file the mode of another one and, as far as this user may, its group and owner."""
    for owner, group in ((-1, before.st_gid), (before.st_uid, -1)):
        with suppress(OSError, AttributeError):  # Windows has neither
            os.chown(partial, owner, group)
    mode = stat.S_IMODE(before.st_mode)
    if partial.stat().st_gid != before.st_gid:  # another group may do what everybody may
        mode = mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    partial.chmod(mode)


def _refill_zones(camera: Table, zones: list[Table]) -> None:
    array = camera.get("zone")
    if not isinstance(array, AoT):
        array = tomlkit.aot()
        if zones:
            camera["zone"] = array
    _refill(array, zones)
    if not zones and "zone" in camera:
        del camera["zone"]


def _shapes(zones: Sequence[Drawn]) -> dict[str, tuple[str, Points]]:
    return {zone.name: _shape(zone.kind, zone.points) for zone in zones}


def _shape(kind: str, points: Sequence[Sequence[float]]) -> tuple[str, Points]:
    """What makes two zones of one name the same: to the digits that are written."""
    return str(kind), [[round(float(x), _DIGITS), round(float(y), _DIGITS)] for x, y in points]


def _drawn_into(table: Table, zone: Drawn) -> Table:
    """The table of a zone, changed where it says otherwise."""
    kind, points = _shape(zone.kind, zone.points)
    for key, value in (("name", zone.name), ("kind", kind)):
        if table.get(key) != value:
            table[key] = value
    if "points" not in table or _shape(kind, table["points"])[1] != points:
        table["points"] = points
    return table


def _put_before_zones(table: Table, key: str, value: object) -> None:
    """Keys of a camera stand above its zones."""
    zones = table.get("zone")
    if zones is None:
        table[key] = value
        return
    del table["zone"]
    table[key] = value
    table["zone"] = zones


def _refill(array: AoT, tables: list[Table]) -> None:
    while len(array):
        del array[0]
    for table in tables:
        array.append(table)
