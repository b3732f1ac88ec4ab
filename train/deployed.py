"""The network as it is shipped: bytes in, calibrated probabilities out."""

import torch
from torch import Tensor, nn

from train.backbone import AgeNet
from train.widths import Widths, kernel, widened


class Deployed(nn.Module):
    """The network between bytes and probabilities.

        p = softmax(z),  T = sum_j p_j T_j,  answer = softmax(z / T) K

    Attributes:
        temperatures: (A,) T_j, one for each age; see `train.widths`.
        kernel: (A, A) K; constants of the graph, like the temperatures.
    """

    def __init__(self, net: AgeNet, widths: Widths) -> None:
        super().__init__()
        self.net = net
        self.temperatures: Tensor
        self.kernel: Tensor
        self.register_buffer("temperatures", torch.tensor(widths.temperatures))
        reaches = torch.tensor(widths.younger), torch.tensor(widths.older)
        self.register_buffer("kernel", kernel(*reaches))

    def forward(self, crops: Tensor) -> Tensor:
        """(N, S, S, 3) uint8 RGB to (N, A) probabilities."""
        return self.probabilities(self.net(crops.to(torch.float32).permute(0, 3, 1, 2)))

    def probabilities(self, logits: Tensor) -> Tensor:
        """(N, A) logits to (N, A) calibrated probabilities."""
        return widened(logits, self.temperatures, self.kernel)
