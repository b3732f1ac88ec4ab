"""The input shapes of a model that are kept ready, and running any batch through them."""

from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import ExitStack

from engine.models.model import Array
from engine.models.tensorrt.lane import SLOTS, Lane, Machinery, Outputs
from engine.models.tensorrt.profiles import Profile, Shape, split

_MOST_LANES = 8
"""A lane costs GPU memory; making one anew costs tens of milliseconds."""


class Lanes:
    """Lanes by profile and picture size. Not for several threads at once."""

    def __init__(self, machinery: Machinery, profiles: tuple[Profile, ...]) -> None:
        """Make lanes as they are needed.

        Args:
            machinery: What they share.
            profiles: The profiles that the engine was built with, in their order.
        """
        self._machinery = machinery
        self._profiles = profiles
        self._lanes: OrderedDict[tuple[int, Shape], Lane] = OrderedDict()

    def run(self, rows: Array) -> list[Outputs]:
        """Run a batch, in parts where it is larger than any profile. The driver is current.

        Raises:
            ModelError: The pictures have a wrong size, or the GPU fails.
        """
        waiting: deque[Callable[[], Outputs]] = deque()
        finished: list[Outputs] = []
        start = 0
        for profile, count in split(rows.shape, self._profiles):
            if len(waiting) == SLOTS:
                finished.append(waiting.popleft()())
            lane = self._lane(profile, rows.shape[1:])
            waiting.append(lane.submit(rows[start : start + count]))
            start += count
        return finished + [collect() for collect in waiting]

    def close(self) -> None:
        """Free all lanes and the stream, even if the GPU fails. The driver is current."""
        with ExitStack() as freeing:
            freeing.callback(self._machinery.driver.destroy_stream, self._machinery.stream)
            while self._lanes:
                freeing.callback(self._lanes.popitem()[1].close)

    def _lane(self, profile: int, item: Shape) -> Lane:
        """The lane of a shape; the one that was not used for longest gives way to a new one."""
        key = (profile, item)
        if key not in self._lanes:
            while len(self._lanes) >= _MOST_LANES:
                self._lanes.popitem(last=False)[1].close()
            shape = (self._profiles[profile].batch, *item)
            self._lanes[key] = Lane(self._machinery, profile, shape)
        self._lanes.move_to_end(key)
        return self._lanes[key]
