"""The statements of mail that came back."""

from uuid import UUID

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.sealed import Sealed

_BEGIN = text("INSERT INTO inbound_mail (digest, verdict) VALUES (:digest, 'begun') ON CONFLICT (digest) DO NOTHING RETURNING digest")
_CONCLUDE = text("""
    UPDATE inbound_mail SET verdict = :verdict, delivery_id = CAST(:delivery AS uuid), sealed_ref = :ref, box = :box WHERE digest = :digest
""")


async def begin(uow: UnitOfWork, digest: bytes) -> bool:
    """Whether a mail of these bytes is new."""
    return await uow.one_or_none(_BEGIN, {"digest": digest}) is not None


async def conclude(uow: UnitOfWork, digest: bytes, verdict: str, delivery_id: UUID | None, box: Sealed[bytes] | None) -> None:
    """Keep what was made of it."""
    said = {"verdict": verdict, "delivery": delivery_id, "ref": box.key_ref if box else None, "box": box.raw if box else None}
    await uow.execute(_CONCLUDE, said | {"digest": digest})
