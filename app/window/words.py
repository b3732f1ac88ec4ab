"""What the status bar says. Plain functions from a session's status to words."""

from engine.session import SessionStatus, State


def clock(seconds: float) -> str:
    """Time as 0:07, 12:30 or 1:02:03."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def state_words(status: SessionStatus) -> str:
    """What the session is doing, such as "playing 0:12 / 0:35"."""
    match status.state:
        case State.STARTING:
            return "starting"
        case State.FAILED:
            return f"failed: {status.message}"
        case State.ENDED:
            return "ended"
        case State.PAUSED:
            return f"paused {_place(status)}".rstrip()
        case State.RUNNING:
            live = status.info is not None and status.info.live
            return "live" if live else f"playing {_place(status)}".rstrip()


def short_words(status: SessionStatus) -> str:
    """The same without the reason of a failure."""
    return "failed" if status.state is State.FAILED else state_words(status)


def pace_words(status: SessionStatus) -> str:
    """How fast it goes and what was lost, such as "29.9 frames/s · 3 dropped"."""
    if status.state is not State.RUNNING:
        return ""
    parts = [f"{status.frames_per_s:.1f} frames/s", f"{status.lag_ms:.0f} ms behind"]
    if status.dropped:
        parts.append(f"{status.dropped} dropped")
    return " · ".join(parts)


def runtime_words(runtime: str) -> str:
    """What runs the models, such as "onnxruntime · CPU"."""
    return runtime.removesuffix("ExecutionProvider").replace(" ", " · ")


def _place(status: SessionStatus) -> str:
    info = status.info
    if info is None or info.live:
        return ""
    if info.pictures:
        return f"picture {status.frames} / {info.frames}" if info.frames else ""
    if info.duration_s:
        return f"{clock(status.position_s)} / {clock(info.duration_s)}"
    return clock(status.position_s)
