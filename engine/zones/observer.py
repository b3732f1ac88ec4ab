"""One camera's results turned into events. Runs in the thread that steps the camera.

Wall-clock moments are those at which frames came, however long the looking takes. How far the wall
clock is ahead of the monotonic one is taken at each result, so that a clock that is set while the
program runs shifts later events only.
"""

import time
from collections.abc import Callable, Iterable
from math import inf
from threading import Lock
from time import monotonic

from engine.values.frame import Frame
from engine.values.result import FrameResult, Track
from engine.zones.events import Event, Shape, Underway, VisitEvent, ZoneEvent, ZoneVisit
from engine.zones.minutes import Minutes
from engine.zones.open_visits import OpenVisits
from engine.zones.sighting import sightings
from engine.zones.watch import Passage, ZoneWatch

_SNAPSHOT_S = 0.5
"""With the time until the store commits, a killed program loses less than a second."""
_CALM_S = 10
"""With nobody there only the watched time grows. All cameras tell it at the same moment of the
clock, so that the store commits once in so many seconds of a quiet night."""


class Observer:
    """Follows one camera and publishes what happens in front of it."""

    def __init__(
        self,
        camera: str,
        shapes: Iterable[Shape],
        publish: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
        *,
        lost_s: float = 0.0,
    ) -> None:
        """Begin.

        Args:
            camera: Name of the camera.
            shapes: Its zones; blackouts are passed over.
            publish: Takes every event; must be quick.
            clock: Unix time, s.
            lost_s: For how long the camera's people are followed whom nobody sees.
        """
        self._camera = camera
        self._publish, self._clock = publish, clock
        self._lock = Lock()
        self._watch, self._visits = ZoneWatch(shapes, lost_s=lost_s), OpenVisits()
        self._minutes = Minutes(camera, lost_s=lost_s)
        self._media_s = self._published_s = 0.0
        self._shift_s = clock()
        self._origin_s = -inf
        """Monotonic second at which the media clock began."""
        self._stirred, self._told_in = False, 0
        self._closed = False

    def redraw(self, shapes: Iterable[Shape]) -> None:
        """Watch other zones from now on; visits go on, and leave the areas that are gone."""
        with self._lock:
            passages = self._watch.redraw(shapes)
            self._minutes.count(passages)
            self._tell(passages)

    def close(self) -> None:
        """End all visits as they stand: what a thread that is on its way here still saw is nothing.

        Else it would begin visits that nobody ends.
        """
        with self._lock:
            self._cut_off()
            self._publish_so_far()
            self._closed = True

    def rename(self, camera: str) -> None:
        """Publish under another name from now on; running visits go on."""
        with self._lock:
            for minute in self._minutes.rename(camera):
                self._publish(minute)
            self._camera = camera

    def occupancy(self) -> dict[str, int]:
        """People inside each area now; `WHOLE` is the picture."""
        with self._lock:
            return self._watch.occupancy()

    def step(self, result: FrameResult) -> None:
        """Take one result of the camera."""
        if result.frame.picture:
            return
        with self._lock:
            if self._closed:
                return
            if result.looked:
                self._look(result)
            self._end(result.ended)
            if self._is_due():
                self._publish_so_far()

    def end(self, tracks: Iterable[Track]) -> None:
        """Take visits that ended outside a frame."""
        with self._lock:
            if self._closed:
                return
            self._end(tracks)
            self._publish_so_far()

    def _look(self, result: FrameResult) -> None:
        media_s = result.frame.time_s
        if media_s < self._media_s:
            self._cut_off()
        passed_s, self._media_s = media_s - self._media_s, media_s
        self._read_clocks(result.frame)
        faces = list(sightings(result))
        begun = sum(self._visits.see(face) for face in faces)
        passages = self._watch.see(faces, result.frame.size_wh)
        self._stirred = self._stirred or bool(faces or passages)
        for minute in self._minutes.add(media_s + self._shift_s, passed_s, self._watch, passages):
            self._publish(minute)
        self._minutes.count_visits(begun=begun)
        self._tell(passages)

    def _read_clocks(self, frame: Frame) -> None:
        # A frame that came late is dated back, so that the latest origin is the true one.
        self._origin_s = max(self._origin_s, frame.decoded_ns / 1e9 - frame.time_s)
        self._shift_s = self._origin_s + self._clock() - monotonic()

    def _cut_off(self) -> None:
        self._end([track for _, track in self._visits.so_far(self._camera)])

    def _end(self, tracks: Iterable[Track]) -> None:
        for track in tracks:
            self._stirred = True
            visits, passages = self._watch.end(track.track_id)
            self._minutes.count(passages)
            self._minutes.count_visits(ended=1)
            self._tell(passages)
            number = self._visits.end(track.track_id)
            self._publish(self._visit(number, track, visits))

    def _visit(self, number: int, track: Track, zones: tuple[ZoneVisit, ...]) -> VisitEvent:
        return VisitEvent(
            number=number,
            camera=self._camera,
            track=track,
            first_at=track.first_s + self._shift_s,
            last_at=track.last_s + self._shift_s,
            zones=zones,
        )

    def _tell(self, passages: Iterable[Passage]) -> None:
        for passage in passages:
            self._publish(
                ZoneEvent(
                    camera=self._camera,
                    zone=passage.zone,
                    kind=passage.kind,
                    action=passage.action,
                    track_id=passage.sighting.track_id,
                    at=passage.sighting.time_s + self._shift_s,
                    dwell_s=passage.visit.dwell_s,
                    attention_s=passage.visit.attention_s,
                    belief=passage.sighting.belief,
                )
            )

    def _is_due(self) -> bool:
        if self._stirred:
            return abs(self._media_s - self._published_s) >= _SNAPSHOT_S
        return int(self._clock()) // _CALM_S != self._told_in

    def _publish_so_far(self) -> None:
        """Tell what is not over yet, so that a killed program loses a second at most."""
        self._stirred, self._published_s = False, self._media_s
        self._told_in = int(self._clock()) // _CALM_S
        for minute in self._minutes.snapshot():
            self._publish(minute)
        for number, track in self._visits.so_far(self._camera):
            visit = self._visit(number, track, self._watch.touched(track.track_id))
            self._publish(Underway(visit))
