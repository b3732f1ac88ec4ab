import pytest
import torch

from train.backbone import AgeNet
from train.mix import mean_of, mixed, smallest_good


def test_the_ends_of_the_line_are_the_two_networks_and_its_middle_their_mean() -> None:
    start, tuned = AgeNet(ages=5), AgeNet(ages=5)
    for share, expected in (
        (0.0, start.head.weight),
        (0.5, (start.head.weight + tuned.head.weight) / 2),
        (1.0, tuned.head.weight),
    ):
        torch.testing.assert_close(mixed(start, tuned, share).head.weight, expected)


def test_mixing_leaves_the_networks_alone() -> None:
    start, tuned = AgeNet(ages=5), AgeNet(ages=5)
    before = tuned.head.weight.clone()
    mixed(start, tuned, 0.3)
    assert torch.equal(tuned.head.weight, before)


def test_a_mean_of_networks_has_the_mean_of_their_weights_and_leaves_them_alone() -> None:
    nets = [AgeNet(ages=5) for _ in range(3)]
    before = [net.head.weight.clone() for net in nets]
    torch.testing.assert_close(mean_of(nets).head.weight, torch.stack(before).mean(0))
    assert all(torch.equal(n.head.weight, b) for n, b in zip(nets, before, strict=True))


def test_the_smallest_share_that_is_as_good_is_taken() -> None:
    assert smallest_good({0.4: 5.3, 0.6: 5.04, 0.8: 5.0, 1.0: 5.1}) == 0.6


def test_a_clear_winner_is_taken() -> None:
    assert smallest_good({0.4: 6.0, 1.0: 5.0}) == pytest.approx(1.0)
