"""What the window says about a source. Plain functions from a session's status to words."""

from PyQt6.QtCore import QCoreApplication

from engine.status import SessionStatus, State

translate = QCoreApplication.translate


def clock(seconds: float) -> str:
    """Time as 0:07, 12:30 or 1:02:03."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def fine_clock(seconds: float) -> str:
    """Time to the hundredth, such as 0:07.48."""
    hundredths = max(0, round(seconds * 100))
    return f"{clock(hundredths // 100)}.{hundredths % 100:02}"


def state_words(status: SessionStatus) -> str:
    """What the session is doing, such as "playing 0:12 / 0:35"."""
    match status.state:
        case State.STARTING:
            return translate("words", "starting")
        case State.FAILED:
            return translate("words", "failed: {}").format(status.message)
        case State.ENDED | State.STOPPED:
            return translate("words", "ended")
        case State.STALLED | State.RECONNECTING:
            return " · ".join(filter(None, (stale_words(status), status.message)))
        case State.PAUSED:
            return translate("words", "paused {}").format(_place(status)).rstrip()
        case State.RUNNING:
            if status.info is not None and status.info.live:
                return translate("words", "live")
            return translate("words", "playing {}").format(_place(status)).rstrip()


def short_words(status: SessionStatus) -> str:
    """The same without the reason of a failure or loss."""
    if status.state is State.FAILED:
        return translate("words", "failed")
    if status.state in (State.STALLED, State.RECONNECTING):
        return stale_words(status)
    return state_words(status)


def counted(state: State, count: int) -> str:
    """How many sources are in a state, such as "1 stalled" and "3 running"."""
    one, several = {
        State.STARTING: (translate("words", "1 starting"), translate("words", "{} starting")),
        State.RUNNING: (translate("words", "1 running"), translate("words", "{} running")),
        State.STALLED: (translate("words", "1 stalled"), translate("words", "{} stalled")),
        State.RECONNECTING: (
            translate("words", "1 reconnecting"),
            translate("words", "{} reconnecting"),
        ),
        State.PAUSED: (translate("words", "1 paused"), translate("words", "{} paused")),
        State.STOPPED: (translate("words", "1 stopped"), translate("words", "{} stopped")),
        State.ENDED: (translate("words", "1 ended"), translate("words", "{} ended")),
        State.FAILED: (translate("words", "1 failed"), translate("words", "{} failed")),
    }[state]
    return one if count == 1 else several.format(count)


def stale_words(status: SessionStatus) -> str:
    """What is wrong with a live source, since when, and what comes next; not why."""
    if status.state is State.STALLED:
        words = translate("words", "stalled · last picture {:.0f} s ago")
        return words.format(status.picture_age_s)
    if status.next_retry_s > 0:
        words = translate("words", "reconnecting in {:.0f} s")
        return words.format(max(1.0, status.next_retry_s))
    return translate("words", "reconnecting …")


def pace_words(status: SessionStatus) -> str:
    """How fast it goes and what was lost, such as "29.9 frames/s · 3 dropped"."""
    if status.state is not State.RUNNING:
        return ""
    parts = [
        translate("words", "{:.1f} frames/s").format(status.frames_per_s),
        translate("words", "{:.0f} ms behind").format(status.lag_ms),
    ]
    if status.dropped:
        parts.append(translate("words", "{} dropped").format(status.dropped))
    return " · ".join(parts)


def _place(status: SessionStatus) -> str:
    info = status.info
    if info is None or info.live:
        return ""
    if info.pictures:
        words = translate("words", "picture {} / {}")
        return words.format(status.frames, info.frames) if info.frames else ""
    if info.duration_s:
        return f"{clock(status.position_s)} / {clock(info.duration_s)}"
    return clock(status.position_s)
