import os
import signal
import sys

import pytest

from app.signals import stopped_by_signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals do not hang up there")


def test_a_closed_terminal_asks_to_end_and_interrupts_nothing() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with stopped_by_signals() as stop:
            signal.raise_signal(signal.SIGHUP)
            assert stop.is_set()
            signal.raise_signal(signal.SIGHUP)  # one from the terminal and one from the shell
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_with_nohup_a_closed_terminal_ends_nothing() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_by_signals() as stop:
            signal.raise_signal(signal.SIGHUP)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_closed_terminal_is_written_to_no_more(capfd: pytest.CaptureFixture[str]) -> None:
    import pty

    terminal, program = pty.openpty()
    kept = os.dup(2)
    os.dup2(program, 2)
    os.close(program)
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with stopped_by_signals():
            os.close(terminal)
            signal.raise_signal(signal.SIGHUP)
            assert os.write(2, b"progress") == 8
    finally:
        signal.signal(signal.SIGHUP, before)
        os.dup2(kept, 2)
        os.close(kept)
    assert capfd.readouterr().err == ""
