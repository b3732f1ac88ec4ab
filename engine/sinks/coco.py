"""Faces in the layout of COCO for video: videos, images, annotations and one category.

The file is one JSON object and cannot be read before its end, so it grows as JSON Lines, under
`<name>.json.partial.jsonl`, and is put together when it is whole. A killed run leaves the lines.
Sources: cocodataset.org, data format; its extension to video by the layout of TAO.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.sinks.growing import GrowingFile, cannot_write, name, partial
from engine.sinks.rows import FACE_COLUMNS, face_rows
from engine.values.result import FrameResult, Track

_VIDEO = _CATEGORY = 1
_NAMES = [column.name for column in FACE_COLUMNS]
_AGES = ("age_mean", "age_median", "age_p05", "age_p95", "status", "quality")


class CocoFile:
    """Sink: every frame looked at as an image, every face as an annotation with its belief.

    An image's `file_name` is that of the picture, or of the frame's number from 1 as most tools
    that split videos count: `clip/000001.jpg`. `frame_id` counts from 0.
    """

    def __init__(self, path: Path, *, source: str) -> None:
        """Choose the final name and the name of the video."""
        self._path = path
        self._source = source
        self._lines = GrowingFile(path, path.with_name(path.name + ".partial.jsonl"))
        self._ids = count(1)

    def __enter__(self) -> Self:
        """Begin the lines."""
        self._lines.open()
        return self

    def write(self, result: FrameResult) -> None:
        """Add one frame and its faces."""
        if not result.looked:
            return
        frame = result.frame
        width, height = frame.size_wh
        image = {
            "id": frame.index + 1,
            "video_id": _VIDEO,
            "frame_id": frame.index,
            "file_name": frame.picture or f"{self._source}/{frame.index + 1:06}.jpg",
            "width": width,
            "height": height,
            "time_s": round(frame.time_s, 3),
        }
        faces = [dict(zip(_NAMES, row, strict=True)) for row in face_rows(result, FACE_COLUMNS)]
        annotations = [self._annotation(frame.index + 1, face) for face in faces]
        self._lines.append(json.dumps({"image": image, "annotations": annotations}) + "\n")

    def finish(self, tracks: tuple[Track, ...]) -> None:
        """Tracks are told by the annotations."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the file together and give it its name."""
        if not self._lines.end():
            return
        growing = self._lines.growing
        try:
            with partial(self._path).open("w", encoding="utf-8") as file:
                file.writelines(_object(growing, self._source))
            name(partial(self._path), self._path)
            growing.unlink()
        except OSError as fault:
            raise cannot_write(self._path, fault) from fault

    def _annotation(self, image_id: int, face: Mapping[str, object]) -> dict[str, object]:
        x1, y1, x2, y2 = (float(str(face[edge])) for edge in ("x1", "y1", "x2", "y2"))
        width, height = round(x2 - x1, 1), round(y2 - y1, 1)
        return {
            "id": next(self._ids),
            "image_id": image_id,
            "video_id": _VIDEO,
            "category_id": _CATEGORY,
            "track_id": face["track_id"],
            "bbox": [x1, y1, width, height],
            "area": round(width * height, 1),
            "iscrowd": 0,
            "score": face["score"],
            **{column: face[column] for column in _AGES},
        }


def _object(lines: Path, source: str) -> Iterator[str]:
    """The JSON object in pieces; reads the lines twice, so that memory does not grow with them."""
    video = json.dumps([{"id": _VIDEO, "name": source}])
    category = json.dumps([{"id": _CATEGORY, "name": "face"}])
    yield f'{{"videos": {video},\n"categories": {category},\n"images": [\n'
    yield from _listed(json.dumps(record["image"]) for record in _records(lines))
    yield '],\n"annotations": [\n'
    yield from _listed(json.dumps(a) for record in _records(lines) for a in record["annotations"])
    yield "]}\n"


def _listed(items: Iterator[str]) -> Iterator[str]:
    for place, item in enumerate(items):
        yield (",\n" if place else "") + item
    yield "\n"


def _records(lines: Path) -> Iterator[dict[str, list[object]]]:
    with lines.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
