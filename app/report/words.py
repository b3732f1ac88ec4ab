"""The sentences of a report. Plain text; whoever puts them into a page escapes them."""

from collections.abc import Iterator

import numpy as np

from app.report.charts import duration, number
from app.report.overview import Overview, Row, interval_90
from engine.sinks.palette import BANDS
from engine.sinks.tally import AGES, SIDES_PX, Tally
from engine.values.age import AgeDistribution


def headline(overview: Overview) -> str:
    """The whole report in a few sentences."""
    tally = overview.tally
    seen = _seen(overview)
    troubled = sum(row.outcome.state != "done" or row.tally is None for row in overview.rows)
    noun = "faces" if overview.pictures and not overview.frames else "people"
    if tally.people:
        parts = [f"{_count(tally.people, noun)} in {seen}."]
    else:
        parts = [f"Nobody {'could be counted' if troubled else 'was seen'} in {seen}."]
    if troubled:
        sources = f"{troubled:,} of {len(overview.rows):,} sources"
        parts.append(f"Not everything could be analysed: {sources} had problems.")
    if tally.known:
        parts.append(_ages(tally))
    if tally.visits == 1:
        parts.append(f"The visit lasted {duration(tally.seconds)}.")
    elif tally.visits:
        mean, longest = duration(tally.seconds / tally.visits), duration(tally.longest_s)
        parts.append(f"Visits lasted {mean} on average, {longest} at most.")
    return " ".join(parts)


def limits(overview: Overview) -> Iterator[str]:
    """What the reader must know before trusting the numbers, the gravest first."""
    tally = overview.tally
    yield from _failures(overview)
    if tally.unknown:
        yield _unknown(tally)
    if tally.provisional:
        yield (
            f"The age of {tally.provisional:,} of {tally.visits:,} visitors was still settling "
            "when they left: their wide intervals widen the sums."
        )
    if tally.visits:
        yield (
            "A person is counted once a visit: whoever leaves and comes back later, or is in two "
            "recordings, counts again."
        )
    if tally.known:
        yield (
            "The 90 % intervals of the sums take the errors for different people as independent. A "
            "bias that the model has for a camera, a light or a group of people moves all bars "
            "together and is not in them."
        )
    yield (
        "An age told from a face is an impression, not a document. Decide nothing about a "
        "person's rights by it; the model card says whom the model was measured on."
    )


def shown_rows(rows: list[Row], most: int) -> list[Row]:
    """At most so many rows, those with problems first, else in their order."""
    return sorted(rows, key=lambda row: row.outcome.state == "done")[:most]


def _ages(tally: Tally) -> str:
    total = np.array(tally.ages)
    everybody = AgeDistribution(
        np.array(AGES, np.float32), (total / total.sum()).astype(np.float32)
    )
    if tally.known == 1:
        low, age, high = _whole_years(everybody, (0.05, 0.5, 0.95))
        whose = "The age" if not tally.unknown else "An age can be told for one of them: it"
        return f"{whose} is about {age} years (90 % interval {low} to {high})."
    quarter, three = _whole_years(everybody, (0.25, 0.75))
    largest = int(np.argmax(tally.bands))
    least, most = interval_90(tally.bands[largest], tally.bands_variance[largest], tally.known)
    whom = "everybody" if not tally.unknown else f"{tally.known:,} of them"
    unsettled = f", roughly for {tally.provisional:,}" if tally.provisional else ""
    return (
        f"An age can be told for {whom}{unsettled}: the middle half lies between {quarter} and "
        f"{three} years, and the largest band is {BANDS[largest].name} with about "
        f"{number(tally.bands[largest])} (90 % interval {number(least)} to {number(most)})."
    )


def _whole_years(ages: AgeDistribution, quantiles: tuple[float, ...]) -> list[int]:
    return [round(float(years)) for years in ages.quantiles(quantiles)]


def _unknown(tally: Tally) -> str:
    """How many have no age, and why."""
    of = f"{tally.unknown:,} of {tally.people:,} people"
    unclear = tally.unknown - tally.too_small
    small = f"{tally.too_small:,} never showed a face of {SIDES_PX[1]} px"
    blurred = (
        f"{unclear:,} {'was' if unclear == 1 else 'were'} blurred, turned away, dark or gone too "
        "soon"
    )
    why = ", ".join(text for text, count in ((small, tally.too_small), (blurred, unclear)) if count)
    if tally.unknown == 1:
        return f"{of} was too small or too unclear to say: {why}. No number about ages counts them."
    return f"{of} were too small or too unclear to say: {why}. They are in no number about ages."


def _seen(overview: Overview) -> str:
    parts = []
    videos = sum(row.tally is not None and not row.pictures for row in overview.rows)
    if videos:
        files = "one source" if videos == 1 else f"{videos:,} sources"
        parts.append(f"{duration(overview.video_s)} of video from {files}")
    if overview.pictures:
        parts.append("one picture" if overview.pictures == 1 else f"{overview.pictures:,} pictures")
    return " and ".join(parts) or "what was analysed"


def _count(people: int, noun: str) -> str:
    if people == 1:
        return "One face was found" if noun == "faces" else "One person came into view"
    verb = "were found" if noun == "faces" else "came into view"
    return f"{people:,} {noun} {verb}"


def _failures(overview: Overview) -> Iterator[str]:
    states = [row.outcome.state for row in overview.rows]
    counts = {
        "could not be analysed at all": states.count("failed"),
        "had problems on the way; what could be seen is in": states.count("problem"),
        "were broken off by hand; what was seen until then is in": states.count("interrupted"),
        "were not done to their end again; what an earlier run saw is in": states.count(
            "earlier results"
        ),
        "have no readable digest and are in the table only": overview.without
        - states.count("failed"),
    }
    for what, count in counts.items():
        if count > 0:
            yield f"Sources that {what}: {count:,} of {len(states):,}."
