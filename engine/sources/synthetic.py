"""A synthetic scene as a source: frames on demand, with known people in them."""

import time
from collections.abc import Iterator

from engine.sources.closing import Closing
from engine.sources.scene import Scene
from engine.sources.small import small_copy
from engine.sources.source import SmallSize, SourceInfo
from engine.values.frame import Frame


class SyntheticSource(Closing):
    """Delivers the frames of a scene."""

    def __init__(
        self, scene: Scene, *, name: str, address: str, small_size: SmallSize | None = None
    ) -> None:
        """Take a scene.

        Args:
            scene: What to show.
            name: Name of the source.
            address: What the user gave.
            small_size: Size of the copy for the detector; None for no copy.
        """
        self.scene = scene
        self.problems: list[str] = []
        self._small_size = small_size
        self._closing = False
        width, height = scene.script.size_wh
        self.info = SourceInfo(
            name=name,
            address=address,
            live=False,
            pictures=False,
            width=width,
            height=height,
            rate=scene.script.rate,
            frames=scene.frames,
            duration_s=scene.frames / scene.script.rate,
        )

    def __iter__(self) -> Iterator[Frame]:
        """Draw and deliver the frames in order."""
        for index in range(self.scene.frames):
            if self._closing:
                return
            image = self.scene.render(index)
            small = small_copy(image, self._small_size)
            time_s = index / self.scene.script.rate
            yield Frame(image, index, time_s, time.monotonic_ns(), self.info.name, small)

    def close(self) -> None:
        """Stop after the frame under way."""
        self._closing = True
