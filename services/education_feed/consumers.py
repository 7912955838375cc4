"""What the education feed does when it reads the bus."""

from collections.abc import Sequence

from chassis.consumer import Consumer
from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.persons import PersonChanged, PersonDeceased, PersonErased, PersonMerged
from contracts.registers import ObjectionDecided, ObjectionReceived
from services.education_feed.usecases import follow_registration

on = Consumer("education_feed")


@on(PersonChanged)
async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """A register said something new of people."""
    await follow_registration.people_changed(uow, events)


@on(PersonDeceased, passes_parked=True)
async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """People died; it passes records that are parked, because it stops things."""
    await follow_registration.people_died(uow, events)


@on(PersonMerged, passes_parked=True)
async def people_merged(_uow: UnitOfWork, _events: Sequence[Received[PersonMerged]]) -> None:
    """People turned out to be one: whoever claims them applies that, and to be read here they were claimed (`mechanics.md` 2)."""


@on(ObjectionReceived, passes_parked=True)
async def objections_received(uow: UnitOfWork, events: Sequence[Received[ObjectionReceived]]) -> None:
    """People object: nothing is announced until someone decided."""
    await follow_registration.objections_received(uow, events)


@on(ObjectionDecided, passes_parked=True)
async def objections_decided(uow: UnitOfWork, events: Sequence[Received[ObjectionDecided]]) -> None:
    """Objections were upheld or rejected."""
    await follow_registration.objections_decided(uow, events)


@on(PersonErased, passes_parked=True)
async def people_erased(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """The keys to what is known of people were destroyed."""
    await follow_registration.people_erased(uow, events)
