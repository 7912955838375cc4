"""Forgets people whose data was erased: nothing more is sent, addresses go, and each notice's evidence says that its content was erased."""

from collections.abc import Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Reason
from contracts.identifiers import PersonId
from contracts.persons import PersonErased
from services.notifications.evidence.record import record
from services.notifications.store import forgetting, notices
from services.notifications.usecases import leaves
from services.notifications.usecases.withdraw import withdraw_of_people
from vault.values import DataClass

# The classes of keys that this service's own data is sealed under.
_OWN = frozenset({DataClass.NOTICE, DataClass.EVIDENCE})


async def erase_people(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """Withdraw what is pending, forget addresses, and put on record in the log that and why content can no longer be shown."""
    erased = [event.data for event in events if not _OWN.isdisjoint(event.data.classes)]
    unsendable = [event for event in erased if DataClass.NOTICE in event.classes]
    if unsendable:
        await withdraw_of_people(uow, [event.person_id for event in unsendable], Reason.ERASED)
        await forgetting.forget(uow, [person for event in unsendable for person in event.erased_ids], uow.now)
    by_id = {person: event for event in erased for person in event.erased_ids}
    told = await notices.of_people(uow, list(by_id))
    await record(uow, [leaves.erased(PersonId(row.person_id), row.notice_id, by_id[PersonId(row.person_id)]) for row in told])
