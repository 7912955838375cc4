"""The last published checkpoint, kept apart from the database: a log that was restored or forked is recognised by it."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from proof.checkpoints import Checkpoint, opened
from proof.errors import ProofError
from proof.notes import VerifierKey
from services.notifications.evidence.errors import SecondStoreLost, SecondStoreMoved, SecondStoreUnavailable


class SecondStore:
    """A file in a folder on another path, volume or host than the database; it changes by compare-and-swap only."""

    def __init__(self, folder: Path, keys: Sequence[VerifierKey]) -> None:
        self._folder = folder
        self._file = folder / "latest.checkpoint"
        self._keys = tuple(keys)

    def latest(self) -> Checkpoint | None:
        """What was published last; nothing in a new store.

        Raises:
            SecondStoreLost: what is there was not signed by this log.
            SecondStoreUnavailable: it cannot be read.
        """
        try:
            return opened(self._file.read_bytes(), self._keys)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecondStoreUnavailable(error.strerror) from error
        except ProofError as error:
            raise SecondStoreLost(f"holds something this log did not sign ({error})") from error

    def advance(self, expected: Checkpoint | None, note: bytes) -> None:
        """Publish a checkpoint in the place of `expected`; durable when this returns. Blocks for a disk flush.

        Raises:
            SecondStoreMoved: another one is there.
            SecondStoreUnavailable: it could not be written; the old one is still there.
        """
        try:
            with self._locked():
                found = self.latest()
                if found != expected:
                    raise SecondStoreMoved(f"expected {_size(expected)} entries, found {_size(found)}")
                self._replace(note)
        except OSError as error:
            raise SecondStoreUnavailable(error.strerror) from error

    def _replace(self, note: bytes) -> None:
        new = self._file.with_suffix(".new")
        with new.open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)
        self._flush_folder()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _flush_folder(self) -> None:
        """A rename is durable once its folder is flushed."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _size(checkpoint: Checkpoint | None) -> int:
    return checkpoint.size if checkpoint else 0
