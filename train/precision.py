"""Which numbers training multiplies: bfloat16 only where the processor multiplies it itself.

Where it does not, each product is computed by way of float32: a step of the last stage took 21
times as long as in float32 on a processor with AVX2 alone.
"""

import torch


def bfloat16_is_quick() -> bool:
    """Whether this processor multiplies bfloat16 (AVX-512 BF16, which all with AMX have too)."""
    return torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001  no public name in torch 2.6


def quick(*, wanted: bool = True) -> torch.autocast:
    """A context in which convolutions and products are bfloat16 where asked for and quick.

    Weights, losses and what lies outside it stay in float32.
    """
    return torch.autocast("cpu", torch.bfloat16, enabled=wanted and bfloat16_is_quick())
