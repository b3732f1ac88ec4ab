import json

from engine.values.result import Status


def test_a_status_is_written_as_its_word() -> None:
    assert json.dumps(Status.STABLE) == '"stable"'
    assert f"{Status.INSUFFICIENT}" == "insufficient"
