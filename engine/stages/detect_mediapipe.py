"""Near faces with MediaPipe's BlazeFace: fewer faces than YuNet, but faster. Knows no tracks.

The package comes with the extra `mediapipe`, never with the default install: it brings an OpenCV
build of its own, and its versions from 0.10.30 on send usage metrics to Google (seen: name look-ups
of play.googleapis.com while a detector runs), for which whoever runs it must ask people's consent.
"""

import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import ModelError
from engine.stages.align import MEAN_SHAPE
from engine.stages.detect import DetectorScale, shrink
from engine.values.faces import Faces, Floats
from engine.values.frame import Frame, Image

if TYPE_CHECKING:
    from mediapipe.tasks.python.vision import FaceDetector

_LOOKED_AT_PX = 256
"""Twice what the network sees: the rest is left to MediaPipe's own scaling."""
_NEAR = 1 / 6
"""Part of the picture's longer side from which landmarks are good at once."""
_CLOSE_UP_SIDES = 3.5
_BOX_WH = np.array([0.97, 1.25], np.float32)
_BOX_RAISED = 0.145
