"""The languages of the window, read from Qt's translation sources: there is nothing to compile."""

from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "translations"
LANGUAGES = ("en", "de")


class Translation(QTranslator):
    """Texts of one language; what is missing stays English."""

    def __init__(self, texts: dict[tuple[str, str], str], parent: QObject | None = None) -> None:
        """Translate from context and English text.

        A text whose context is another, as of classes that inherit it, is found all the same.
        """
        super().__init__(parent)
        self._texts = texts
        self._anywhere = {source: text for (_, source), text in texts.items()}

    def isEmpty(self) -> bool:
        """Whether there is nothing to translate with."""
        return not self._texts

    def translate(
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803  Qt's name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        """The text in this language, "" where it is missing."""
        del disambiguation, n
        source = sourceText or ""
        return self._texts.get((context or "", source)) or self._anywhere.get(source, "")


def speak(application: QCoreApplication, language: str) -> str:
    """Let the window speak a language from now on; "system" for the desktop's, if it is there.

    Texts that are shown already stay as they are. Returns the language.
    """
    if language == "system":
        wanted = [tag.partition("-")[0] for tag in QLocale.system().uiLanguages()]
        language = next((tag for tag in wanted if tag in LANGUAGES), "en")
    elif QLocale.system().name().partition("_")[0] != language:
        QLocale.setDefault(QLocale(language))
    if language != "en":
        application.installTranslator(Translation(texts_of(language), application))
        qt = QTranslator(application)
        if qt.load(
            f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        ):
            application.installTranslator(qt)
    return language


@lru_cache
def texts_of(language: str) -> dict[tuple[str, str], str]:
    """Translated texts by context and English text, from all files of a language."""
    texts = {}
    for file in sorted(FOLDER.glob(f"{language}*.ts")):
        for context in ElementTree.parse(file).getroot().iter("context"):
            name = context.findtext("name") or ""
            for message in context.iter("message"):
                translation = message.find("translation")
                done = translation is not None and translation.get("type") is None
                if done and translation is not None and translation.text:
                    texts[name, message.findtext("source") or ""] = translation.text
    return texts
