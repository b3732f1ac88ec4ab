"""`bench`: how fast this machine works, as ratios against decoding alone in the same run."""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.job import Histogram, ahead, run
from engine.models.shipped import Models, load_models
from engine.pipeline import Pipeline, detector_scale
from engine.settings import Settings
from engine.sinks.options import SinkOptions, open_sinks
from engine.sources.address import open_source
from engine.sources.scene import bench_scene, write_clip
from engine.sources.video import decode_only
from engine.stages.detect import YuNetDetector

_RATE = 25


def run_bench(seconds: float, *, as_json: bool) -> None:
    """Make a 1080p H.264 clip with five faces and time the work on it.

    Args:
        seconds: Length of the clip.
        as_json: Print JSON instead of a table.
    """
    models, settings = load_models(), Settings()
    with tempfile.TemporaryDirectory(prefix="agescope-bench-") as folder:
        clip = Path(folder) / "bench.mp4"
        # In a process of its own, so that the memory of rendering is not taken for the program's.
        maker = multiprocessing.get_context("spawn").Process(
            target=_write, args=(clip, seconds), name="render"
        )
        maker.start()
        maker.join()
        frames = round(seconds * _RATE)
        decode_only(clip)  # the file is in the page cache from here on
        decode = _frames_per_s(frames, lambda: decode_only(clip))
        detect = _frames_per_s(frames, lambda: _detect(clip, models, settings))
        everything = _frames_per_s(frames, lambda: _analyse(clip, models, settings, None))
        annotate = _frames_per_s(frames, lambda: _analyse(clip, models, settings, Path(folder)))
    found = {
        "frames": frames,
        "decode_fps": round(decode, 1),
        "detect_fps": round(detect, 1),
        "exhaustive_fps": round(everything, 1),
        "annotate_fps": round(annotate, 1),
        "exhaustive_share": round(everything / decode, 4),
        "resident_mb": round(resident_mb(), 1),
    }
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        _print(found)


def _write(clip: Path, seconds: float) -> None:
    write_clip(clip, bench_scene(seconds))


def resident_mb() -> float:
    """Resident memory of this process now, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _frames_per_s(frames: int, work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return frames / (time.monotonic() - began)


def _detect(clip: Path, models: Models, settings: Settings) -> None:
    import threading

    scale = detector_scale(models, settings)
    detector = YuNetDetector(models.detector, scale, score_threshold=settings.detect.score)
    with open_source(str(clip), small_size=scale.size_for) as source:
        for frame in ahead(source, threading.Event(), Histogram()):
            detector(frame)


def _analyse(clip: Path, models: Models, settings: Settings, annotate_in: Path | None) -> None:
    scale = detector_scale(models, settings)
    with open_source(str(clip), small_size=scale.size_for) as source:
        sinks = (
            open_sinks(annotate_in, source.info, SinkOptions(annotate=True)) if annotate_in else []
        )
        run(source, Pipeline(models, settings), sinks)


def _print(found: dict[str, float]) -> None:
    table = Table(title=f"1080p H.264, five faces, {found['frames']} frames")
    table.add_column("work")
    table.add_column("frames/s", justify="right")
    table.add_column("of decoding alone", justify="right")
    rows = {
        "decode alone": "decode_fps",
        "decode and detect": "detect_fps",
        "everything, every frame": "exhaustive_fps",
        "everything with annotated video": "annotate_fps",
    }
    for name, key in rows.items():
        table.add_row(name, f"{found[key]:.1f}", f"{found[key] / found['decode_fps']:.0%}")
    console = Console(file=sys.stdout)
    console.print(table)
    console.print(f"resident memory {found['resident_mb']:.0f} MB")
