"""Numbers: METHODS 3.3."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from train.losses.similarity import clamped_similarity, similarity, slide_similarity


def test_the_slide_form_gives_the_printed_numbers() -> None:
    gaps = torch.tensor([1, 2, 3, 4, 5, 6, 10, 69], dtype=torch.float64)
    printed = [0.139, 0.220, 0.277, 0.322, 0.358, 0.558, 1.36, 13.2]
    assert [float(f"{weight:.3g}") for weight in slide_similarity(gaps)] == printed


def test_the_clamped_form_gives_the_printed_numbers_and_stays_at_one() -> None:
    gaps = torch.tensor([0, 1, 2, 3, 4, 5, 6, 69], dtype=torch.float64)
    printed = [0, 0.387, 0.613, 0.774, 0.898, 1, 1, 1]
    assert clamped_similarity(gaps).tolist() == pytest.approx(printed, abs=5e-4)


def test_the_slide_form_has_no_step_at_its_limit() -> None:
    below, above = slide_similarity(torch.tensor([5.0, 5.000001], dtype=torch.float64))
    assert float(above - below) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=9).map(sorted))
def test_a_wider_gap_never_has_a_smaller_weight(gaps: list[float]) -> None:
    for form in ("clamped", "slide"):
        weights = similarity(torch.tensor(gaps, dtype=torch.float64), form)
        assert bool((weights.diff() >= -1e-12).all())
        assert form == "slide" or float(weights.max()) <= 1
