from pathlib import Path

import pytest

from train.commit import commit


def test_without_git_the_state_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    commit.cache_clear()
    try:
        assert commit() == "unknown"
    finally:
        commit.cache_clear()
