"""Keeps what senders say of people as recipients: facts by reference and source version, so that they may come twice or late."""

from enum import StrEnum

from chassis.uow import UnitOfWork
from services.notifications.store import recipients
from services.notifications.store.recipients import Record


class Kept(StrEnum):
    """What became of a record."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"  # this version was received with other content


async def keep(uow: UnitOfWork, record: Record) -> Kept:
    """Keep a record unless one as new is known."""
    person = uow.claim([record.person_id])[record.person_id]
    known = None
    while known is None:  # what stood in the way may be gone when it is looked for: somebody else's record, erased at this moment
        if await recipients.keep(uow, record, uow.recorded_at):
            return Kept.ACCEPTED
        known = await recipients.by_reference(uow, record.organisation, record.reference)
    if known.source_version > record.source_version:
        return Kept.SUPERSEDED
    return Kept.DUPLICATE if recipients.same(known, person, record.said) else Kept.CONFLICT
