"""Protocols asked for together: a method learns once for all that begin with the same samples."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from train.activations import start_from
from train.benchmark import Job, LastFit, main, run
from train.methods.method import Predictor, Samples, Spread
from train.protocols import Sets, protocols_named


@dataclass(frozen=True)
class Median:
    """Answers the median of what it learnt from; counts how often it was asked to learn."""

    fits: list[int] = field(default_factory=list, repr=False)
    name: str = "median"

    def fit(self, train: Samples, watch: Samples, seed: int) -> Predictor:
        self.fits.append(seed)
        middle = float(np.median(train.years))
        spread = Spread.of(np.full(len(watch), middle), watch.years)
        return lambda samples: spread.around(np.full(len(samples), middle))


def test_protocols_of_one_training_split_share_what_is_learnt(
    small_checkpoint: Path, write_crops: Callable[[Path, str, int, int], None], tmp_path: Path
) -> None:
    for name, people in (("utkface", 8), ("aaf", 9), ("fgnet", 4)):
        write_crops(tmp_path, name, people, 2)
    start = replace(start_from(small_checkpoint), data_sets=())
    sets = Sets(tmp_path, start, tmp_path / "activations")
    protocols = [protocols_named("utkface", sets, None)[0], *protocols_named("cross", sets, None)]
    together, alone = Median(), Median()
    shared = Job(tmp_path / "together", start.key, seed=1, resume=False)
    for protocol in protocols:
        apart = run(alone, protocol, replace(shared, out=tmp_path / "alone", last=LastFit()))
        found = run(together, protocol, shared)
        assert np.array_equal(found.found.probs, apart.found.probs)
        assert np.array_equal(found.years, apart.years)
        assert found.minutes > 0
    assert (len(together.fits), len(alone.fits)) == (2, 4)


def test_protocols_of_one_set_follow_each_other(
    small_checkpoint: Path,
    write_crops: Callable[[Path, str, int, int], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("aaf", "fgnet"):
        write_crops(tmp_path, name, 8, 2)
    asked = ["--methods", "features_knn", "--checkpoint", str(small_checkpoint)]
    asked += ["--cache", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main([*asked, "--protocol", "fgnet-lopo,aaf"]) == 0
    out = capsys.readouterr().out
    assert out.index("## aaf") < out.index("## fgnet-lopo")
    assert main([*asked, "--protocol", ","]) == 1
    assert "no protocol is called" in capsys.readouterr().err
    assert main([*asked, "--protocol", "fgnet-lopo,aff"]) == 1
    assert "no protocol is called aff; there are fgnet-lopo, cross, utkface" in (
        capsys.readouterr().err
    )
