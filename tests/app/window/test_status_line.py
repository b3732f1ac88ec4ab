import pytest
from pytestqt.qtbot import QtBot

from app.window.status_line import StatusLine
from engine.status import SessionStatus, State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_lamp_and_words(qtbot: QtBot, state: State) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(900, 30)
    line.show()
    line.show_statuses(["door"], [SessionStatus(state, "why")], "onnxruntime")
    assert line.state.toolTip().startswith("door — ")
    assert line._lamp.colour
    two = [SessionStatus(state), SessionStatus(State.RUNNING)]
    line.show_statuses(["door", "shop"], two, "onnxruntime")
    assert state.value in line.state.toolTip()
