from pathlib import Path

import pytest

from engine.sources.scene import Scene, Script, write_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "people.mp4"
    write_clip(path, Scene(Script(people=2, seconds=1.0, size_wh=(320, 180), seed=3)))
    return path


@pytest.fixture
def videos(tmp_path: Path) -> list[str]:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.mp4").write_text(name * 10)
    return sorted(str(path) for path in folder.iterdir())
