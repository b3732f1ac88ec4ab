"""Where drawn zones are kept: in the cameras file of their camera, else in the window's memory."""

import json
from collections.abc import Sequence
from dataclasses import replace

from pydantic import ValidationError

from app.cameras_document import CamerasDocument
from app.window.editor.drawing import Drawing
from app.window.memory import Memory
from app.window.remembered import anywhere
from app.window.tile import Tile
from app.window.wanted import Wanted
from app.window.words import translate
from engine.cameras_file import Zone
from engine.errors import SettingsError


class Keeping:
    """Lets zones take effect and keeps them."""

    def __init__(self, memory: Memory) -> None:
        """Keep zones of sources without a file in `memory`."""
        self._memory = memory

    def __call__(self, tile: Tile, drawings: Sequence[Drawing]) -> str:
        """Use these zones in a source and keep them; returns what became of it, in words."""
        zones = tuple(drawing.zone() for drawing in drawings)
        if zones == tuple(tile.wanted.zones):
            return ""
        tile.take_zones(zones)
        config = tile.wanted.config
        if config is None:
            self._remember(tile.wanted, zones)
            return translate("keeping", "Zones are kept for this source.")
        try:
            document = CamerasDocument(config)
            document.set_zones(tile.name, zones, tile.wanted.filed)
            document.save()
        except SettingsError as error:
            words = translate("keeping", "Zones are used, but not kept: {}")
            return words.format(error)
        tile.wanted = replace(tile.wanted, filed=zones)
        return translate("keeping", "Zones saved in {}").format(config.name)

    def recall(self, wanted: Wanted) -> Wanted:
        """The source with the zones that were drawn into it before."""
        key, older = _key(anywhere(wanted.shown)), _key(wanted.shown)
        text = self._memory.word(key) or self._memory.word(older)
        if wanted.config is not None or not text:
            return wanted
        try:
            found = [Zone.model_validate_json(json.dumps(each)) for each in json.loads(text)]
        except (ValidationError, ValueError):  # written by another version
            return wanted
        self._memory.set_word(key, text)  # older versions kept them under a path as it was given
        return replace(wanted, zones=tuple(found))

    def _remember(self, wanted: Wanted, zones: Sequence[Zone]) -> None:
        text = json.dumps([zone.model_dump(mode="json") for zone in zones])
        self._memory.set_word(_key(anywhere(wanted.shown)), text)


def _key(address: str) -> str:
    return f"zones/{address.replace('/', '|')}"
