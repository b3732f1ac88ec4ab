"""The table of everything the window can do."""

from functools import partial
from typing import TYPE_CHECKING

from app.window.about import show_about
from app.window.actions import Deed
from app.window.pages import page_names
from app.window.wanted import DEMO
from app.window.words import translate

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


def deeds_of(window: "MainWindow") -> list[Deed]:
    """The deeds in the order of the menus."""
    return [
        *_file(window),
        *_edit(window),
        *_play(window),
        *_view(window),
        *window.overlays.deeds(translate("deeds", "&Overlays")),
        *_help(window),
    ]


def _file(window: "MainWindow") -> list[Deed]:
    menu, demo = translate("deeds", "&File"), partial(window.show_sources, [DEMO])
    open_files = translate("deeds", "Open a video or picture …")
    open_folder = translate("deeds", "Open a folder …")
    again = translate("deeds", "Go on with the sources of last time")
    close = translate("deeds", "Close the sources")
    return [
        Deed("files", menu, open_files, ("O", "Ctrl+O"), window.open_files),
        Deed("folder", menu, open_folder, ("Shift+O",), window.open_folder),
        Deed("demo", menu, translate("deeds", "Demonstration"), ("Ctrl+D",), demo),
        Deed("again", menu, again, ("Ctrl+Shift+T",), window.show_last),
        *_capture(window, menu),
        Deed("back", menu, close, ("Ctrl+W",), window.close_sources, apart=True),
        Deed("quit", menu, translate("deeds", "Quit"), ("Ctrl+Q",), window.close, apart=True),
    ]


def _capture(window: "MainWindow", menu: str) -> list[Deed]:
    record, snap = translate("deeds", "Record what is shown"), translate("deeds", "Take a snapshot")
    export = translate("deeds", "Export who is present …")
    return [
        Deed("record", menu, record, ("Ctrl+R",), window.record, switch=True, apart=True),
        Deed("snapshot", menu, snap, ("Ctrl+Shift+S",), window.take_snapshot),
        Deed("export", menu, export, ("Ctrl+E",), window.export_present),
    ]


def _edit(window: "MainWindow") -> list[Deed]:
    menu = translate("deeds", "&Edit")
    undo, redo = translate("deeds", "Undo"), translate("deeds", "Redo")
    palette = translate("deeds", "All commands …")
    return [
        Deed("undo", menu, undo, ("Ctrl+Z",), window.undo.undo),
        Deed("redo", menu, redo, ("Ctrl+Shift+Z", "Ctrl+Y"), window.undo.redo),
        Deed("palette", menu, palette, ("Ctrl+K",), window.show_palette, apart=True),
    ]


def _play(window: "MainWindow") -> list[Deed]:
    menu, bar = translate("deeds", "&Play"), window.live.transport
    pause = translate("deeds", "Pause, go on, play again")
    forward, back = translate("deeds", "One frame forward"), translate("deeds", "One frame back")
    faster, slower = translate("deeds", "Faster"), translate("deeds", "Slower")
    loop = translate("deeds", "Mark the ends of a loop")
    return [
        Deed("pause", menu, pause, ("Space",), window.toggle_pause),
        Deed("forward", menu, forward, (".",), partial(bar.step, 1), apart=True),
        Deed("step_back", menu, back, (",",), partial(bar.step, -1)),
        Deed("faster", menu, faster, ("]",), partial(bar.faster, 1)),
        Deed("slower", menu, slower, ("[",), partial(bar.faster, -1)),
        Deed("loop", menu, loop, ("R",), bar.mark_loop),
    ]


def _view(window: "MainWindow") -> list[Deed]:
    menu = translate("deeds", "&View")
    pages = [
        Deed(f"page {name}", menu, words, (f"Alt+{place}",), partial(window.show_page, name))
        for place, (name, words) in enumerate(page_names().items(), start=1)
    ]
    panels = [
        Deed(
            name=f"panel {name}",
            menu=menu,
            text=translate("deeds", "Panel: {}").format(dock.windowTitle()),
            keys=(f"F{place}",),
            do=dock.setVisible,
            switch=True,
            on=True,
            apart=name == "people",
        )
        for place, (name, dock) in enumerate(window.live.docks.items(), start=5)
    ]
    enlarge, full = translate("deeds", "Enlarge one source"), translate("deeds", "Full screen")
    leave, unpin = translate("deeds", "Leave full screen"), translate("deeds", "Unpin the person")
    blur = translate("deeds", "Blur all faces")
    grow = window.live.wall.toggle_enlarged
    return [
        *pages,
        *panels,
        Deed("enlarge", menu, enlarge, ("E",), grow, apart=True),
        Deed("unpin", menu, unpin, ("Backspace",), partial(window.live.wall.pin, None)),
        Deed("blur", menu, blur, ("Ctrl+B",), window.preferences.blur_faces, switch=True),
        Deed("full", menu, full, ("F", "F11"), window.show_full, switch=True),
        Deed("leave", menu, leave, ("Esc",), window.leave_full_screen),
    ]


def _help(window: "MainWindow") -> list[Deed]:
    menu = translate("deeds", "&Help")
    report = translate("deeds", "Copy a diagnostic report")
    about = translate("deeds", "About agescope")
    return [
        Deed("keys", menu, translate("deeds", "Keys"), ("?", "F1"), window.show_keys),
        Deed("report", menu, report, ("Ctrl+Shift+D",), window.copy_diagnosis),
        Deed("about", menu, about, ("Shift+F1",), partial(show_about, window), apart=True),
    ]
