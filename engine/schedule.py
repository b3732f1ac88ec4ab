"""Attention: which frames to look at, where, and whose age to estimate. Knows no pixels.

**Looking.** Between looks a Kalman filter carries the boxes on. The error of its prediction grows
with the time h since the last look as h^(3/2), the law of a velocity that wanders (the integral of
a random walk). A look shows the error e that has grown in h; one would have wanted the error d, so
the next look is due after

    h' = h (d / e)^(2/3)            within h/2 .. 2h and at most `longest_s`

Known faces are looked at in any case when the frame after this one may come too late, more than
`longest_gap_s` after the last look: the tracker takes those for gone that nobody looked for.

A face that was not found again is looked for in the next frame, then after a quarter of the time it
has been away; one that is not confirmed yet, in every frame; and a belief that an estimate would
move by 2 kappa (see below) brings the next look forward. What has changed in the picture where
no known person explains it is looked at at once, and after every such look that found nobody new
only after twice the time, up to `patience_s`. The whole picture is looked at after a cut and, even
if nothing moves, from time to time: first soon, then after twice the time, up to `whole_s`.

**Estimating.** A frame's estimate is y + b + w: the age, a bias that stays (variance s_b^2), and
noise that changes (variance s_w^2, autocorrelation rho). After N independent looks

    Var(N) = s_b^2 + s_w^2 / N      N = w_max + c (sum w - w_max),  c = mean (1 - rho) / (1 + rho)

where w are the qualities and rho falls with the time between two estimates: N is that of the belief
(see there). One more estimate, of quality w after the time g, would make it N'. By the law of total
variance what it takes from the variance is the mean square of the step that the belief makes:

    E[step^2] = Var(N) - Var(N') = s_w^2 (1/N - 1/N')

The floor s_b^2 cancels: what no number of looks can mend is no reason to look. A face is
estimated when the step, in units of s_w, is at least kappa: sqrt(1/N - 1/N') >= kappa. A first
estimate always is (N = 0), a much better view is (w > w_max), a repeated frame is not (rho = 1,
N' = N), and waiting makes the same estimate worth more. For equally good looks this ends at about
N = 1/kappa. After `check_s` a face is estimated in any case: only an estimate shows that a track
has silently become somebody else.

For recordings all of it follows from the pictures and their media seconds: the same file gives the
same numbers. A live source adds an allowance: each frame earns so many milliseconds, looks and
estimates spend them, and what is not urgent waits while there is a debt.
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from engine.settings import Effort
from engine.values.age import Doubles
from engine.values.faces import UNCLAIMED, Faces, Floats

_FIRST_WHOLE_S = 0.25
_FIRST_PATIENCE_S = 0.04
_FIRST_LOOK_S = 0.08
_AWAY_SHARE = 0.25
_FAR_STEP, HURRY_S = 2.0, 0.1
"""A belief that would make this many times kappa as a step wants the next look after this time."""
_LEAST_ERROR = 0.005
_SAVED_FRAMES = 12
"""How many frames' allowance may be saved up, or be owed."""
_THRIFT = 4.0
"""How many times longer than usual a look is put off while there is a debt."""

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Economy:
    """What an effort allows.

    Attributes:
        drift: Error of a predicted box that is accepted, in face sides (d).
        longest_s: Longest time between looks at known faces.
        patience_s: Longest time between looks at changes that bring nobody new.
        whole_s: Longest time between looks at the whole picture.
        step: Least step of the belief that is worth an estimate, in standard deviations of the
            noise (kappa).
        check_s: Time after which a face is estimated in any case.
    """

    drift: float
    longest_s: float
    patience_s: float
    whole_s: float
    step: float
    check_s: float


ECONOMIES = {
    Effort.BALANCED: Economy(0.1, 0.6, 0.06, 4.0, 0.14, 5.0),
    Effort.FAST: Economy(0.2, 1.0, 0.4, 8.0, 0.3, 10.0),
}


class Look(Enum):
    """How a frame is looked at."""

    NOT = auto()
    """Boxes are predicted."""
    FACES = auto()
    """Around the known faces."""
    CHANGE = auto()
    """Around the known faces and where something has changed."""
    WHOLE = auto()
    """Everywhere."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a look.

    Attributes:
        cut: The picture may have changed altogether.
        unconfirmed: Some face may still turn out to be none.
        away_s: Shortest time for which a confirmed face has been missing; infinite for none.
        faces: Some face is known, present or missing.
        change: Something has changed that no known person explains.
    """

    cut: bool
    unconfirmed: bool
    away_s: float
    faces: bool
    change: bool


