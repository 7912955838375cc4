"""Forgets people whose data was erased: what stands here in the open goes, what they owed is closed, what was decided stays."""

from collections.abc import Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.persons import PersonErased
from services.integration_feed.store import forgetting
from services.integration_feed.usecases.decide import decide_newcomers

# The class of keys that this service's own data is sealed under (`vault.values.DataClass`, as events carry it).
_DOSSIER = "dossier"


async def erase_people(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """Clear what is known of these people under every id they ever had, and close what they still owe."""
    erased = [event.data for event in events if _DOSSIER in event.data.classes]
    survivors = list(uow.claim(event.person_id for event in erased).values())
    await forgetting.forget(uow, survivors, [person for event in erased for person in event.erased_ids])
    await decide_newcomers(uow, survivors)
