"""Watches the evidence log from outside: every checkpoint it published must be a state of the one log that stands at the end."""

import asyncio

from devkit.partners import Partner
from proof import tiles
from proof.checkpoints import Checkpoint, opened
from proof.policy import Policy
from proof.tree import CompactRange

_LOG = "/notification/v1/log"


class LogWatch:
    """A monitor of the log; it trusts the keys of its policy only."""

    def __init__(self, reader: Partner, policy: bytes) -> None:
        self._reader = reader
        self._keys = Policy.parse(policy).logs
        self._over = asyncio.Event()
        self.seen: list[Checkpoint] = []

    async def run(self) -> None:
        """Look every now and then, until told to stop."""
        while not self._over.is_set():
            await self.look()
            await asyncio.sleep(0.1)

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    async def look(self) -> Checkpoint:
        """Read the newest checkpoint, whose signature must hold and which must not be smaller than one before."""
        checkpoint = opened(await self._reader.get_bytes(f"{_LOG}/checkpoint"), self._keys)
        if self.seen:
            assert checkpoint.size >= self.seen[-1].size, "the log went back"
        if checkpoint not in self.seen:
            self.seen.append(checkpoint)
        return checkpoint

    async def prove_all_seen(self) -> int:
        """Check that every checkpoint seen is the tree over the first entries of the log as it stands now; returns its size."""
        size = (await self.look()).size
        hashes, tree = await self._leaf_hashes(size), CompactRange()
        for checkpoint in self.seen:
            tree = tree.append(hashes[tree.size : checkpoint.size])
            assert tree.root() == checkpoint.root, f"the log forked before {checkpoint.size}"
        return size

    async def _leaf_hashes(self, size: int) -> list[bytes]:
        found = b""
        for n in range(-(-size // tiles.WIDTH)):
            width = tiles.Tile(0, n).width(size)
            found += await self._reader.get_bytes(f"{_LOG}/tile/0/{n}?width={width}")
        return [found[at : at + tiles.HASH] for at in range(0, len(found), tiles.HASH)]
