"""What a user may name as a source, and what opens it. Imports decoders only when it opens one."""

import glob
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.errors import SourceError
from engine.sources.inserted_secrets import INSERTED
from engine.sources.query import Query
from engine.sources.there import exists, is_file, is_folder
from engine.values.text import cut

if TYPE_CHECKING:  # they import numpy, OpenCV and FFmpeg
    from engine.sources.source import Reading, SmallSize, Source

_STREAMS = ("rtsp", "rtsps", "http", "https")
_CAMERA = re.compile(r"(?:/dev/video)?(\d{1,3})")
_IN_QUERY = re.compile(r"([?&;#])([^=?&;#]*)=([^&;#]*)")
# user=admin_password=x_y_channel=1.sdp: only what looks like another key, or the end, ends a value.
_IN_PATH = re.compile(r"([/_])([^=_/?&;#\s]*)=((?:\$\{[^}]*\}|.)*?)(?=_[^=_/?&;#\s]+=|[/?&;#\s]|$)")
_SECRET = re.compile(
    r"pas|psw|psk|pwd|pword|token|key|secret|auth|sig|cred|jwt|session|^_?sid$|^pw$|^p$",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80
LONGEST_NAME_BYTES = 200
"""File systems take 255; numbers and endings come behind the name."""

_Kind = Literal["camera", "screen", "synthetic", "stream", "path"]


def expand(specs: Sequence[str]) -> list[str]:
    """Replace every glob by what it matches, sorted; leave all else, in order.

    Raises:
        SourceError: A glob matches nothing.
    """
    addresses: list[str] = []
    for spec in specs:
        if _kind(spec) != "path" or not glob.has_magic(spec) or exists(spec):
            addresses.append(spec)
            continue
        matches = sorted(glob.glob(spec, recursive=True))  # noqa: PTH207 - takes any pattern
        if not matches:
            raise SourceError(f"nothing matches {spec}. Check the pattern and where it starts.")
        addresses.extend(matches)
    return addresses


def check_address(address: str) -> None:
    """Refuse what waiting would not mend; opens nothing, so a camera may still be away.

    Raises:
        SourceError: A file or folder is not there, a stream of no kind that can be read, or an
            option is not understood.
    """
    match _kind(address):
        case "path":
            _check_path(address)
        case "stream":
            _check_scheme(address)
        case "screen":
            _screen_options(address)
        case "synthetic":
            _scene_options(address)
        case "camera":
            pass


def open_source(
    address: str,
    *,
    small_size: "SmallSize | None" = None,
    name: str = "",
    reading: "Reading | None" = None,
) -> "Source":
    """Open what a user named.

    Args:
        address: A file, a folder of pictures, a camera number, `rtsp://`, `rtsps://`, `http://`,
            `https://`, `screen:` or `synthetic:`, the last two with options after `?`.
        small_size: Size of the copy for the detector, from the picture's, where the source shall
            make it ahead; None where it is made when the detector asks, with the same pixels.
        name: Name of the source; "" for that of `source_name`.
        reading: How to read a live source; None for the usual way.

    Raises:
        SourceError: It cannot be opened; the message names no password.
    """
    name = name or source_name(address)
    match _kind(address):
        case "camera":
            from engine.sources.camera import CameraSource

            number = _camera_number(address)
            return CameraSource(number, name=name, small_size=small_size, reading=reading)
        case "stream":
            from engine.sources.stream import open_stream

            _check_scheme(address)
            shown = mask_address(address)
            return open_stream(
                address, name=name, address=shown, small_size=small_size, reading=reading
            )
        case "screen":
            return _open_screen(address, name, small_size)
        case "synthetic":
            return _open_synthetic(address, name, small_size)
        case "path":
            return _open_path(address, name, small_size)


def is_live(address: str) -> bool:
    """Whether an address is that of a live source, which may be away and come back.

    One behind http(s) may turn out to be a recording when it is open.
    """
    kind = _kind(address)
    is_stream = kind == "stream" and address.partition("://")[0].lower() in _STREAMS
    return is_stream or kind in ("camera", "screen")


def absolute(address: str) -> str:
    """The same source, whatever folder a process works in."""
    is_path = _kind(address) == "path"
    return str(Path(address).absolute()) if is_path else address


def mask_address(address: str) -> str:
    """The address with every password in it masked, fit to be shown and stored.

    Where it is not clear whether a part is a password (one with an unescaped slash), it is masked.
    What `fill_in` put in is shown as the reference it stood for, wherever it is.
    """
    if "://" not in address:
        return address
    scheme, rest = INSERTED.hidden(address).split("://", 1)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority or (":" in authority and "@" in rest):
        split_at = authority.rfind("@") if "@" in authority else rest.rfind("@")
        user, has_password, _ = rest[:split_at].partition(":")
        rest = (f"{user}:***" if has_password else user) + rest[split_at:]
    rest = _IN_QUERY.sub(_mask_parameter, rest)
    if scheme.lower() in _STREAMS:  # in storage, folders are called like that
        rest = _IN_PATH.sub(_mask_parameter, rest)
    return f"{scheme}://{rest}"


def source_name(address: str) -> str:
    """A short name for an address that can be shown and used in file names; not always unique."""
    kind = _kind(address)
    if kind == "camera":
        return f"camera-{_camera_number(address)}"
    if kind == "stream":
        host_and_path = mask_address(address).split("://", 1)[1].rpartition("@")[2]
        for parameter in (_IN_QUERY, _IN_PATH):
            host_and_path = parameter.sub(lambda p: "" if p[3] == "***" else p[0], host_and_path)
        return _slug(host_and_path)
    if kind in ("screen", "synthetic"):
        return _slug(address)
    path = Path(address)
    return _slug(path.resolve().name if is_folder(path) else path.stem)


def _slug(text: str) -> str:
    name = _UNSAFE.sub("-", text).strip(".-")[:_LONGEST_NAME]
    return cut(name, LONGEST_NAME_BYTES) or "source"


def _mask_parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}=***" if _SECRET.search(found[2]) else found[0]


