"""A cameras file that is edited by a program: comments and all that is not touched stay."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import tomlkit
from tomlkit.items import AoT, Table

from engine.cameras_file import Camera, CamerasFile, parse_cameras
from engine.errors import SettingsError

_DIGITS = 4


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
        return self._checked().cameras if len(self._tables()) else ()

    @property
    def receivers(self) -> int:
        """How many programs the file names to be told: a broker, webhooks."""
        return len(self._document.get("webhook", [])) + ("mqtt" in self._document)

    def set_zones(self, camera: str, zones: Sequence[Drawn]) -> None:
        """Write other zones for a camera; a zone that stays or is renamed keeps its comments.

        Raises:
            SettingsError: There is no such camera.
        """
        table = self._table(camera)
        before = list(table.get("zone", []))
        after = [_take_former(zone, zones, before) for zone in zones]
        array = table.get("zone")
        if not isinstance(array, AoT):
            array = tomlkit.aot()
            if zones:
                table["zone"] = array
        _refill(array, after)
        if not zones and "zone" in table:
            del table["zone"]

    def put(self, camera: Camera, was: str = "") -> None:
        """Add a camera, or change the one that was called `was`; its zones are left alone.

        Raises:
            SettingsError: There is none of that name.
        """
        table = self._table(was) if was else tomlkit.table()
        usual = Camera(name="x", source="0").model_dump()
        for key, value in camera.model_dump(exclude={"zones"}).items():
            if key in table and table[key] != value:
                table[key] = value
            elif key not in table and (key in ("name", "source") or value != usual[key]):
                _put_before_zones(table, key, value)
        if not was:
            tables = self._tables()
            tables.append(table)
            self._document["camera"] = tables

    def remove(self, camera: str) -> None:
        """Take a camera out.

        Raises:
            SettingsError: There is no such camera.
        """
        tables = self._tables()
        del tables[self._place(camera)]

    def move(self, camera: str, by: int) -> None:
        """Move a camera up (-1) or down (1); at the ends nothing happens.

        Raises:
            SettingsError: There is no such camera.
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
        if len(self._tables()):
            self._checked()
        write_whole(self._path, self.text)

    def _checked(self) -> CamerasFile:
        return parse_cameras(self.text, self._path)

    def _tables(self) -> AoT:
        found = self._document.get("camera")
        return found if isinstance(found, AoT) else tomlkit.aot()

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


def _take_former(zone: Drawn, zones: Sequence[Drawn], before: list[Table]) -> Table:
    """The table of a zone: that of its name, else one of the same shape whose name is gone."""
    points = [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in zone.points]
    names = {each.name for each in zones}
    same = (table for table in before if table["name"] == zone.name)
    renamed = (t for t in before if t["name"] not in names and _points(t) == points)
    table = next(same, None) or next(renamed, None)
    if table is None:
        table = tomlkit.table()
    else:
        before[:] = [other for other in before if other is not table]
    for key, value in (("name", zone.name), ("kind", zone.kind)):
        if table.get(key) != value:
            table[key] = value
    if "points" not in table or _points(table) != points:
        table["points"] = points
    return table


def _points(table: Table) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in table["points"]]


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
