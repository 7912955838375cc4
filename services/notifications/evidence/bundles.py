"""Builds the evidence bundle of a notice: all its events, each proven under one and the same checkpoint."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from chassis.rows import Row
from contracts.sealed import Sealed
from proof import tiles
from proof.bundle import Bundle, BundledEvent
from proof.inclusion import TlogProof
from proof.tree import inclusion_proof, inclusion_spans
from services.notifications.evidence import log_door, log_store
from services.notifications.evidence.errors import NoSuchNotice, NotYetCovered
from services.notifications.evidence.openings import Opening
from vault.client import Vault
from vault.values import Erased, Purpose

Unseal = Callable[[Sequence[Sealed[bytes]]], Awaitable[Sequence[bytes | Erased]]]

_EVENTS = text("""
    SELECT leaf, sealed_ref, box, idx
    FROM evidence_event LEFT JOIN log_entry USING (event_id) LEFT JOIN evidence_opening USING (event_id)
    WHERE notice_ref = :notice ORDER BY seq
""")


def opened_by(vault: Vault, purpose: Purpose) -> Unseal:
    """Open through the vault, which logs the purpose."""

    async def unseal(boxes: Sequence[Sealed[bytes]]) -> Sequence[bytes | Erased]:
        return await vault.open(boxes, bytes, purpose)

    return unseal


async def notice_bundle(connection: Connection, notice_id: UUID, unseal: Unseal) -> bytes:
    """The bundle file; what was erased stays shut in it, and is still proven to have been logged.

    Raises:
        NoSuchNotice: there is no evidence about this notice.
        NotYetCovered: its last event is not under a published checkpoint yet.
    """
    rows = (await connection.execute(_EVENTS, {"notice": notice_id})).all()
    if not rows:
        raise NoSuchNotice(str(notice_id))
    note = await log_door.checkpoint(connection)
    size = log_door.size_of(note)
    if any(row.idx is None or row.idx >= size for row in rows):
        raise NotYetCovered(str(notice_id))
    openings = await _openings(rows, unseal)
    spans = [span for row in rows for span in inclusion_spans(row.idx, size)]
    read = tiles.reader(await log_store.tiles(connection, tiles.tiles_of(spans)))
    events = tuple(
        BundledEvent(
            leaf=row.leaf,
            proof=bytes(TlogProof(row.idx, tuple(inclusion_proof(row.idx, size, read)), note)),
            disclosures=opening.disclosures,
            files=opening.files,
        )
        for row, opening in zip(rows, openings, strict=True)
    )
    return bytes(Bundle(note, events))


async def _openings(rows: Sequence[Row], unseal: Unseal) -> list[Opening]:
    """What each leaf commits to; nothing where there is nothing, or where its key was destroyed."""
    boxes = iter(await unseal([Sealed.of(row.sealed_ref, row.box) for row in rows if row.box is not None]))
    contents = [next(boxes) if row.box is not None else None for row in rows]
    return [Opening.parse(content) if isinstance(content, bytes) else Opening() for content in contents]
