"""A synthetic scene: people with known boxes and ages walk past a camera. The same for a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from engine.errors import SinkError
from engine.sources.conditions import CLEAR, Camera, Conditions
from engine.sources.crowd import crowd
from engine.sources.portraits import Portrait, load_portraits
from engine.sources.sprite import Sprite, dress, near_size, scale, smeared
from engine.sources.walk import Pose, Walk, steady, visits
from engine.values.frame import Image, read_only

_GRID = 12
_BT709 = 1


@dataclass(frozen=True, slots=True)
class Script:
    """What a scene shows.

    Attributes:
        people: How many, over the whole scene.
        seconds: Length.
        size_wh: Width and height in px.
        rate: Frames a second.
        seed: Varies where people go and the noise.
        layout: "visits" for people who come and go, "steady" for people who stay, "crowd" for
            many who pass each other, from 20 to 400 px high in 720p.
        conditions: How it is recorded.
    """

    people: int = 4
    seconds: float = 20.0
    size_wh: tuple[int, int] = (1280, 720)
    rate: float = 25.0
    seed: int = 1
    layout: str = "visits"
    conditions: Conditions = CLEAR


class TrueFace(NamedTuple):
    """A face that is in a frame for certain.

    Attributes:
        person: Who, from 0.
        box_xyxy: Its box in px; may reach past the border.
        age_years: Age in the portrait.
        visible: Share of the box that is inside the picture and not covered by anybody, 0..1.
    """

    person: int
    box_xyxy: tuple[float, float, float, float]
    age_years: float
    visible: float


class _Placed(NamedTuple):
    """A person in a frame: the portrait, `factor` times as large, from its top left corner on.

    `smear_px` is how far the person moves sideways while the shutter is open.
    """

    person: int
    portrait: Portrait
    factor: float
    left: int
    top: int
    smear_px: int = 0

    def face(self) -> tuple[float, float, float, float]:
        x1, y1, x2, y2 = (self.factor * value for value in self.portrait.face_xyxy)
        return x1 + self.left, y1 + self.top, x2 + self.left, y2 + self.top

    def covers(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether points of the picture are behind this person."""
        alpha = self.portrait.alpha
        column = np.floor((x - self.left) / self.factor).astype(int)
        row = np.floor((y - self.top) / self.factor).astype(int).clip(None, len(alpha) - 1)
        inside = (column >= 0) & (column < alpha.shape[1]) & (row >= 0)
        return np.asarray(inside & (alpha[row * inside, column * inside] > 127))


