"""The Merkle tree of RFC 6962 section 2.1: hashes, roots, and proofs of inclusion and consistency.

A *node* is a complete subtree; a *span* is a range of leaves [start, end). Proofs are planned as spans first, so that whoever
stores hashes can fetch the nodes of many proofs at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple, Self

from proof.errors import Tampered

EMPTY_ROOT: Final = sha256(b"").digest()


class Node(NamedTuple):
    """The complete subtree over the leaves [place << level, (place + 1) << level)."""

    level: int
    place: int


class Span(NamedTuple):
    """The leaves from `start` up to, not including, `end`."""

    start: int
    end: int

    def nodes(self) -> list[Node]:
        """The fewest complete subtrees that cover this span, left to right."""
        found = []
        start = self.start
        while start < self.end:
            level = (self.end - start).bit_length() - 1
            if start:
                level = min(level, (start & -start).bit_length() - 1)
            found.append(Node(level, start >> level))
            start += 1 << level
        return found

    def halves(self) -> tuple[Self, Self]:
        """Split as RFC 6962 does: at the largest power of two smaller than the length."""
        middle = self.start + (1 << ((self.end - self.start - 1).bit_length() - 1))
        return type(self)(self.start, middle), type(self)(middle, self.end)


ReadNode = Callable[[Node], bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 over 0x00 and the leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over 0x01 and the two children."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes."""
    while len(hashes) > 1:
        hashes = [sha256(b"\x01" + hashes[i] + hashes[i + 1]).digest() for i in range(0, len(hashes), 2)]
    return hashes[0]


def fold(peaks: Iterable[bytes]) -> bytes:
    """The root over complete subtrees that shrink from left to right."""
    root: bytes | None = None
    for peak in reversed(tuple(peaks)):
        root = peak if root is None else node_hash(peak, root)
    return EMPTY_ROOT if root is None else root


def span_hash(span: Span, read: ReadNode) -> bytes:
    """The hash over a span, from stored nodes."""
    return fold(read(node) for node in span.nodes())


@dataclass(frozen=True, slots=True)
class CompactRange:
    """All a writer has to remember of a tree: its size and the roots of its complete subtrees, left to right."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf_hashes: Iterable[bytes]) -> Self:
        """This tree with more leaves."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaf_hashes:
            peak, carry = leaf, size
            while carry & 1:
                peak = node_hash(peaks.pop(), peak)
                carry >>= 1
            peaks.append(peak)
            size += 1
        return type(self)(size, tuple(peaks))

    def root(self) -> bytes:
        """The root hash."""
        return fold(self.peaks)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove that leaf `index` is in a tree of `size`, from the leaf's sibling up (PATH)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    spans = []
    inside = Span(0, size)
    while inside.end - inside.start > 1:
        left, right = inside.halves()
        inside, outside = (left, right) if index < left.end else (right, left)
        spans.append(outside)
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes prove that a tree of `new` leaves begins with the tree of `old` leaves (PROOF)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} cannot extend one of {old}")
    if old == 0:
        return []
    spans = []
    inside = Span(0, new)
    while inside.end != old:
        left, right = inside.halves()
        inside, outside = (left, right) if old <= left.end else (right, left)
        spans.append(outside)
    if inside.start:
        spans.append(inside)
    return spans[::-1]


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """The hashes of `inclusion_spans`."""
    return [span_hash(span, read) for span in inclusion_spans(index, size)]


def consistency_proof(old: int, new: int, read: ReadNode) -> list[bytes]:
    """The hashes of `consistency_spans`."""
    return [span_hash(span, read) for span in consistency_spans(old, new)]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise Tampered unless the leaf with hash `leaf` is leaf `index` of the tree with this size and root."""
    if not 0 <= index < size:
        raise Tampered(f"leaf {index} lies outside a tree of {size}")
    spans = inclusion_spans(index, size)
    if len(proof) != len(spans):
        raise Tampered(f"a proof for leaf {index} of {size} has {len(spans)} hashes, not {len(proof)}")
    climbed = leaf
    for span, sibling in zip(spans, proof, strict=True):
        climbed = node_hash(sibling, climbed) if span.end <= index else node_hash(climbed, sibling)
    if climbed != root:
        raise Tampered(f"leaf {index} is not in the tree of {size}")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise Tampered unless the newer tree begins with the older one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new or len(proof) != len(consistency_spans(old, new)):
        raise Tampered(f"not a consistency proof from {old} to {new}")
    if old in (0, new):
        if old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise Tampered(f"two different trees of {old} leaves")
        return
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    last_old, last_new = old - 1, new - 1
    while last_old & 1:
        last_old, last_new = last_old >> 1, last_new >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last_old & 1 or last_old == last_new:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while last_old and not last_old & 1:
                last_old, last_new = last_old >> 1, last_new >> 1
        else:
            newer = node_hash(newer, sibling)
        last_old, last_new = last_old >> 1, last_new >> 1
    if (older, newer) != (old_root, new_root):
        raise Tampered(f"the tree of {new} does not begin with the tree of {old}")
