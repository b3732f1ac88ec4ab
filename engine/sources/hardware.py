"""Which device decodes. Knows no source."""

from typing import Literal

import av
from av.codec.hwaccel import HWAccel, hwdevices_available

Wish = Literal["auto", "cuda", "vaapi", "none"]
_KINDS = ("cuda", "vaapi")


def decoding_device(wish: Wish) -> tuple[HWAccel | None, str]:
    """Find a device that can be opened now.

    Args:
        wish: One kind of device, the first that works (auto), or the CPU (none).

    Returns:
        The device, or None where the CPU has to decode; and what to tell the user about that, ""
        where he gets what he asked for. A codec that the device cannot decode goes to the CPU.
    """
    if wish == "none":
        return None, ""
    kinds = _KINDS if wish == "auto" else (wish,)
    for kind in kinds:
        if kind in hwdevices_available() and _opens(kind):
            return HWAccel(kind, allow_software_fallback=True), ""
    known = ", ".join(hwdevices_available()) or "none"
    asked = " or ".join(kinds)
    return None, f"The CPU decodes: no {asked} device can be opened (FFmpeg knows {known})."


def _opens(kind: str) -> bool:
    try:
        HWAccel(kind).create(av.Codec("h264", "r"))
    except (av.FFmpegError, NotImplementedError):
        return False
    return True
