"""Light and dark, on top of Fusion. Widgets take their colours from the palette, not from here."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours of one theme.

    Attributes:
        window: Ground of the window.
        base: Ground of lists and fields.
        button: Ground of buttons and cards.
        line: Borders.
        text: Text.
        faint: Text of lesser weight.
        accent: What is chosen or has the focus.
        on_accent: Text on the accent.
        stage: Around the picture.
    """

    window: str
    base: str
    button: str
    line: str
    text: str
    faint: str
    accent: str
    on_accent: str
    stage: str

    @property
    def check(self) -> str:
        """The drawn check mark that can be seen on the accent."""
        return "white" if QColor(self.on_accent).lightness() > 127 else "black"


DARK = Colours(
    window="#1b1e23",
    base="#16191d",
    button="#272c33",
    line="#363c45",
    text="#e9ecf0",
    faint="#98a1ad",
    accent="#56b4e9",
    on_accent="#0b1116",
    stage="#0f1114",
)
LIGHT = Colours(
    window="#f3f5f7",
    base="#ffffff",
    button="#ffffff",
    line="#d3d9e0",
    text="#1a1f26",
    faint="#5b6672",
    accent="#0072b2",
    on_accent="#ffffff",
    stage="#dfe4e9",
)
BLACK = Colours(
    window="#000000",
    base="#000000",
    button="#000000",
    line="#ffffff",
    text="#ffffff",
    faint="#c8c8c8",
    accent="#ffe000",
    on_accent="#000000",
    stage="#000000",
)
WHITE = Colours(
    window="#ffffff",
    base="#ffffff",
    button="#ffffff",
    line="#000000",
    text="#000000",
    faint="#383838",
    accent="#0000c8",
    on_accent="#ffffff",
    stage="#ffffff",
)
_ICONS = Path(__file__).resolve().parents[2] / "assets" / "icons"
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}

_SHEET = """
QMainWindow, QDialog {{ background: {window}; }}
QMenuBar {{ background: {window}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu {{ background: {base}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 14px; border-radius: 4px; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QStatusBar {{ background: {window}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QPushButton {{
  background: {button}; border: 1px solid {line}; border-radius: 8px; padding: 8px 16px;
}}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 7px 15px; }}
QPushButton:pressed {{ background: {window}; }}
QPushButton:default {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton:disabled {{ color: {faint}; }}
QLineEdit {{
  background: {base}; border: 1px solid {line}; border-radius: 8px; padding: 9px 12px;
}}
QLineEdit:focus {{ border: 2px solid {accent}; padding: 8px 11px; }}
QPushButton#entry {{ text-align: left; padding: 5px 12px; }}
QPushButton#entry:focus {{ padding: 4px 11px; }}
QToolButton {{ border: 2px solid transparent; border-radius: 6px; padding: 4px; }}
QToolButton:hover {{ background: {button}; border-color: {line}; }}
QToolButton:checked {{ background: {button}; color: {accent}; border-color: {line}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QComboBox {{
  background: {button}; border: 1px solid {line}; border-radius: 6px; padding: 4px 10px;
}}
QComboBox:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("{folder}/down.svg"); width: 12px; height: 12px; }}
QCheckBox::indicator {{
  background: {base}; border: 1px solid {faint}; border-radius: 4px; width: 14px; height: 14px;
}}
QCheckBox::indicator:checked {{
  background: {accent}; border-color: {accent}; image: url("{folder}/check_{check}.svg");
}}
QCheckBox:focus {{ color: {accent}; }}
#problem {{ color: #d03a2b; }}
QTableView {{
  background: {base}; border: none; selection-background-color: {accent};
  selection-color: {on_accent};
}}
QTableView:focus {{ border: 2px solid {accent}; }}
QHeaderView {{ background: {window}; }}
QHeaderView::section {{
  background: {window}; border: none; border-bottom: 1px solid {line}; padding: 4px 4px;
}}
QToolBar {{ background: {window}; border: none; spacing: 2px; padding: 4px; }}
QDockWidget::title {{
  background: {window}; padding: 6px 12px; border-bottom: 1px solid {line}; text-align: left;
}}
QTabBar::tab {{ padding: 6px 14px; border-bottom: 2px solid transparent; color: {faint}; }}
QTabBar::tab:selected {{ border-bottom-color: {accent}; color: {text}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QMainWindow::separator {{ background: {line}; width: 1px; height: 1px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: {window}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; }}
QScrollBar::handle:vertical {{
  background: {line}; border-radius: 4px; margin: 1px; min-height: 24px;
}}
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
QSplitter::handle {{ background: {line}; }}
QProgressBar {{ background: {line}; border: none; border-radius: 2px; max-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
#card {{ background: {button}; border: 1px solid {line}; border-radius: 12px; }}
#recording {{ color: #d03a2b; font-weight: bold; }}
QAbstractSpinBox {{
  background: {base}; border: 1px solid {line}; border-radius: 6px; padding: 4px 10px;
}}
QAbstractSpinBox:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
  subcontrol-origin: border; width: 22px; border: none;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow {{ image: url("{folder}/up.svg"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{folder}/down.svg"); width: 10px; height: 10px; }}
SettingRow QLineEdit {{ border-radius: 6px; padding: 4px 10px; }}
SettingRow QLineEdit:focus {{ padding: 3px 9px; }}
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {{
  background: transparent; border: none; padding: 0;
}}
QListWidget {{ background: {base}; border: 1px solid {line}; border-radius: 6px; outline: none; }}
QListWidget:focus {{ border: 2px solid {accent}; }}
QTextBrowser {{ background: {base}; border: 1px solid {line}; border-radius: 6px; padding: 4px; }}
QTextBrowser:focus {{ border: 2px solid {accent}; padding: 3px; }}
QListWidget::item {{ padding: 5px 8px; }}
QListWidget::item:selected {{ background: {accent}; color: {on_accent}; }}
#faint {{ color: {faint}; }}
#heading {{ font-weight: bold; }}
"""


