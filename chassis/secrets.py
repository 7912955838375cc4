"""Secrets on disk: whole files of mode 0600 in a folder of mode 0700, made once."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.errors import HubError

_OTHERS = 0o077


class SecretExposed(HubError):
    """Others on this machine can read or replace a secret."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is open to its group or to everyone; run chmod 700 on its folder and chmod 600 on its files")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Make the folder if need be, and keep every other process out of this block until it ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def create(path: Path, content: bytes) -> None:
    """Write a new secret; it appears whole, with its rights, and survives a power cut.

    Raises:
        FileExistsError: it is there already and was left as it is.
    """
    draft = _write_draft(path, content)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Write a secret over another; a reader sees the old one or the new one, whole."""
    _write_draft(path, content).replace(path)
    _sync(path.parent)


def refuse_exposed(path: Path) -> None:
    """Check that only the owner can reach this file or folder.

    Raises:
        SecretExposed: it is open to others.
    """
    if path.stat().st_mode & _OTHERS:
        raise SecretExposed(path)


def _write_draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
