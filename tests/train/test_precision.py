"""Training multiplies in bfloat16 where the processor does, and nowhere else."""

import pytest
import torch

from train.precision import quick


@pytest.mark.parametrize(
    ("native", "wanted", "kind"),
    [
        (True, True, torch.bfloat16),
        (True, False, torch.float32),
        (False, True, torch.float32),
        (False, False, torch.float32),
    ],
)
def test_products_are_bfloat16_where_asked_for_and_quick(
    monkeypatch: pytest.MonkeyPatch, *, native: bool, wanted: bool, kind: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    ones = torch.ones(2, 2)
    with quick(wanted=wanted):
        assert (ones @ ones).dtype == kind
    assert (ones @ ones).dtype == torch.float32
