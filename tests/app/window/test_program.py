import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import pytest
from PIL import Image as PillowImage

from app.window.program import forget_foreign_plugins

ROOT = Path(__file__).resolve().parents[3]