class Schedule:
    """The attention of one source. Deterministic unless there is an allowance.

    Attributes:
        allowance_ms: What each frame of a live source may cost on average; 0 for no bound.
    """

    def __init__(
        self, effort: Effort, *, longest_gap_s: float = np.inf, allowance_ms: float = 0.0
    ) -> None:
        """Start before the first frame.

        Args:
            effort: How much to spend.
            longest_gap_s: Longest time between looks at known faces, whatever the debt.
            allowance_ms: To begin with.
        """
        self.exhaustive = effort is Effort.EXHAUSTIVE
        self._economy = ECONOMIES.get(effort, ECONOMIES[Effort.BALANCED])
        self._longest_gap_s = longest_gap_s
        self.allowance_ms = allowance_ms
        self.begin()

    def begin(self) -> None:
        """Forget what was learnt: another source, or the same from its start."""
        self._credit_ms = 0.0
        self._look_s = self._change_s = self._whole_at_s = self._planned_s = -np.inf
        self._interval_s = _FIRST_LOOK_S
        self._patience_s, self._whole_s = _FIRST_PATIENCE_S, _FIRST_WHOLE_S

    def plan(self, time_s: float, waiting: Waiting) -> Look:
        """How to look at the frame of a media second."""
        next_s = time_s + (time_s - self._planned_s)
        self._planned_s = time_s
        last_chance = next_s - self._look_s > self._longest_gap_s
        if waiting.cut or time_s - self._whole_at_s >= self._whole_s * self._thrift:
            return Look.WHOLE
        if waiting.change and time_s - self._change_s >= self._patience_s * self._thrift:
            return Look.CHANGE
        due = last_chance or self._is_due(time_s, waiting)
        return Look.FACES if waiting.faces and due else Look.NOT

    def _is_due(self, time_s: float, waiting: Waiting) -> bool:
        if waiting.unconfirmed:
            return True
        since_s = (time_s - self._look_s) / self._thrift
        away = since_s >= _AWAY_SHARE * waiting.away_s
        return away or since_s >= self._interval_s

    def looked(self, time_s: float, look: Look, expected: Faces, found: Faces) -> None:
        """Learn from a look.

        Args:
            time_s: Media second of the frame.
            look: How it was looked at.
            expected: Where the known faces were predicted.
            found: The faces that were found, with ids.
        """
        h = time_s - self._look_s
        known = set(expected.track_ids.tolist())
        somebody_new = len(found) > len(expected) or not known.issuperset(found.track_ids.tolist())
        error = drift(expected, found)
        if error is not None and 0 < h < np.inf:
            wanted = h * (self._economy.drift / max(error, _LEAST_ERROR)) ** (2 / 3)
            self._interval_s = min(float(np.clip(wanted, h / 2, 2 * h)), self._economy.longest_s)
        if look in (Look.CHANGE, Look.WHOLE):
            self._patience_s = _next(
                self._patience_s, somebody_new, _FIRST_PATIENCE_S, self._economy.patience_s
            )
            self._change_s = time_s
        if look is Look.WHOLE:
            self._whole_s = _next(
                self._whole_s, somebody_new, _FIRST_WHOLE_S, self._economy.whole_s
            )
            self._whole_at_s = time_s
        self._look_s = time_s

    def worth_estimating(self, now: Doubles, then: Doubles, since_s: Doubles) -> Rows:
        """Which of N faces to estimate.

        Args:
            now: (N,) independent looks that each belief rests on (N).
            then: (N,) what it would rest on (N').
            since_s: (N,) seconds since its last estimate.

        Returns:
            Rows, ascending.
        """
        wanted = (self._steps(now, then) >= 1) | (since_s >= self._economy.check_s)
        return np.flatnonzero(wanted & (now <= 0) if self._in_debt else wanted)

    def hurry(self, now: Doubles, then: Doubles) -> None:
        """Bring the next look forward if a belief is still far from settled.

        Args:
            now: (N,) independent looks that each belief rests on.
            then: (N,) what they would rest on `HURRY_S` later.
        """
        if (self._steps(now, then) >= _FAR_STEP).any():
            self._interval_s = min(self._interval_s, HURRY_S)

    def _steps(self, now: Doubles, then: Doubles) -> Doubles:
        """(N,) steps that estimates would make in beliefs, in multiples of kappa."""
        with np.errstate(divide="ignore", invalid="ignore"):
            fewer = np.where(now > 0, 1 / now - 1 / then, np.inf)
        return np.sqrt(np.maximum(fewer, 0)) / self._economy.step

    def spend(self, milliseconds: float) -> None:
        """Charge a frame's work to the allowance, if there is one."""
        if self.allowance_ms:
            most = self.allowance_ms * _SAVED_FRAMES
            self._credit_ms += self.allowance_ms - milliseconds
            self._credit_ms = min(max(self._credit_ms, -most), most)

    @property
    def _thrift(self) -> float:
        """By how much looks are put off."""
        return _THRIFT if self._in_debt else 1.0

    @property
    def _in_debt(self) -> bool:
        return self._credit_ms < 0


def _next(wait_s: float, success: bool, first_s: float, longest_s: float) -> float:
    """Time until the next look of a kind: short after a success, else twice the last one."""
    return first_s if success else min(2 * wait_s, longest_s)


def drift(expected: Faces, found: Faces) -> float | None:
    """How far off the worst predicted box was, in face sides, its four edges on average.

    Returns:
        None where no face was both expected and found.
    """
    rows = {track_id: row for row, track_id in enumerate(expected.track_ids.tolist())}
    ids = found.track_ids.tolist()
    second = [row for row, track_id in enumerate(ids) if track_id != UNCLAIMED and track_id in rows]
    if not second:
        return None
    boxes = found.boxes[second]
    sides = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(1), 1)
    first = [rows[ids[row]] for row in second]
    apart: Floats = np.abs(expected.boxes[first] - boxes).mean(1) / sides
    return float(apart.max())
