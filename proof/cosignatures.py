"""Witnesses' timestamped cosignatures of a checkpoint (c2sp.org/tlog-cosignature@v1, Ed25519)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from proof.errors import BadSignature
from proof.notes import Note, VerifierKey

_TIMESTAMP_BYTES: Final = 8


def cosigned(checkpoint: bytes, witnesses: Mapping[str, VerifierKey]) -> dict[str, datetime]:
    """Which of these witnesses saw this checkpoint, and when each says it did.

    Raises:
        BadSignature: a line of one of them does not verify.
    """
    note = Note.parse(checkpoint)
    seen: dict[str, datetime] = {}
    for name, key in witnesses.items():
        for line in note.signed_by(key):
            when = int.from_bytes(line.value[:_TIMESTAMP_BYTES], "big")
            key.check(f"cosignature/v1\ntime {when}\n{note.text}".encode(), line.value[_TIMESTAMP_BYTES:])
            try:
                seen[name] = datetime.fromtimestamp(when, UTC)
            except (OverflowError, ValueError, OSError) as error:
                raise BadSignature(f"{key.name} names a time that is none") from error
    return seen