def follow_theme(application: QApplication, theme: str, *, high_contrast: bool = False) -> None:
    """Use Fusion in light or dark; "system" follows the desktop, also when it changes.

    A desktop without a preference gets dark: easier on the eyes beside a moving picture. May be
    called again at any time.
    """
    hints = application.styleHints()
    assert hints is not None
    application.setStyle("Fusion")
    application.setProperty("theme", theme)
    application.setProperty("high_contrast", high_contrast)
    with suppress(TypeError):  # it is not connected the first time
        hints.colorSchemeChanged.disconnect(_follow)
    hints.setColorScheme(_SCHEMES.get(theme, Qt.ColorScheme.Unknown))
    hints.colorSchemeChanged.connect(_follow)
    _follow(hints.colorScheme())


def _follow(desktop: Qt.ColorScheme) -> None:
    application = QApplication.instance()
    if isinstance(application, QApplication):
        scheme = _SCHEMES.get(application.property("theme"), desktop)
        _wear(application, scheme, high_contrast=bool(application.property("high_contrast")))


def _wear(application: QApplication, scheme: Qt.ColorScheme, *, high_contrast: bool) -> None:
    light, dark = (WHITE, BLACK) if high_contrast else (LIGHT, DARK)
    colours = light if scheme is Qt.ColorScheme.Light else dark
    application.setPalette(palette_of(colours))
    named = {name: getattr(colours, name) for name in Colours.__slots__}
    sheet = _SHEET.format(folder=_ICONS.as_posix(), check=colours.check, **named)
    application.setStyleSheet(sheet)


def palette_of(colours: Colours) -> QPalette:
    """Qt's roles: `Dark` is the ground around the picture, `PlaceholderText` faint text."""
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, colour in (
        ((role.Window, role.AlternateBase), colours.window),
        ((role.Base, role.ToolTipBase), colours.base),
        ((role.Button, role.Light), colours.button),
        ((role.Mid, role.Midlight), colours.line),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), colours.text),
        ((role.PlaceholderText,), colours.faint),
        ((role.Highlight, role.Accent, role.Link), colours.accent),
        ((role.HighlightedText,), colours.on_accent),
        ((role.Dark, role.Shadow), colours.stage),
    ):
        for each in roles:
            palette.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.faint))
    return palette
