"""Sets whose ages are means of votes, from their official layout to the ε-error."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.values.age import AgeDistribution
from engine.values.frame import Frame, Image
from train import evaluate
from train.benchmark import main
from train.command import ended
from train.data.crops import make
from train.methods.method import AGES
from train.metrics import epsilon_error

ROOT = Path(__file__).parents[2]
COUNTS = {"train": 32, "valid": 6, "test": 6}
VOTES = tuple[str, float, float]


def clap2016(place: Path, split: str, votes: list[VOTES]) -> list[Path]:
    rows = [f"{name},{mean},{std}" for name, mean, std in votes]
    (place / f"{split}_gt.csv").write_text("\n".join(["image,mean,stdv", *rows]) + "\n")
    return [place / split / name for name, _, _ in votes]


def appa_real(place: Path, split: str, votes: list[VOTES]) -> list[Path]:
    header = "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age"
    rows = [f"{name},38,{mean},{std},30" for name, mean, std in votes]
    (place / f"gt_avg_{split}.csv").write_text("\n".join([header, *rows]) + "\n")
    return [place / split / f"{name}_face.jpg" for name, _, _ in votes]


def lay_out(
    place: Path, face: Image, layout: Callable[[Path, str, list[VOTES]], list[Path]]
) -> None:
    """Portraits that are the brighter the older, with the votes on them."""
    random = np.random.default_rng(0)
    for split, count in COUNTS.items():
        (place / split).mkdir(parents=True)
        means = random.uniform(8, 80, count).round(2).tolist()
        votes = [(f"{split}{n}.jpg", mean, 2 + n % 4) for n, mean in enumerate(means)]
        for path, mean in zip(layout(place, split, votes), means, strict=True):
            shown = cv2.convertScaleAbs(face, alpha=0.5 + mean / 160)
            cv2.imwrite(str(path), shown[:, :, ::-1])


@pytest.mark.parametrize("layout", [clap2016, appa_real], ids=lambda layout: layout.__name__)
def test_votes_give_the_epsilon_error_in_the_benchmark_and_of_a_model(
    layout: Callable[[Path, str, list[VOTES]], list[Path]],
    portrait: Frame,
    small_checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    name, cache, out = layout.__name__, tmp_path / "crops", tmp_path / "out"
    face = cv2.resize(portrait.image[:300, 80:380], (200, 200), interpolation=cv2.INTER_AREA)
    lay_out(tmp_path / "set", np.asarray(face, np.uint8), layout)
    make(name, tmp_path / "set", {}, cache)

    asked = ["--protocol", name, "--methods", "features_knn,amr", "--checkpoint"]
    asked += [str(small_checkpoint), "--cache", str(cache), "--out", str(out)]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    rows = json.loads((out / name / "table.json").read_text())
    for method in ("features_knn", "amr"):
        answers = np.load(out / name / method / "test.npz")
        medians = AgeDistribution(AGES, answers["probs"]).median()
        expected = epsilon_error(medians, answers["years"], answers["votes_std"])
        assert rows[method]["images"] == COUNTS["test"]
        assert rows[method]["epsilon_error"] == pytest.approx(expected, abs=1e-4)
        assert f" | {expected:.2f} | " in next(
            r for r in printed.splitlines() if f"| {method} " in r
        )
    assert sorted(set(answers["votes_std"].tolist())) == [2, 3, 4, 5]

    model = "assets/models/age.onnx"
    monkeypatch.setattr(
        sys, "argv", ["evaluate", model, "--cache", str(cache), "--data", name, "--split", "test"]
    )
    assert ended(evaluate.main) == 0
    assert "of 6 photographs that have votes" in capsys.readouterr().out
