"""What the gate says to whoever stands before it: plain functions from a verdict to words."""

from PyQt6.QtCore import QCoreApplication

from engine.gate import Reason, Stage, Verdict
from engine.settings import GateSettings

translate = QCoreApplication.translate


def title_of(verdict: Verdict, gate: GateSettings) -> str:
    """The decision, or what to do, in a few words."""
    match verdict.stage:
        case Stage.OVER:
            return translate("gate", "{} or over").format(gate.age)
        case Stage.UNDER:
            return translate("gate", "Under {}").format(gate.age)
        case Stage.ASK:
            return translate("gate", "Please show your ID")
        case Stage.SEVERAL:
            return translate("gate", "One at a time, please")
        case Stage.LOOKING:
            return translate("gate", "Please look at the camera")
        case Stage.NOBODY:
            return translate("gate", "Please step closer")


def explanation_of(verdict: Verdict, gate: GateSettings) -> str:
    """Why, in one or two sentences."""
    match verdict.stage:
        case Stage.OVER:
            words = translate("gate", "Thank you, please go on. {}")
            return words.format(_chances(verdict, gate))
        case Stage.UNDER:
            words = translate(
                "gate", "Sorry, this is for people of {} and over. Wrong? Our staff will help. {}"
            )
            return words.format(gate.age, _chances(verdict, gate))
        case Stage.ASK:
            return _why_ask(verdict, gate)
        case Stage.SEVERAL:
            return translate("gate", "Step forward one by one; the others stay a little behind.")
        case Stage.LOOKING:
            return translate("gate", "It takes a moment. Nothing is stored.")
        case Stage.NOBODY:
            return translate("gate", "A camera estimates whether you are {} or over.").format(
                gate.age
            )


def counts_of(counts: dict[Stage, int], gate: GateSettings) -> str:
    """How often each decision was made, one a line."""
    rows = (
        (translate("gate", "{} or over").format(gate.age), Stage.OVER),
        (translate("gate", "under {}").format(gate.age), Stage.UNDER),
        (translate("gate", "asked for ID"), Stage.ASK),
    )
    return "\n".join(f"{name}: {counts.get(stage, 0)}" for name, stage in rows)


def _why_ask(verdict: Verdict, gate: GateSettings) -> str:
    kind = translate("gate", "Our staff will look at it. ")
    match verdict.reason:
        case Reason.CHALLENGE:
            words = translate("gate", "Everybody who looks under {} is asked.")
            return kind + words.format(gate.challenge)
        case Reason.UNSEEN:
            return kind + translate("gate", "Your face could not be seen well enough.")
        case Reason.CHANGED:
            return kind + translate("gate", "The picture changed while you stood here.")
        case _:
            words = translate(
                "gate", "A face alone does not tell on which side of {} you are; that is common."
            )
            return kind + words.format(gate.age)


def _chances(verdict: Verdict, gate: GateSettings) -> str:
    if verdict.belief is None:
        return ""
    age = verdict.belief.distribution
    low, high = (round(float(end)) for end in age.interval(0.9))
    over = verdict.stage is Stage.OVER
    error = age.probability_below(gate.age) if over else age.probability_from(gate.age)
    words = translate("gate", "You look {} to {}; the chance that this is wrong is {}.")
    return words.format(low, high, _in_hundred(float(error)))


def _in_hundred(chance: float) -> str:
    if chance < 0.01:
        return translate("gate", "under 1 in 100")
    return translate("gate", "about {} in 100").format(round(100 * chance))
