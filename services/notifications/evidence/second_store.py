"""The last published checkpoint, kept apart from the database: a log that was restored or forked is recognised by it."""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from proof.checkpoints import Checkpoint, opened
from proof.errors import ProofError
from proof.notes import Note, VerifierKey
from services.notifications.evidence.errors import SecondStoreLost, SecondStoreMoved, SecondStoreUnavailable


class SecondStore:
    """A file in a folder on another path, volume or host than the database; it changes by compare-and-swap only."""

    def __init__(self, folder: Path, keys: Sequence[VerifierKey]) -> None:
        self._folder = folder
        self._file = folder / "latest.checkpoint"
        self._keys = tuple(keys)
        self._known: tuple[bytes, Checkpoint] | None = None  # what was put there by this one, or found there and found good

    def latest(self) -> Checkpoint | None:
        """What was published last; nothing in a new store.

        Raises:
            SecondStoreLost: what is there was not signed by this log.
            SecondStoreUnavailable: it cannot be read.
        """
        try:
            return self._good(self._file.read_bytes())
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

    def _good(self, note: bytes) -> Checkpoint:
        """What a note says; the same bytes are not checked twice."""
        if self._known is None or self._known[0] != note:
            self._known = note, opened(note, self._keys)
        return self._known[1]

    def _replace(self, note: bytes) -> None:
        """Plain calls of the system: this runs for every round of the sequencer."""
        new = self._file.with_suffix(".new")
        _write(new, note)
        new.replace(self._file)
        _flush(self._folder)  # a rename is durable once its folder is flushed
        self._known = note, Checkpoint.parse(Note.parse(note).text)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = f"{self._folder}/lock"
        try:
            lock = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _write(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        if os.write(file, content) != len(content):
            raise OSError(errno.EIO, "only a part was written")
        os.fsync(file)
    finally:
        os.close(file)


def _flush(folder: Path) -> None:
    opened_folder = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened_folder)
    finally:
        os.close(opened_folder)


def _size(checkpoint: Checkpoint | None) -> int:
    return checkpoint.size if checkpoint else 0
