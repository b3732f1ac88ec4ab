from dataclasses import dataclass

import pytest
from pytestqt.qtbot import QtBot

from app.window.status_line import StatusLine
from engine.status import SessionStatus, State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@dataclass
class Models:
    runtime: str = ""
    problem: str = ""
    loading: str = ""


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_lamp_and_words(qtbot: QtBot, state: State) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(900, 30)
    line.show()
    line.show_statuses(["door"], [SessionStatus(state, "why")], Models("onnxruntime"))
    assert line.state.toolTip().startswith("door — ")
    assert line._lamp.colour
    two = [SessionStatus(state), SessionStatus(State.RUNNING)]
    line.show_statuses(["door", "shop"], two, Models("onnxruntime"))
    assert state.value in line.state.toolTip()


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (Models(), "Loading the models …"),
        (Models(loading="building an engine (20%)"), "Loading the models … building an engine"),
        (Models("onnxruntime"), "Ready"),
        (Models(problem="age.onnx is damaged."), "cannot be loaded: age.onnx is damaged."),
    ],
)
def test_without_sources_it_tells_how_the_models_stand(
    qtbot: QtBot, models: Models, said: str
) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_statuses([], [], models)
    assert said in line.state.toolTip()
    assert line._lamp.colour
