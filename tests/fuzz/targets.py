"""What is fed with damaged data, in a process of its own: `python -m tests.fuzz.targets NAME A B`.

Prints the number of each trial before it. A trial that raises anything but the engine's own errors,
or takes longer than a minute, ends the process with a trace.
"""

import faulthandler
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from engine.errors import AgescopeError
from tests.fuzz.mutation import mutated

Trial = Callable[[int], None]
_LONGEST_S = 60.0
_FRAMES = 12
_SIZE_WH = (96, 64)
_VIDEOS = {
    "mp4": "libx264",
    "mkv": "libx264",
    "avi": "mpeg4",
    "ts": "mpeg2video",
    "webm": "libvpx",
    "flv": "flv1",
}
_PICTURES = ("png", "jpg", "webp", "bmp", "tiff")


def main(name: str, first: int, last: int) -> None:
    """Run trials from `first` to before `last`."""
    with TARGETS[name]() as trial:
        for number in range(first, last):
            print(number, flush=True)  # noqa: T201  how the parent knows which one it was
            faulthandler.dump_traceback_later(_LONGEST_S, exit=True)
            with suppress(AgescopeError):
                trial(number)
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def containers() -> Iterator[Trial]:
    """Damaged videos and pictures."""
    from engine.sources.address import open_source

    with tempfile.TemporaryDirectory() as folder:
        whole = _media(Path(folder))

        def trial(number: int) -> None:
            chance = random.Random(number)
            suffix = chance.choice(sorted(whole))
            path = Path(folder) / f"damaged.{suffix}"
            path.write_bytes(mutated(whole[suffix], chance, head=1024))
            with open_source(str(path)) as source:
                for frame, _ in zip(source, range(2 * _FRAMES), strict=False):
                    assert frame.image.dtype == np.uint8
                    assert frame.image.ndim == 3

        yield trial


@contextmanager
def models() -> Iterator[Trial]:
    """Damaged ONNX files; those that still load must run or say why not."""
    from engine.models.onnx import OnnxModel
    from engine.models.shipped import DETECTOR

    whole = DETECTOR.read_bytes()
    with tempfile.TemporaryDirectory() as folder:

        def trial(number: int) -> None:
            path = Path(folder) / "damaged.onnx"
            path.write_bytes(mutated(whole, random.Random(number), head=4096))
            model = OnnxModel(path, threads=1)
            try:
                inputs = {
                    port.name: np.zeros([side or 64 for side in port.shape], port.dtype)
                    for port in model.spec.inputs
                }
                with suppress(ValueError):  # the documented answer to arrays that do not fit
                    model(inputs)
            finally:
                model.close()

        yield trial


@contextmanager
def rtsp() -> Iterator[Trial]:
    """Damaged answers and packets of a camera."""
    from engine.sources import stream
    from tests.fuzz.wire import DamagingWire
    from tests.servers.film import shoot
    from tests.servers.rtsp import Camera

    stream.OPEN_TIMEOUT_S = stream.SILENT_S = 1.0  # a healthy loopback answers in milliseconds
    with Camera(shoot(frames=50)) as camera:

        def trial(number: int) -> None:
            with DamagingWire(camera.port, random.Random(number)) as wire:
                url = f"rtsp://127.0.0.1:{wire.port}/live"
                source = stream.open_stream(url, name="fuzz", address=url)
                with source:
                    for _ in zip(source, range(5), strict=False):
                        pass

        yield trial


def _media(folder: Path) -> dict[str, bytes]:
    """A short clip in every container and a picture in every format, by suffix."""
    made = {suffix: _clip(folder / f"whole.{suffix}", codec) for suffix, codec in _VIDEOS.items()}
    for suffix in _PICTURES:
        done, encoded = cv2.imencode(f".{suffix}", _image(0))
        assert done
        made[suffix] = encoded.tobytes()
    return made


def _clip(path: Path, codec: str) -> bytes:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, Fraction(25))
        stream.width, stream.height = _SIZE_WH
        stream.pix_fmt = "yuv420p"
        for number in range(_FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_image(number), "rgb24")))
        container.mux(stream.encode())
    return path.read_bytes()


def _image(number: int) -> np.ndarray:
    width, height = _SIZE_WH
    image = np.tile(np.arange(width, dtype=np.uint8)[None, :, None] * 2, (height, 1, 3))
    image[number : number + 20, 10:30] = 255
    return np.ascontiguousarray(image)


TARGETS = {"containers": containers, "models": models, "rtsp": rtsp}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
