"""Offline proofs of inclusion as text (c2sp.org/tlog-proof@v1)."""

from dataclasses import dataclass
from typing import Final, Self

from proof.checkpoints import Checkpoint
from proof.encoding import b64, undecimal, unhash
from proof.errors import Malformed
from proof.tree import check_inclusion, leaf_hash

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = "index "
_MAX_HASHES: Final = 63  # a tree of 2^63 leaves


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A leaf's place in a log, its path to the root, and the checkpoint with that root, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof. The format's `extra` line is refused: nothing vouches for what it says."""
        head, blank, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed("a proof of inclusion that is not ASCII before its checkpoint") from error
        if not blank or lines[0] != _FIRST_LINE or len(lines) < 2 or not lines[1].startswith(_INDEX):  # noqa: PLR2004 - two head lines
            raise Malformed("not a tlog-proof@v1 without extra data")
        if len(lines) - 2 > _MAX_HASHES:
            raise Malformed("a path longer than any tree is high")
        return cls(undecimal(lines[1].removeprefix(_INDEX)), tuple(unhash(line) for line in lines[2:]), checkpoint)

    def check(self, leaf: bytes, checkpoint: Checkpoint) -> None:
        """Raise Tampered unless this leaf stands at this place of the log with this checkpoint."""
        check_inclusion(leaf_hash(leaf), self.index, checkpoint.size, self.path, checkpoint.root)

    def __bytes__(self) -> bytes:
        """Give the text form."""
        lines = [_FIRST_LINE, f"{_INDEX}{self.index}", *map(b64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint
