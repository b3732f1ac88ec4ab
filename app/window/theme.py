"""Light and dark, on top of Fusion. Widgets take their colours from the palette, not from here."""

from dataclasses import dataclass

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
QToolButton:checked {{ background: {button}; color: {accent}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QComboBox {{
  background: {button}; border: 1px solid {line}; border-radius: 6px; padding: 4px 10px;
}}
QComboBox:focus {{ border: 2px solid {accent}; padding: 3px 9px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
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
#faint {{ color: {faint}; }}
#heading {{ font-weight: bold; }}
"""


def follow_theme(application: QApplication, theme: str) -> None:
    """Use Fusion in light or dark; "system" follows the desktop, also when it changes.

    A desktop without a preference gets dark: easier on the eyes beside a moving picture.
    """
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
    application.setStyle("Fusion")
    hints = application.styleHints()
    assert hints is not None
    if theme in schemes:
        hints.setColorScheme(schemes[theme])
        _wear(application, schemes[theme])
        return
    hints.colorSchemeChanged.connect(lambda scheme: _wear(application, scheme))
    _wear(application, hints.colorScheme())


def _wear(application: QApplication, scheme: Qt.ColorScheme) -> None:
    colours = LIGHT if scheme is Qt.ColorScheme.Light else DARK
    application.setPalette(palette_of(colours))
    application.setStyleSheet(_SHEET.format(**{k: getattr(colours, k) for k in Colours.__slots__}))


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
