"""What notifications does when it reads the bus."""

from collections.abc import Sequence

from chassis.consumer import Consumer
from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Reason
from contracts.integration import ReminderDue
from contracts.persons import PersonChanged, PersonDeceased, PersonErased, PersonMerged
from contracts.registers import ObjectionDecided, ObjectionReceived
from contracts.registration import InformationLetterApproved, RegistrationContested, RegistrationRegistered, RegistrationWithdrawn
from services.notifications.store.stops import Versioned
from services.notifications.usecases import answer_objections, ask, keep_addresses
from services.notifications.usecases.erase_people import erase_people
from services.notifications.usecases.withdraw import stop_registrations, withdraw_of_people, withdraw_overtaken

on = Consumer("notifications")


@on(RegistrationRegistered)
async def people_registered(uow: UnitOfWork, events: Sequence[Received[RegistrationRegistered]]) -> None:
    """People were registered and are to be told."""
    exceptions = await answer_objections.keep_addressees(uow, events)
    await ask.confirm_registrations(uow, events)
    await withdraw_of_people(uow, list(exceptions.dead), Reason.DECEASED)
    survivors = uow.claim(event.data.person_id for event in events)
    await withdraw_overtaken(uow, [_of(event.data) for event in events if survivors[event.data.person_id] in exceptions.stopped])


@on(ReminderDue)
async def reminders_due(uow: UnitOfWork, events: Sequence[Received[ReminderDue]]) -> None:
    """People still owe a registration and are to be reminded."""
    await ask.remind(uow, events)
    people = [event.data.person_id for event in events]
    await keep_addresses.nothing_to_the_dead(uow, people)
    await answer_objections.nothing_while_undecided(uow, people)


@on(InformationLetterApproved)
async def letters_approved(uow: UnitOfWork, events: Sequence[Received[InformationLetterApproved]]) -> None:
    """People whose leave is held are to hear that VDAB has their data."""
    await ask.inform(uow, events)
    await withdraw_overtaken(uow, [_of(event.data) for event in events])
    people = [event.data.person_id for event in events]
    await keep_addresses.nothing_to_the_dead(uow, people)
    await answer_objections.nothing_while_undecided(uow, people)


@on(PersonChanged)
async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """A register said something new of people."""
    await answer_objections.keep_addressees(uow, events)
    await keep_addresses.people_changed(uow, events)


@on(PersonDeceased, passes_parked=True)
async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """People died; it passes records that are parked, because it stops things."""
    await keep_addresses.people_died(uow, events)


@on(PersonErased, passes_parked=True)
async def people_erased(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """The keys to people's data were destroyed; it passes records that are parked, because it stops things."""
    await erase_people(uow, events)


@on(ObjectionReceived, passes_parked=True)
async def objections_received(uow: UnitOfWork, events: Sequence[Received[ObjectionReceived]]) -> None:
    """People object; it passes records that are parked, because it stops things."""
    await answer_objections.objections_received(uow, events)


@on(ObjectionDecided)
async def objections_decided(uow: UnitOfWork, events: Sequence[Received[ObjectionDecided]]) -> None:
    """Someone decided about objections, which people are told."""
    await answer_objections.objections_decided(uow, events)
    await keep_addresses.nothing_to_the_dead(uow, [event.data.person_id for event in events])


@on(PersonMerged, passes_parked=True)
async def people_merged(_uow: UnitOfWork, _events: Sequence[Received[PersonMerged]]) -> None:
    """People turned out to be one: whoever claims them applies that, and to be read here they were claimed (`mechanics.md` 2)."""


@on(RegistrationWithdrawn, passes_parked=True)
async def registrations_withdrawn(uow: UnitOfWork, events: Sequence[Received[RegistrationWithdrawn]]) -> None:
    """Registrations never should have been; what was not yet said about them stays unsaid."""
    for reason, merged in ((Reason.WITHDRAWN_BY_SOURCE, False), (Reason.MERGED, True)):
        some = [event.data for event in events if (event.data.merged_into is not None) is merged]
        await stop_registrations(uow, [_of(one) for one in some], reason)


@on(RegistrationContested, passes_parked=True)
async def registrations_contested(uow: UnitOfWork, events: Sequence[Received[RegistrationContested]]) -> None:
    """People objected to a registration before they were told of it by letter."""
    await stop_registrations(uow, [_of(event.data) for event in events], Reason.OBJECTION)


def _of(said: RegistrationRegistered | InformationLetterApproved | RegistrationWithdrawn | RegistrationContested) -> Versioned:
    """Whose registration an event is about, which, and as of which version."""
    return said.person_id, said.registration_id, said.version
