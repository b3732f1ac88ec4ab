"""What the decoder that comes with PyAV can do here. Knows no source."""

import av

_WANTED = ("h264", "hevc", "mpeg4", "vp9", "av1", "mjpeg", "gif", "webp")


def ffmpeg_libraries() -> dict[str, str]:
    """Versions of FFmpeg's libraries by name."""
    return {name: ".".join(map(str, parts)) for name, parts in av.library_versions.items()}


def missing_decoders() -> tuple[str, ...]:
    """Names of the usual video formats that this build cannot read."""
    return tuple(name for name in _WANTED if name not in av.codecs_available)
