"""Calibration recovers what was put in."""

from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch

from engine.errors import DataError
from engine.values.age import AgeDistribution
from train.backbone import AgeNet
from train.calibrate import (
    calibrate,
    common_interval,
    fit_temperatures,
    frame_interval,
    noise_model,
    prior_of,
)
from train.deployed import Deployed
from train.losses.amr import AMRLoss
from train.metrics import covered
from train.recipe import Recipe
from train.widths import Widths


def answers(count: int, sharpness: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are too sharp, more so for the old, and the ages they are about."""
    means = 10 + 70 * torch.rand(count, 1)
    honest = -0.5 * ((torch.arange(101) - means) / 6.0) ** 2
    years = torch.distributions.Categorical(logits=honest).sample().float()
    return honest * (1 + sharpness * means / 80), years


def test_temperatures_undo_overconfidence_where_it_is() -> None:
    torch.manual_seed(0)
    found = np.array(fit_temperatures([answers(6000, 2.0)]))
    for age in (20, 40, 60):
        assert found[age] == pytest.approx(1 + 2.0 * age / 80, rel=0.15)


def test_calibrated_intervals_hold_their_level_at_every_predicted_age() -> None:
    torch.manual_seed(0)
    still = Widths(fit_temperatures([answers(6000, 2.0)]), [0.0] * 101, [0.0] * 101)
    deployed = Deployed(AgeNet(), still)
    logits, years = answers(6000, 2.0)
    probs = deployed.probabilities(logits).numpy()
    found = AgeDistribution(np.arange(101, dtype=np.float32), probs)
    held = covered(found, years.numpy().astype(np.float64), 0.9)
    predicted = probs @ np.arange(101)
    for low in (15, 35, 55):
        rows = (predicted >= low) & (predicted < low + 20)
        assert held[rows].mean() == pytest.approx(0.9, abs=0.025)


def test_noise_model_finds_spread_and_autocorrelation() -> None:
    random = np.random.default_rng(0)
    series = []
    for _ in range(60):
        noise, values = random.normal(0, 2.0), []
        for _ in range(400):
            values.append(40 + noise)
            noise = 0.8 * noise + random.normal(0, 2.0 * 0.6)
        series.append(np.array(values))
    spread, rho = noise_model(series)
    assert spread == pytest.approx(2.0, rel=0.05)
    assert rho == pytest.approx(0.8, abs=0.03)


def test_a_still_picture_shows_no_noise() -> None:
    assert noise_model([np.full(30, 41.5)]) == (0.0, 0.0)


def test_clips_without_a_long_track_are_told() -> None:
    with pytest.raises(DataError, match="no face is seen for 30 frames of a clip"):
        noise_model([])


def grey_clip(path: Path, rate: int, numbers: list[int]) -> Path:
    """A clip whose pictures have these numbers at this rate."""
    with av.open(path, "w") as file:
        stream = file.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for number in numbers:
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("rate", "interval_s"), [(30, 0.03333), (25, 0.04), (15, 0.06667)])
def test_the_interval_is_that_of_the_clips(tmp_path: Path, rate: int, interval_s: float) -> None:
    whole = grey_clip(tmp_path / "whole.mkv", rate, list(range(36)))
    lost = grey_clip(tmp_path / "lost.mkv", rate, [*range(20), *range(22, 40)])
    for clips in ([whole], [lost], [whole, lost]):
        assert common_interval({clip.name: frame_interval(clip) for clip in clips}) == interval_s


def test_clips_of_different_rates_are_refused() -> None:
    assert common_interval({"a.mkv": 1 / 30, "b.mkv": 1 / 29.97}) == pytest.approx(1 / 30, abs=1e-4)
    with pytest.raises(DataError, match=r"b\.mkv has 15 frames/s and a\.mkv 30: how ages move"):
        common_interval({"a.mkv": 1 / 30, "b.mkv": 1 / 15, "c.mkv": 1 / 29.97})


def test_a_clip_of_one_picture_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"one\.mkv has no two pictures"):
        frame_interval(grey_clip(tmp_path / "one.mkv", 30, [0]))


def test_other_crops_than_were_learnt_from_are_refused(
    tmp_path: Path, write_crops: Callable[[Path, str, int, int], None]
) -> None:
    write_crops(tmp_path, "made", 4, 1)  # made-0
    recipe, checkpoint = Recipe("small", ("made",), AMRLoss()), tmp_path / "small.pt"
    state = {"recipe": asdict(recipe), "average": {}, "origin": {"crops": "made-1"}}
    torch.save(state, checkpoint)
    with pytest.raises(DataError, match="trained from other crops of made than"):
        calibrate(checkpoint, recipe, tmp_path, [])


def test_the_prior_follows_the_photographs_and_rules_nothing_out() -> None:
    prior = np.array(prior_of(torch.full((500,), 30.0), 101))
    assert prior.sum() == pytest.approx(1, abs=1e-4)
    assert prior.argmax() == 30
    assert prior.min() > 5e-4
