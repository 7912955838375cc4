"""Decides what a bundle proves to someone who trusts a given policy, and says what it does not prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from proof.bundle import Bundle, BundledEvent
from proof.checkpoints import Checkpoint, opened
from proof.cosignatures import cosigned
from proof.errors import Incomplete, Tampered
from proof.inclusion import TlogProof
from proof.leaves import EventLeaf
from proof.policy import Policy
from proof.report import ProvenEvent, Report
from proof.tree import leaf_hash


@dataclass(frozen=True, slots=True)
class _Placed:
    """A leaf that is proven to stand at this index of the log."""

    index: int
    leaf: EventLeaf
    source: BundledEvent


def verify(data: bytes, policy: Policy) -> Report:
    """What this bundle proves.

    Raises:
        Tampered: it was changed, or never was what it claims to be.
        Incomplete: fewer witnesses than the policy asks for.
        UnknownTrustRoot: the policy does not know the log that signed it.
    """
    bundle = Bundle.parse(data)
    checkpoint = opened(bundle.checkpoint, policy.logs)
    seen = cosigned(bundle.checkpoint, policy.witnesses)
    if not policy.satisfied_by(seen):
        raise Incomplete(f"the witnesses who signed ({len(seen)}) are not the quorum {policy.quorum}")
    placed = [_place(event, bundle.checkpoint, checkpoint) for event in bundle.events]
    _check_chain(placed)
    return Report(
        origin=checkpoint.origin,
        tree_size=checkpoint.size,
        notice=placed[0].leaf.notice,
        witnesses=tuple(sorted(seen)),
        not_before=None,  # needs an anchor leaf under a time-stamp token
        not_after=_not_after(seen, policy),
        events=tuple(
            ProvenEvent(
                index=place.index,
                leaf=place.leaf,
                disclosed={disclosure.name: disclosure.value for disclosure in place.source.disclosures},
                files=tuple(place.source.files),
            )
            for place in placed
        ),
    )


def _place(event: BundledEvent, note: bytes, checkpoint: Checkpoint) -> _Placed:
    leaf = EventLeaf.parse(event.leaf)
    proof = TlogProof.parse(event.proof)
    if proof.checkpoint != note:
        raise Tampered("the events of a bundle are proven under one checkpoint")
    proof.check(event.leaf, checkpoint)
    _check_disclosed(event, leaf)
    return _Placed(proof.index, leaf, event)


def _check_disclosed(event: BundledEvent, leaf: EventLeaf) -> None:
    for disclosure in event.disclosures:
        if leaf.commitments.get(disclosure.name) != disclosure.commitment:
            raise Tampered(f"the leaf does not commit to this {disclosure.name}")
        if disclosure.name in event.files:
            event.files[disclosure.name].check(disclosure)


def _check_chain(placed: Sequence[_Placed]) -> None:
    """Every event of one notice, in order, each naming the one before it."""
    known = set()
    previous: _Placed | None = None
    for number, place in enumerate(placed, start=1):
        leaf = place.leaf
        if leaf.seq != number or leaf.notice != placed[0].leaf.notice or leaf.event_id in known:
            raise Tampered(f"event {number} is missing, or of another notice")
        if previous is not None and (leaf.previous != leaf_hash(previous.source.leaf) or place.index <= previous.index):
            raise Tampered(f"event {number} does not follow event {number - 1}")
        if leaf.answers is not None and leaf.answers not in known:
            raise Tampered(f"event {number} is the outcome of an event that is not before it")
        known.add(leaf.event_id)
        previous = place


def _not_after(seen: dict[str, datetime], policy: Policy) -> datetime | None:
    """The first instant by which a quorum had seen the checkpoint; witnesses outside a quorum vouch for nothing."""
    if policy.satisfied_by(()):
        return None
    return next(at for at in sorted(seen.values()) if policy.satisfied_by({name for name, when in seen.items() if when <= at}))
