"""A sequencer in a process of its own that kills itself, as `kill -9` does, at a chosen step of a chosen round."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from chassis.db import Database
from chassis.health import Health
from chassis.telemetry import Metrics
from chassis.wake import Wake
from proof.checkpoints import Checkpoint
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.sequencer import Sequencer
from services.notifications.evidence.signer import LogSigner, load_log_signer


def die() -> None:
    """Leave no time for anything."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingStore(SecondStore):
    """The real second store, in a process that dies just before or just after the compare-and-swap."""

    def __init__(self, folder: Path, signer: LogSigner, step: str, rounds: int) -> None:
        super().__init__(folder, signer.known)
        self._step = step
        self._rounds = rounds

    def advance(self, expected: Checkpoint | None, note: bytes) -> None:
        """Count down to the round in which to die."""
        self._rounds -= 1
        if self._rounds == 0 and self._step == "before":
            die()
        super().advance(expected, note)
        if self._rounds == 0 and self._step == "after":
            die()


async def main(url: str, keys: Path, folder: Path, step: str, rounds: int) -> None:
    """Run until killed."""
    signer = load_log_signer(keys, sandbox=True)
    database = Database(url, "sequencer", pool_size=2)
    store = DyingStore(folder, signer, step, rounds)
    await Sequencer(database, signer, store, Wake(), Wake(), Health(), Metrics("notifications")).run()


if __name__ == "__main__":
    address, key_folder, store_folder, at_step, in_round = sys.argv[1:]
    asyncio.run(main(address, Path(key_folder), Path(store_folder), at_step, int(in_round)))
