"""What the integration feed does when it reads the bus."""

from collections.abc import Sequence

from chassis.consumer import Consumer
from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.persons import PersonChanged, PersonDeceased, PersonErased, PersonMerged
from contracts.registers import SourceChanged
from contracts.registration import RegistrationDeclined, RegistrationHeld, RegistrationLinked, RegistrationRegistered
from services.integration_feed.usecases import follow_registration
from services.integration_feed.usecases.erase_people import erase_people

on = Consumer("integration_feed")


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


@on(PersonErased, passes_parked=True)
async def people_erased(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """The keys to people's data were destroyed; it passes records that are parked, because it stops things."""
    await erase_people(uow, events)


@on(RegistrationRegistered)
async def newcomers_registered(uow: UnitOfWork, events: Sequence[Received[RegistrationRegistered]]) -> None:
    """Newcomers were registered."""
    await follow_registration.registered(uow, events)


@on(RegistrationLinked)
async def newcomers_linked(uow: UnitOfWork, events: Sequence[Received[RegistrationLinked]]) -> None:
    """Newcomers turned out to be registered already."""
    await follow_registration.registered(uow, events)


@on(RegistrationHeld)
async def newcomers_held(uow: UnitOfWork, events: Sequence[Received[RegistrationHeld]]) -> None:
    """Newcomers cannot be registered yet."""
    await follow_registration.held(uow, events)


@on(RegistrationDeclined)
async def newcomers_declined(uow: UnitOfWork, events: Sequence[Received[RegistrationDeclined]]) -> None:
    """There will be no registration of newcomers."""
    await follow_registration.declined(uow, events)


@on(SourceChanged)
async def sources_changed(uow: UnitOfWork, events: Sequence[Received[SourceChanged]]) -> None:
    """Watermarks moved."""
    await follow_registration.source_changed(uow, events)
