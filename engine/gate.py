"""Whether somebody is clearly over an age, clearly under it, or has to be asked by a person.

A gate errs in two ways, and how often it may is set for each: over is said only where
P(age < T) <= `wrongly_over`, under only where P(age >= T) <= `wrongly_under`; all between is a
person's to decide. With a challenge age C, over also needs a face that looks C or more to at least
every second look: P(age < C) <= 1/2.

Knows no pictures, writes nothing, and forgets who has left.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.settings import GateSettings
from engine.values.age import AgeDistribution
from engine.values.result import AgeBelief, FrameResult, Status

_SLACK = 2.0
"""A decision is kept up to so many times the error it was made at: beliefs tremble."""
_LOOKS_YOUNG, _STILL_LOOKS_OLDER = 0.5, 0.6
_FORGOTTEN_S = 5.0
_LONGEST_STEP_S = 0.5
"""A gap between pictures counts as no more waiting than this."""


class Stage(StrEnum):
    """How far the gate is with whoever stands before it."""

    NOBODY = "nobody"
    SEVERAL = "several"
    """More than one person stands in front; none is decided."""
    LOOKING = "looking"
    """One person, and too little evidence as yet."""
    OVER = "over"
    UNDER = "under"
    ASK = "ask"
    """A person has to decide."""

    @property
    def decided(self) -> bool:
        """A decision was made, if only to ask."""
        return self in (Stage.OVER, Stage.UNDER, Stage.ASK)


class Reason(StrEnum):
    """Why a person has to be asked."""

    BETWEEN = "between"
    """The age may lie on either side."""
    CHALLENGE = "challenge"
    """Over the age, but looks younger than the challenge age."""
    UNSEEN = "unseen"
    """The face could not be seen well enough in time."""
    CHANGED = "changed"
    """What was decided before no longer holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What the gate says now.

    Attributes:
        stage: How far it is.
        track_id: Of the one person in front; None for nobody or several.
        belief: About that person; None likewise.
        reason: Why to ask; None for all other stages.
        evidence: Share of the looks needed that are there, 0..1.
    """

    stage: Stage
    track_id: int | None = None
    belief: AgeBelief | None = None
    reason: Reason | None = None
    evidence: float = 0.0


Decision = tuple[Stage, Reason | None]
_NOT_YET: Decision = (Stage.LOOKING, None)


def judge(age: AgeDistribution, settings: GateSettings, made: Stage | None = None) -> Decision:
    """Decide from one distribution, probs (A,).

    Args:
        age: Of the person.
        settings: The age and how often to err.
        made: The decision made before, which is kept a little longer than it would be made.

    Returns:
        OVER, UNDER or ASK, and why to ask.
    """
    wrongly_under = settings.wrongly_under * (_SLACK if made is Stage.UNDER else 1.0)
    wrongly_over = settings.wrongly_over * (_SLACK if made is Stage.OVER else 1.0)
    if float(age.probability_from(settings.age)) <= wrongly_under:
        return Stage.UNDER, None
    if float(age.probability_below(settings.age)) > wrongly_over:
        return Stage.ASK, Reason.BETWEEN
    most = _STILL_LOOKS_OLDER if made is Stage.OVER else _LOOKS_YOUNG
    if settings.challenge and float(age.probability_below(settings.challenge)) > most:
        return Stage.ASK, Reason.CHALLENGE
    return Stage.OVER, None


@dataclass(slots=True)
class _Case:
    """One person before the gate."""

    seen_s: float
    made: Decision = _NOT_YET
    waited_s: float = 0.0
    leaning: Decision = _NOT_YET
    leaning_s: float = 0.0


class Gate:
    """Decides about one person after the other.

    A decision lasts as long as the person stays. Over and under turn into ask when the belief
    leaves them by far, because another face took the track; ask turns into nothing else, or one
    would pull faces until it does.
    """

    def __init__(self, settings: GateSettings) -> None:
        """Start with nobody and no decisions."""
        self._settings = settings
        self._cases: dict[int, _Case] = {}
        self._counts: Counter[Stage] = Counter()
        self._now_s = 0.0

    @property
    def counts(self) -> Mapping[Stage, int]:
        """Decisions made since the start, by kind; a changed one counts as one more."""
        return dict(self._counts)

    def step(self, result: FrameResult, front: NDArray[np.intp]) -> Verdict:
        """Take in a result.

        Args:
            result: The newest one.
            front: Rows of the faces that stand in front.
        """
        step_s = self._pass_time(result)
        if len(front) == 0:
            return Verdict(Stage.NOBODY)
        if len(front) > 1:
            for case in self._cases.values():
                case.leaning = _NOT_YET
            return Verdict(Stage.SEVERAL)
        row = int(front[0])
        track_id = int(result.faces.track_ids[row])
        belief = result.beliefs[row]
        case = self._cases.setdefault(track_id, _Case(self._now_s))
        self._consider(case, belief, step_s)
        evidence = min(1.0, belief.effective_frames / self._settings.least_looks)
        stage, reason = case.made
        return Verdict(stage, track_id, belief, reason, evidence)

    def _pass_time(self, result: FrameResult) -> float:
        """Move the clock on; returns seconds since the last result, 0 after a jump back."""
        step_s = result.frame.time_s - self._now_s
        self._now_s = result.frame.time_s
        if step_s < 0:
            self._cases.clear()
        for track_id in result.faces.track_ids.tolist():
            if track_id in self._cases:
                self._cases[track_id].seen_s = self._now_s
        self._cases = {
            k: case for k, case in self._cases.items() if self._now_s - case.seen_s < _FORGOTTEN_S
        }
        return min(max(0.0, step_s), _LONGEST_STEP_S)

    def _consider(self, case: _Case, belief: AgeBelief, step_s: float) -> None:
        made = case.made[0]
        if made is Stage.ASK:
            return
        if made.decided:
            if judge(belief.distribution, self._settings, made)[0] is not made:
                self._make(case, (Stage.ASK, Reason.CHANGED))
            return
        case.waited_s += step_s
        leaning = self._leaning(belief)
        held_s = case.leaning_s + step_s if leaning == case.leaning else 0.0
        case.leaning, case.leaning_s = leaning, held_s
        if leaning[0].decided and held_s >= self._settings.hold_s:
            self._make(case, leaning)
        elif case.waited_s >= self._settings.patience_s:
            self._make(case, (Stage.ASK, Reason.UNSEEN))

    def _leaning(self, belief: AgeBelief) -> Decision:
        few = belief.effective_frames < self._settings.least_looks
        if belief.status is not Status.STABLE or few:
            return _NOT_YET
        return judge(belief.distribution, self._settings)

    def _make(self, case: _Case, decision: Decision) -> None:
        case.made = decision
        self._counts[decision[0]] += 1
