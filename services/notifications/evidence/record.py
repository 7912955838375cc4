"""Records events of notices in the unit of work that makes them happen: leaf, sealed opening and a place in the queue."""

import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis.uow import UnitOfWork
from chassis.wake import Wake
from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from proof.leaves import EventLeaf
from proof.tree import leaf_hash
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.openings import Opening
from vault.client import Vault
from vault.values import DataClass

Seal = Callable[[Sequence[tuple[PersonId, bytes]]], Awaitable[Sequence[Sealed[bytes]]]]

SOURCE: Final = "be.vdab.notification"  # who issues the evidence, in every leaf

_LAST = text("""
    SELECT DISTINCT ON (notice_ref) notice_ref, seq, leaf
    FROM evidence_event WHERE notice_ref = ANY(CAST(:notices AS uuid[]))
    ORDER BY notice_ref, seq DESC
""")
# One round trip for three tables. The queue's ids follow the order of the batch, so a notice's events keep theirs.
_WRITE = text("""
    WITH recorded AS (
        SELECT * FROM unnest(CAST(:event_ids AS uuid[]), CAST(:notices AS uuid[]), CAST(:seqs AS int[]), CAST(:leaves AS bytea[]),
                             CAST(:sealed_refs AS text[]), CAST(:boxes AS bytea[]))
            WITH ORDINALITY AS r (event_id, notice_ref, seq, leaf, sealed_ref, box, number)
    ), events AS (
        INSERT INTO evidence_event (event_id, notice_ref, seq, leaf, sealed_ref)
        SELECT event_id, notice_ref, seq, leaf, sealed_ref FROM recorded ORDER BY number
    ), openings AS (
        INSERT INTO evidence_opening (event_id, box) SELECT event_id, box FROM recorded WHERE box IS NOT NULL
    )
    INSERT INTO evidence_queue (event_id) SELECT event_id FROM recorded ORDER BY number
""")


@dataclass(frozen=True, slots=True)
class Recorder:
    """What recording needs beside the unit of work; the service is furnished with one."""

    seal: Seal
    wake: Wake  # of the sequencer


def sealed_by(vault: Vault) -> Seal:
    """Seal under each person's key of class `evidence`."""

    async def seal(items: Sequence[tuple[PersonId, bytes]]) -> Sequence[Sealed[bytes]]:
        return await vault.seal([(person, DataClass.EVIDENCE, content) for person, content in items])

    return seal


async def record(uow: UnitOfWork, events: Sequence[EvidenceEvent], begun: Collection[UUID] = frozenset()) -> None:
    """Log these events with the commit, in this order; each continues the chain of its notice.

    `begun` are notices that this unit makes: nothing was logged of them before.

    Raises:
        OutsideClaim: a person was not claimed, so another writer might extend the same chain.
        ValueError: a field that a leaf cannot hold.
    """
    if not events:
        return
    recorder = uow.resource(Recorder)
    uow.claim(event.person_id for event in events)
    openings = [Opening.make(event.fields, event.files) for event in events]
    leaves = _chained(uow, events, openings, await _last(uow, {event.notice_id for event in events}.difference(begun)))
    sealed = await _sealed(recorder, events, openings)
    uow.later(
        _WRITE,
        {
            "event_ids": [event.event_id for event in events],
            "notices": [event.notice_id for event in events],
            "seqs": [leaf.seq for leaf, _ in leaves],
            "leaves": [content for _, content in leaves],
            "sealed_refs": [box.key_ref if box else None for box in sealed],
            "boxes": [box.raw if box else None for box in sealed],
        },
    )
    uow.wake_after_commit(recorder.wake)


@dataclass(frozen=True, slots=True)
class _Link:
    """The last event of a notice: its random name in the log, its number and its hash."""

    notice: UUID
    seq: int
    leaf_hash: bytes | None


async def _last(uow: UnitOfWork, notices: Collection[UUID]) -> dict[UUID, _Link]:
    rows = await uow.all(_LAST, {"notices": list(notices)}) if notices else ()
    return {row.notice_ref: _Link(EventLeaf.parse(row.leaf).notice, row.seq, leaf_hash(row.leaf)) for row in rows}


def _chained(
    uow: UnitOfWork, events: Sequence[EvidenceEvent], openings: Sequence[Opening], last: dict[UUID, _Link]
) -> list[tuple[EventLeaf, bytes]]:
    leaves = []
    for event, opening in zip(events, openings, strict=True):
        link = last.get(event.notice_id) or _Link(_random_name(), 0, None)
        leaf = EventLeaf(
            event_id=event.event_id,
            notice=link.notice,
            seq=link.seq + 1,
            previous=link.leaf_hash,
            event=event.name,
            at=event.at or uow.recorded_at,
            source=SOURCE,
            channel=event.channel,
            answers=event.answers,
            commitments=opening.commitments,
            outcome=event.outcome,
            policy=event.policy,
        )
        content = bytes(leaf)
        last[event.notice_id] = _Link(link.notice, leaf.seq, leaf_hash(content))
        leaves.append((leaf, content))
    return leaves


def _random_name() -> UUID:
    """A name of the notice for the log alone: without a time in it, and used nowhere else."""
    return UUID(bytes=secrets.token_bytes(16), version=4)


async def _sealed(recorder: Recorder, events: Sequence[EvidenceEvent], openings: Sequence[Opening]) -> list[Sealed[bytes] | None]:
    wanted = [(event.person_id, bytes(opening)) for event, opening in zip(events, openings, strict=True) if opening.disclosures]
    boxes = iter(await recorder.seal(wanted) if wanted else ())
    return [next(boxes) if opening.disclosures else None for opening in openings]
