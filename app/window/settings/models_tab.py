"""The models: which they are, what runs them, and building engines for a GPU."""

from collections.abc import Callable
from threading import Event, Thread

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QProgressBar, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from engine.errors import AgescopeError, ModelError
from engine.settings import RuntimeSettings

_MIB = 2**20
_PERCENT = 100


class EngineBuild:
    """Builds the engines of all shipped models, one after the other, in a thread."""

    def __init__(self, settings: RuntimeSettings, tell: Callable[[str, float], None]) -> None:
        """Prepare; `tell` hears in that thread what is done and how far it is, 1.0 at the end."""
        self.failure = ""
        self._settings, self._tell = settings, tell
        self._stopping = Event()
        self._thread = Thread(target=self._main, name="build engines")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Give up at the next step, and wait for that."""
        self._stopping.set()
        self._thread.join()

    def _main(self) -> None:
        from engine.models.choose import keep_engine
        from engine.models.shipped import AGE_MODEL, DETECTOR

        models = (DETECTOR, AGE_MODEL)
        try:
            for place, path in enumerate(models):

                def progress(text: str, share: float, place: int = place) -> None:
                    if self._stopping.is_set():
                        raise ModelError("the window was closed")
                    self._tell(text, min(0.99, (place + share) / len(models)))

                keep_engine(path, self._settings, progress)
        except AgescopeError as error:
            self.failure = str(error)
        self._tell("", 1.0)


class ModelsTab(QWidget):
    """Facts about the models.

    Attributes:
        runtime: What runs them.
        progress: How far the engines are.
    """

    _advanced = pyqtSignal(str, float)

    def __init__(
        self,
        runtime: Callable[[], str],
        settings: Callable[[], RuntimeSettings],
        parent: QWidget | None = None,
    ) -> None:
        """Ask `runtime` what runs the models now, and `settings` how engines are to be built."""
        super().__init__(parent)
        self._runtime, self._settings = runtime, settings
        self._build: EngineBuild | None = None
        self.runtime, self.state, self.progress = QLabel(), QLabel(), QProgressBar()
        self.button = QPushButton(self.tr("Build TensorRT engines"))
        self.button.clicked.connect(self.build)
        self.progress.setAccessibleName(self.tr("Engine progress"))
        self.progress.setTextVisible(False)
        self.progress.hide()
        self.state.setWordWrap(True)
        self._advanced.connect(self._show_progress)
        card = QTextBrowser()
        card.setAccessibleName(self.tr("Model card"))
        card.setOpenExternalLinks(True)
        from engine.models.shipped import FOLDER

        card.setSearchPaths([str(FOLDER)])
        card.setMarkdown((FOLDER / "age.MODEL_CARD.md").read_text(encoding="utf-8"))
        hint = QLabel(
            self.tr("Engines are built once for the GPU of this machine; that takes minutes.")
        )
        hint.setObjectName("faint")
        column = QVBoxLayout(self)
        for part in (self.runtime, *self._files(), hint, self.button, self.progress, self.state):
            column.addWidget(part)
        column.setAlignment(self.button, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(card, 1)
        self.refresh()

    def _files(self) -> list[QLabel]:
        from engine.models.shipped import AGE_MODEL, DETECTOR

        names = {self.tr("Age model"): AGE_MODEL, self.tr("Face detector"): DETECTOR}
        size = self.tr("{:.1f} MB")
        return [
            QLabel(f"{words}: {path.name}, {size.format(path.stat().st_size / _MIB)}")
            for words, path in names.items()
        ]

    def refresh(self) -> None:
        """Tell what runs the models now."""
        running = self._runtime() or self.tr("They are still loading.")
        self.runtime.setText(f"<b>{self.tr('The models run on')}:</b> {running}")

    def build(self) -> None:
        """Build the engines for this machine's GPU."""
        self.button.setEnabled(False)
        self.progress.setRange(0, _PERCENT)
        self.progress.show()
        self.state.setText(self.tr("Building …"))
        self._build = EngineBuild(self._settings(), self._advanced.emit)
        self._build.start()

    def close_down(self) -> None:
        """Let nothing be built any more."""
        if self._build is not None:
            self._build.stop()
            self._build = None

    def _show_progress(self, text: str, share: float) -> None:
        self.progress.setValue(round(share * _PERCENT))
        if share < 1 or self._build is None:
            self.state.setText(text)
            return
        failure = self._build.failure
        self.close_down()
        self.progress.hide()
        self.button.setEnabled(True)
        built = self.tr(
            "Built. They are used from the next start on, where the runtime is tensorrt or auto."
        )
        self.state.setText(self.tr("Not built: {}").format(failure) if failure else built)
