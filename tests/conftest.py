"""What every test gets: the data sets if they are there, and a strict bench."""

import inspect
import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from hypothesis import HealthCheck, settings

from engine.models.onnx import OnnxModel
from engine.models.shipped import DETECTOR
from engine.sources.inserted_secrets import INSERTED, REFERENCE
from engine.values.frame import Frame, read_only

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_GRACE_S = 2.0

# How long an example takes says more about what else runs on the machine than about the program.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What this machine remembers of its runtimes and engines changes no test, and no test it."""
    # Matplotlib makes a cache of fonts, and warns where a busy machine takes five seconds for it.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(autouse=True)
def _secrets_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test put into an address hides no words of the next."""
    monkeypatch.setattr(INSERTED, "references", {})
    monkeypatch.setattr(INSERTED, "_pattern", REFERENCE)


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Ctrl-C means what it does in a terminal; shells start programs in the background without."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the research data sets and clips; a test that asks for it is marked `data`."""
    if not _DATA.is_dir():
        pytest.skip("the research data is not at ../shared/data")
    return _DATA


@pytest.fixture(scope="session")
def portrait() -> Frame:
    """A real photograph, 512x512 px, of one frontal face (public domain, NASA)."""
    image = np.ascontiguousarray(skimage.data.astronaut())
    return Frame(read_only(image), 0, 0.0, 0, "astronaut")


@pytest.fixture(scope="session")
def detector_model() -> Iterator[OnnxModel]:
    """The shipped face detector."""
    model = OnnxModel(DETECTOR, threads=1)
    yield model
    model.close()


@pytest.fixture(autouse=True)
def _no_unexpected_log_record(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """A warning in the log fails, unless the test takes `caplog` and so looks for itself."""
    yield
    if "caplog" in inspect.signature(request.function).parameters:
        return
    loud = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not loud, f"unexpected log records: {loud}"


@pytest.fixture(autouse=True)
def _no_leaked_thread() -> Iterator[None]:
    """Threads that a test began and that would keep the program alive end with the test."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_S
    while leaked := [t for t in threading.enumerate() if not t.daemon and t not in before]:
        assert time.monotonic() < deadline, f"leaked threads: {leaked}"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _no_leaked_widget() -> Iterator[None]:
    """Windows that a test made are gone after it."""
    yield
    widgets = sys.modules.get("PyQt6.QtWidgets")
    application = widgets.QApplication.instance() if widgets else None
    if application is None:
        return
    event = sys.modules["PyQt6.QtCore"].QEvent
    application.sendPostedEvents(None, event.Type.DeferredDelete)
    leaked = [w for w in application.topLevelWidgets() if w.parent() is None]
    for widget in leaked:  # lest the next test is blamed
        widget.deleteLater()
    assert not leaked, f"leaked widgets: {leaked}"
