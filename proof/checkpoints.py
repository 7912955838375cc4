"""Tree heads of a log as signed notes (c2sp.org/tlog-checkpoint@v1.0.0), without extension lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from proof.encoding import b64, undecimal, unhash
from proof.errors import Malformed, UnknownTrustRoot
from proof.notes import Note, NoteSigner, VerifierKey


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log claims: it has `size` leaves, whose RFC 6962 tree has this root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text. Extension lines are refused: monitors cannot audit them, and our log writes none."""
        lines = text.split("\n")
        if len(lines) != 4 or not lines[0] or lines[3]:  # noqa: PLR2004 - origin, size, root, nothing after the last newline
            raise Malformed("not a checkpoint of three lines")
        return cls(lines[0], undecimal(lines[1]), unhash(lines[2]))

    def signed(self, signer: NoteSigner) -> bytes:
        """This checkpoint as the log publishes it."""
        return bytes(signer.sign(str(self)))

    def __str__(self) -> str:
        """Give the text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def opened(note: bytes, logs: Iterable[VerifierKey]) -> Checkpoint:
    """The checkpoint in this note, once the log it names is one of `logs` and signed it.

    Raises:
        UnknownTrustRoot: the log is not among `logs`, or did not sign.
        BadSignature, Malformed: it was changed.
    """
    parsed = Note.parse(note)
    checkpoint = Checkpoint.parse(parsed.text)
    known = [key for key in logs if key.name == checkpoint.origin]
    if not known:
        raise UnknownTrustRoot(f"the policy does not name the log {checkpoint.origin}")
    parsed.trusted(known)
    return checkpoint