class Scene:
    """Draws the frames of a script and tells the truth about them."""

    def __init__(self, script: Script | None = None, cast: Sequence[Portrait] = ()) -> None:
        """Prepare people and background.

        Args:
            script: What it shows; None for the default one.
            cast: A portrait for each person; without any, the portraits at hand are dressed up.

        Raises:
            SourceError: The portraits are not installed.
        """
        self.script = script or Script()
        self.frames = max(1, round(self.script.seconds * self.script.rate))
        walks = _walks(self.script)
        portraits = cast or [dress(load_portraits(), person) for person in range(len(walks))]
        self._people = list(zip(walks, portraits, strict=True))
        self._sprites: dict[int, tuple[float, Sprite]] = {}
        self._background = _background(self.script.size_wh, self.script.seed)
        self._camera = Camera(self.script.conditions, self.script.size_wh, self.script.seed)

    def render(self, index: int) -> Image:
        """Draw a frame: (H, W, 3) uint8 RGB, read-only."""
        image = self._wall(index / self.script.rate)
        for placed in self._placed(index):
            sprite, left = self._sprite(placed), placed.left
            if placed.smear_px > 1:
                sprite, left = smeared(sprite, placed.smear_px), left - placed.smear_px // 2
            _lay_over(image, sprite, left, placed.top)
        self._camera.record(image, index, index / self.script.rate)
        return read_only(image)

    def truth(self, index: int) -> tuple[TrueFace, ...]:
        """The faces of a frame that reach into the picture, far ones first."""
        placed = self._placed(index)
        faces = []
        for at, one in enumerate(placed):
            box = one.face()
            if box[0] < self.script.size_wh[0] and box[2] > 0:
                visible = _visible(box, placed[at + 1 :], self.script.size_wh)
                faces.append(TrueFace(one.person, box, one.portrait.age_years, visible))
        return tuple(faces)

    def _placed(self, index: int) -> list[_Placed]:
        """Everybody who is there, far ones first."""
        placed = []
        time_s = index / self.script.rate
        for person, (walk, _) in enumerate(self._people):
            pose = walk.at(time_s)
            if pose is not None:
                before = walk.at(time_s - 1 / self.script.rate) or pose
                placed.append((pose.size, self._place(person, time_s, pose, before)))
        return [one for _, one in sorted(placed, key=lambda pair: pair[0])]

    def _place(self, person: int, time_s: float, pose: Pose, before: Pose) -> _Placed:
        width, height = self.script.size_wh
        portrait = self._people[person][1]
        x1, y1, x2, y2 = portrait.face_xyxy
        factor = near_size(pose.size * height) / (y2 - y1)
        right, down = self._camera.shift(time_s)
        left = round(pose.x * width - factor * (x1 + x2) / 2) + right
        top = round(pose.y * height - factor * (y1 + y2) / 2) + down
        swayed = right - self._camera.shift(time_s - 1 / self.script.rate)[0]
        way_px = abs((pose.x - before.x) * width + swayed)
        smear_px = round(self.script.conditions.exposure * way_px)
        return _Placed(person, portrait, factor, left, top, smear_px)

    def _wall(self, time_s: float) -> Image:
        right, down = self._camera.shift(time_s)
        if not (right or down):
            return self._background.copy()
        matrix = np.array([[1.0, 0, right], [0, 1, down]])
        return np.asarray(
            cv2.warpAffine(
                self._background,
                matrix,
                self.script.size_wh,
                flags=cv2.INTER_NEAREST,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.uint8,
        )

    def _sprite(self, placed: _Placed) -> Sprite:
        """A person's sprite; the latest one is kept, as sizes change slowly."""
        kept = self._sprites.get(placed.person)
        if kept is None or kept[0] != placed.factor:
            sprite = scale(placed.portrait, placed.factor, self.script.size_wh[1])
            kept = self._sprites[placed.person] = placed.factor, sprite
        return kept[1]


def demo_scene() -> Scene:
    """Twenty seconds with four people who enter, cross and leave."""
    return Scene()


def bench_scene(seconds: float) -> Scene:
    """Five people in 1080p who stay in the picture."""
    return Scene(Script(people=5, seconds=seconds, size_wh=(1920, 1080), layout="steady"))


def write_clip(path: Path, scene: Scene) -> None:
    """Encode a scene as H.264 in MP4 under a temporary name, then give it its own.

    Args:
        path: Where to.
        scene: What.

    Raises:
        SinkError: It cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        _encode(partial, scene)
        partial.replace(path)
    except (OSError, av.FFmpegError) as error:
        partial.unlink(missing_ok=True)
        raise SinkError(f"cannot write {path}: {error.strerror or error}") from error


def _encode(path: Path, scene: Scene) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream(
            "libx264", rate=Fraction(scene.script.rate).limit_denominator(1001)
        )
        stream.width, stream.height = scene.script.size_wh
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "veryfast", "crf": str(scene.script.conditions.crf)}
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = ColorRange.MPEG
        for index in range(scene.frames):
            frame = av.VideoFrame.from_ndarray(scene.render(index), "rgb24").reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _walks(script: Script) -> list[Walk]:
    if script.layout == "steady":
        return steady(script.people, script.seconds)
    move = crowd if script.layout == "crowd" else visits
    return move(script.people, script.seconds, script.seed)


def _visible(
    box: tuple[float, float, float, float], nearer: list[_Placed], size_wh: tuple[int, int]
) -> float:
    """Share of a box that is inside the picture and behind nobody, on a grid of points."""
    share = (np.arange(_GRID) + 0.5) / _GRID
    x, y = np.meshgrid(box[0] + share * (box[2] - box[0]), box[1] + share * (box[3] - box[1]))
    seen = (x >= 0) & (x < size_wh[0]) & (y >= 0) & (y < size_wh[1])
    for one in nearer:
        if one.left < box[2] and box[0] < one.left + one.factor * one.portrait.alpha.shape[1]:
            seen &= ~one.covers(x, y)
    return float(seen.mean())


def _background(size_wh: tuple[int, int], seed: int) -> Image:
    """A calm wall: a gradient with light from above and faint stains."""
    width, height = size_wh
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 0.85 - 0.3 * y - 0.3 * (x - 0.4) ** 2
    stains = cv2.resize(rng.normal(0, 0.025, (9, 16)), size_wh, interpolation=cv2.INTER_CUBIC)
    tint = np.array([196, 208, 214])
    return np.clip((light + stains)[..., None] * tint, 0, 255).astype(np.uint8)


def _lay_over(image: Image, sprite: Sprite, left: int, top: int) -> None:
    height, width = image.shape[:2]
    x1, y1 = max(0, left), max(0, top)
    x2 = min(width, left + sprite.colour.shape[1])
    y2 = min(height, top + sprite.colour.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    part = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
    under = image[y1:y2, x1:x2]
    cv2.multiply(under, sprite.behind[part], dst=under, scale=1 / 255)
    cv2.add(under, sprite.colour[part], dst=under)
