"""The network as it is shipped: bytes in, calibrated probabilities out."""

import torch
from torch import Tensor, nn

from train.backbone import AgeNet


class Deployed(nn.Module):
    """The network between bytes and probabilities.

        p = softmax(z),  T = sum_j p_j T_j,  answer = softmax(z / T)

    Attributes:
        temperatures: (A,) T_j, one for each age; see `train.calibrate`.
    """

    def __init__(self, net: AgeNet, temperatures: list[float]) -> None:
        super().__init__()
        self.net = net
        self.temperatures: Tensor
        self.register_buffer("temperatures", torch.tensor(temperatures))

    def forward(self, crops: Tensor) -> Tensor:
        """(N, S, S, 3) uint8 RGB to (N, A) probabilities."""
        return self.probabilities(self.net(crops.to(torch.float32).permute(0, 3, 1, 2)))

    def probabilities(self, logits: Tensor) -> Tensor:
        """(N, A) logits to (N, A) calibrated probabilities."""
        temperature = torch.softmax(logits, 1) @ self.temperatures
        return torch.softmax(logits / temperature[:, None], 1)
