"""One training run shared by several processes, as `torchrun` starts them.

    torchrun --nproc-per-node 2 -m train.fit RECIPE

Each process takes its share of every batch, so the batch and the number of steps stay those of the
recipe; gradients are averaged by DistributedDataParallel.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from engine.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Peers:
    """The processes of a run and which one this is.

    Attributes:
        rank: This one's number; 0 writes files.
        size: How many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes checkpoints and logs."""
        return self.rank == 0

    def share_of(self, batch: int) -> slice:
        """The rows of a batch that are this process's.

        Raises:
            SettingsError: The batch cannot be divided evenly, so that means would differ.
        """
        if batch % self.size:
            raise SettingsError(
                f"a batch of {batch} cannot be shared by {self.size} processes; "
                "choose a number of processes that divides it"
            )
        return slice(self.rank, batch, self.size)

    def seed_of(self, seed: int, step: int) -> int:
        """Seed of a step's dropout: it depends on nothing that happened before."""
        return (seed * 1_000_003 + step) * self.size + self.rank

    def wait(self) -> None:
        """Go on when all processes are here."""
        if self.size > 1:
            distributed.barrier()

    def shared(self, net: nn.Module) -> nn.Module:
        """The network whose backward pass averages gradients over all processes."""
        if self.size == 1:
            return net
        return DistributedDataParallel(net, broadcast_buffers=False)  # the only one is constant


@contextmanager
def joined() -> Iterator[Peers]:
    """Meet the other processes that `torchrun` started; alone without it."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Peers()
        return
    distributed.init_process_group("gloo")  # training is on the CPU, also where there is a GPU
    try:
        yield Peers(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()