def _kind(address: str) -> _Kind:
    if _CAMERA.fullmatch(address):
        named = is_folder(address) or is_file(address)  # as a glob names a folder 001
        return "path" if named else "camera"
    if "://" in address:
        return "stream"
    if address.startswith("screen:"):
        return "screen"
    return "synthetic" if address.startswith("synthetic:") else "path"


def _camera_number(address: str) -> int:
    found = _CAMERA.fullmatch(address)
    assert found is not None
    return int(found[1])


def _check_path(address: str) -> None:
    try:
        Path(address).stat()
    except PermissionError:
        raise SourceError(f"{address} may not be read by this user. Change its rights.") from None
    except OSError:
        raise SourceError(f"{address} does not exist. Check the path.") from None


def _check_scheme(address: str) -> None:
    if not is_live(address):
        kinds = ", ".join(f"{scheme}://" for scheme in _STREAMS)
        raise SourceError(
            f"{mask_address(address)} is no kind of stream that can be read: use {kinds}"
        )


class _Screen(NamedTuple):
    display: str
    size_wh: tuple[int, int] | None
    rate: float


def _screen_options(address: str) -> _Screen:
    query = Query(address)
    options = _Screen(
        display=query.text("display", ""),
        size_wh=query.size("size", None),
        rate=query.number("fps", 15.0, lowest=1, highest=60),
    )
    query.finish()
    return options


def _open_screen(address: str, name: str, small_size: "SmallSize | None") -> "Source":
    options = _screen_options(address)
    from engine.sources.screen import ScreenPart, open_screen

    part = ScreenPart(*options)
    return open_screen(part, name=name, address=address, small_size=small_size)


class _Scene(NamedTuple):
    people: int
    seconds: float
    size_wh: tuple[int, int]
    rate: float
    seed: int
    layout: str


def _scene_options(address: str) -> _Scene:
    query = Query(address)
    options = _Scene(
        people=query.integer("people", 5, lowest=1, highest=50),
        seconds=query.number("seconds", 20.0, lowest=0.1, highest=3600),
        size_wh=query.size("size", (1280, 720)),
        rate=query.number("rate", 25.0, lowest=1, highest=120),
        seed=query.integer("seed", 1, lowest=0, highest=2**31),
        layout=query.choice("layout", "visits", ("visits", "steady")),
    )
    query.finish()
    return options


def _open_synthetic(address: str, name: str, small_size: "SmallSize | None") -> "Source":
    options = _scene_options(address)
    from engine.sources.scene import Scene, Script
    from engine.sources.synthetic import SyntheticSource

    scene = Scene(Script(*options))
    return SyntheticSource(scene, name=name, address=address, small_size=small_size)


def _open_path(address: str, name: str, small_size: "SmallSize | None") -> "Source":
    from engine.sources import animation, header, images, video

    path = Path(address)
    if is_folder(path):
        pictures = images.pictures_in(path)
        return images.PictureSource(pictures, name=name, address=address, small_size=small_size)
    video.check_file(path)
    if path.suffix.lower() not in images.SUFFIXES:
        return video.open_video(path, name=name, small_size=small_size)
    with path.open("rb") as file:
        is_webp, is_png = header.is_animated_webp(file), header.is_animated_png(file)
    if is_png:
        return video.open_video(path, name=name, small_size=small_size)
    if is_webp:
        return animation.AnimationSource(path, name=name, small_size=small_size)
    return images.PictureSource([path], name=name, address=address, small_size=small_size)
