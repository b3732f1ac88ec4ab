import pytest

from engine.models.tensorrt.progress import Phases


def test_phases_within_phases_add_up() -> None:
    phases = Phases()
    phases.begin("build", None, 4)
    assert phases.share() == 0
    assert phases.step("build", 0)
    phases.begin("tactics", "build", 2)
    assert phases.name == "tactics"
    phases.step("tactics", 0)
    assert phases.share() == pytest.approx((1 + 1 / 2) / 4)
    phases.step("tactics", 1)
    phases.end("tactics")
    assert phases.name == "build"
    phases.step("build", 3)
    assert phases.share() == 1


def test_progress_never_goes_back() -> None:
    phases = Phases()
    phases.begin("first", None, 1)
    phases.step("first", 0)
    assert phases.share() == 1
    phases.end("first")
    phases.begin("second", None, 10)
    assert phases.share() == 1


def test_a_stopped_build_is_told_at_its_next_step() -> None:
    phases = Phases()
    phases.begin("build", None, 2)
    assert phases.step("build", 0)
    phases.stop.set()
    assert not phases.step("build", 1)


def test_reports_that_fit_no_phase_do_no_harm() -> None:
    phases = Phases()
    assert phases.step("unknown", 3)
    phases.end("unknown")
    phases.begin("empty", None, 0)
    assert phases.share() == 0
