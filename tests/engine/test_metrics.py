import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace

import pytest

from engine.errors import SettingsError
from engine.grade import Grade
from engine.metrics import Snapshot, exposition, health
from engine.metrics_server import MetricsServer, parse_endpoint
from engine.notify.delivery import DeliveryStatus
from engine.status import SessionStatus, State
from engine.store.store import StoreStatus

RUNNING = SessionStatus(
    State.RUNNING,
    frames=120,
    dropped=7,
    stalls=2,
    reconnects=3,
    lag_s=0.25,
    people=4,
    stages_s={"detect": 0.01, "track": 0.002},
)
ODD = 'the "back"\\door\n'
SNAPSHOT = Snapshot(
    statuses={"door": RUNNING, ODD: replace(RUNNING, frames=1)},
    grades={"door": Grade.FAIR},
    occupancy={"door": {"": 4, "desk": 2}},
    runtimes={"age.onnx": "onnxruntime"},
    store=StoreStatus(5, 1, 0, ""),
    failure="",
    wanted=("door", ODD),
)
TOKEN = "a token of some length"
LINE = re.compile(r'[a-z_]+(\{([a-z]+="(\\.|[^"\\])*",?)*\})? -?[0-9.e+-]+')


def test_a_refused_cameras_file_is_told_and_changes_no_health() -> None:
    assert "agescope_cameras_file_valid 1\n" in exposition(SNAPSHOT)
    refused = replace(SNAPSHOT, refused="line 3: fps_cpa is unknown")
    assert "agescope_cameras_file_valid 0\n" in exposition(refused)
    assert health(refused)["cameras_file"] == "line 3: fps_cpa is unknown"
    assert refused.healthy == SNAPSHOT.healthy


def test_every_metric_of_the_contract_is_there() -> None:
    lines = exposition(SNAPSHOT).splitlines()
    for line in (
        'agescope_frames_total{camera="door"} 120',
        'agescope_dropped_frames_total{camera="door"} 7',
        'agescope_stalls_total{camera="door"} 2',
        'agescope_reconnects_total{camera="door"} 3',
        'agescope_lag_seconds{camera="door"} 0.25',
        'agescope_session_state{camera="door",state="running"} 1',
        'agescope_session_state{camera="door",state="stalled"} 0',
        'agescope_people{camera="door"} 4',
        'agescope_stage_seconds{camera="door",stage="detect"} 0.01',
        'agescope_grade{camera="door",grade="fair"} 1',
        'agescope_zone_people{camera="door",zone="desk"} 2',
        'agescope_runtime_info{model="age.onnx",runtime="onnxruntime"} 1',
        "agescope_store_written_total 5",
        "# TYPE agescope_frames_total counter",
    ):
        assert line in lines
    (resident,) = [x for x in lines if x.startswith("agescope_process_resident_bytes")]
    assert float(resident.split()[-1]) > 10_000_000


def test_the_text_is_well_formed_whatever_a_camera_is_called() -> None:
    text = exposition(SNAPSHOT)
    assert text.endswith("\n")
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not LINE.fullmatch(line)] == []
    assert r'agescope_frames_total{camera="the \"back\"\\door\n"} 1' in samples


@pytest.mark.parametrize("state", [state for state in State if state is not State.RUNNING])
def test_one_camera_that_does_not_run_is_not_healthy(state: State) -> None:
    ill = replace(RUNNING, state=state, message="gone")
    snapshot = replace(SNAPSHOT, statuses={"door": RUNNING, ODD: ill})
    assert not snapshot.healthy
    cameras = health(snapshot)["cameras"]
    assert isinstance(cameras, dict)
    assert cameras[ODD]["message"] == "gone"
    assert SNAPSHOT.healthy


def test_a_camera_that_is_wanted_and_missing_or_an_engine_that_failed_is_not_healthy() -> None:
    assert not replace(SNAPSHOT, wanted=("door", "hall")).healthy
    assert not replace(SNAPSHOT, failure="stands still").healthy


@pytest.fixture
def told() -> list[Snapshot]:
    return [SNAPSHOT]


@pytest.fixture
def server(told: list[Snapshot]) -> Iterator[MetricsServer]:
    with closing(MetricsServer("127.0.0.1", 0, lambda: told[0])) as server:
        yield server


def ask(
    server: MetricsServer, path: str, *, method: str = "GET", token: str = ""
) -> tuple[int, str, str]:
    host, port = server.address
    with closing(http.client.HTTPConnection(host, port, timeout=10)) as connection:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers["Content-Type"]


def test_the_server_answers_metrics_and_health(server: MetricsServer, told: list[Snapshot]) -> None:
    code, text, kind = ask(server, "/metrics")
    assert (code, kind.split(";")[0]) == (200, "text/plain")
    assert "agescope_frames_total" in text
    code, text, kind = ask(server, "/healthz")
    assert (code, kind) == (200, "application/json")
    assert json.loads(text)["healthy"] is True
    told[0] = replace(SNAPSHOT, failure="stands still")
    code, text, _ = ask(server, "/healthz")
    assert (code, json.loads(text)["failure"]) == (503, "stands still")
    assert ask(server, "/")[0] == 404
    assert ask(server, "/metrics", method="HEAD")[:2] == (200, "")


def test_a_token_keeps_others_out() -> None:
    with closing(MetricsServer("0.0.0.0", 0, lambda: SNAPSHOT, token=TOKEN)) as server:
        server.address = ("127.0.0.1", server.address[1])
        assert ask(server, "/metrics")[0] == 401
        assert ask(server, "/healthz", token="another")[0] == 401
        assert ask(server, "/metrics", token=TOKEN)[0] == 200


def test_a_token_may_have_letters_beyond_ascii() -> None:
    """As curl sends them, in UTF-8."""
    token = "schlüssel-für-den-hof"
    with closing(MetricsServer("127.0.0.1", 0, lambda: SNAPSHOT, token=token)) as server:
        assert ask(server, "/metrics", token=token.encode().decode("latin-1"))[0] == 200


@pytest.mark.parametrize("token", ["", "short"])
def test_other_machines_are_let_in_with_a_token_only(token: str) -> None:
    with pytest.raises(SettingsError, match="takes a token"):
        MetricsServer("0.0.0.0", 0, lambda: SNAPSHOT, token=token)


def test_a_port_that_is_taken_is_told(server: MetricsServer) -> None:
    with pytest.raises(SettingsError, match="cannot be used"):
        MetricsServer(*server.address, lambda: SNAPSHOT)


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("127.0.0.1:9090", ("127.0.0.1", 9090)),
        (":9090", ("127.0.0.1", 9090)),
        ("[::1]:80", ("::1", 80)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_an_endpoint_is_host_and_port(text: str, endpoint: tuple[str, int]) -> None:
    assert parse_endpoint(text) == endpoint


@pytest.mark.parametrize("text", ["9090", "host", "host:", "host:x", "::1:80", "h:70000", "h:-1"])
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        parse_endpoint(text)


def test_what_is_sent_elsewhere_is_counted() -> None:
    status = DeliveryStatus(sent=7, waiting=2, lost=1, problem="cannot be reached.")
    told = replace(SNAPSHOT, wanted=("door",), outlets={"webhook people": status})
    text = exposition(told)
    label = '{outlet="webhook people"}'
    for line in ("sent_total", "unsent_total", "unsent", "sending_stopped"):
        assert f"agescope_{line}{label}" in text
    assert f"agescope_unsent{label} 2" in text
    assert health(told)["outlets"] == {"webhook people": asdict(status)}
    assert told.healthy  # another's fault; the cameras run
