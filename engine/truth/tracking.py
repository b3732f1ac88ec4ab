"""How well faces are found and followed: recall by size, IDF1, identity switches.

Identity scores come from motmetrics (extra `truth`). Faces that are mostly covered or outside the
picture, or smaller than the program was asked to find, count neither for nor against: what was not
asked for is neither missed nor wrong when found all the same. So do the MOTChallenge with what can
hardly be seen, and KITTI with objects below its smallest size.

Source: Ristani et al., "Performance measures and a data set for multi-target, multi-camera
tracking", 2016 (IDF1); Bernardin, Stiefelhagen, "Evaluating multiple object tracking performance:
the CLEAR MOT metrics", 2008 (switches).
"""

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from engine.errors import DataError, installing
from engine.truth.sightings import LEAST_OVERLAP, Moment, Sightings
from engine.values.faces import UNCLAIMED

SIZES_PX = (20, 24, 32, 64, 128)
"""Where the classes of face sizes begin."""


def recall_from(sightings: Sequence[Sightings], least_px: float, below_px: float = np.inf) -> float:
    """Share of the clear true faces of a size that were found, tracked or not; NaN for none."""
    found: list[bool] = []
    for sighting in sightings:
        for moment in sighting.moments:
            counted = moment.clear & (moment.sides_px >= least_px) & (moment.sides_px < below_px)
            seen = {true for true, _ in moment.pairs()}
            found += [bool(true in seen) for true in np.flatnonzero(counted).tolist()]
    return float(np.mean(found)) if found else float("nan")


def recall_by_size(sightings: Sequence[Sightings]) -> dict[str, float]:
    """Recall in each class of sizes."""
    ends = (*SIZES_PX[1:], np.inf)
    return {
        f"{first}px": recall_from(sightings, first, last)
        for first, last in zip(SIZES_PX, ends, strict=True)
    }


def identity(sightings: Sequence[Sightings]) -> dict[str, float]:
    """IDF1, MOTA and the number of identity switches over all scenes.

    Raises:
        DataError: The extra package is not installed.
    """
    motmetrics = _motmetrics()
    kept = [_accumulated(motmetrics, sighting.moments) for sighting in sightings]
    names = [str(number) for number in range(len(kept))]
    wanted = ["idf1", "mota", "num_switches"]
    table = motmetrics.metrics.create().compute_many(
        kept, names=names, metrics=wanted, generate_overall=True
    )
    return {name: float(table.loc["OVERALL", name]) for name in wanted}


def _accumulated(motmetrics: ModuleType, moments: Sequence[Moment]) -> object:
    accumulator = motmetrics.MOTAccumulator()
    for number, moment in enumerate(moments):
        # What mostly overlaps a face that does not count is taken out before anything is scored.
        apart = np.where(moment.overlaps >= LEAST_OVERLAP, 1 - moment.overlaps, np.nan)
        beside = {seen for true, seen in moment.pairs() if not moment.clear[true]}
        kept = [
            seen
            for seen, track_id in enumerate(moment.track_ids.tolist())
            if track_id != UNCLAIMED and seen not in beside
        ]
        accumulator.update(
            moment.people[moment.clear],
            moment.track_ids[kept],
            apart[moment.clear][:, kept],
            frameid=number,
        )
    return accumulator


def _motmetrics() -> ModuleType:
    try:
        import motmetrics
    except ImportError as error:
        raise DataError(
            "the comparison with the truth needs motmetrics, which is not installed. "
            f"Install it with: {installing('truth')}"
        ) from error
    return motmetrics
