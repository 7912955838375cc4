"""Turns what other services announced into notices: a confirmation of a registration, a reminder, information."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chassis.clock import local_date
from chassis.received import Received
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts import codes
from contracts.identifiers import PersonId
from contracts.integration import ReminderDue
from contracts.people import PersonFacts
from contracts.registration import InformationLetterApproved, RegistrationRegistered
from contracts.sealed import Sealed
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.orders import About, own_order
from services.notifications.usecases.submit import submit
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

CONFIRMING = Purpose("registrationConfirmation")
REMINDING = Purpose("obligationReminder")
INFORMING = Purpose("informationLetter")
# The hub is the author of this letter, so it says the same to everybody.
_INFORMATION = "informationLetter/nl/v1"
# The term that the law sets, among those an obligation has (`domain.md` 7.1).
_STATUTORY = "nieuwkomer.inschrijving.wettelijk"


async def confirm_registrations(uow: UnitOfWork, events: Sequence[Received[RegistrationRegistered]]) -> None:
    """Tell each person that they were registered, why, and what they can do about it."""
    book, vdab = uow.resource(NoticeBook), uow.resource(Settings).controller
    survivors = uow.claim(event.data.person_id for event in events)
    persons = await _persons(uow, [event.data.person for event in events], CONFIRMING, survivors.values())
    on = local_date(uow.now)
    await submit(
        uow,
        [
            own_order(
                book, vdab, codes.Purpose.REGISTRATION_CONFIRMATION, survivors[event.data.person_id], person, _registration(book, event), on
            )
            for event, person in zip(events, persons, strict=True)
            if not isinstance(person, Erased)
        ],
    )


async def remind(uow: UnitOfWork, events: Sequence[Received[ReminderDue]]) -> None:
    """Remind each person of the registration that is still owed."""
    book, vdab = uow.resource(NoticeBook), uow.resource(Settings).controller
    survivors = uow.claim(event.data.person_id for event in events)
    persons = await _persons(uow, [event.data.person for event in events], REMINDING, survivors.values())
    on = local_date(uow.now)
    await submit(
        uow,
        [
            own_order(book, vdab, codes.Purpose(event.data.purpose), survivors[event.data.person_id], person, _obligation(book, event), on)
            for event, person in zip(events, persons, strict=True)
            if not isinstance(person, Erased)
        ],
    )


async def inform(uow: UnitOfWork, events: Sequence[Received[InformationLetterApproved]]) -> None:
    """Tell each person whose leave is held which data VDAB has, from whom and why."""
    book, vdab = uow.resource(NoticeBook), uow.resource(Settings).controller
    survivors = uow.claim(event.data.person_id for event in events)
    persons = await _persons(uow, [event.data.person for event in events], INFORMING, survivors.values())
    on = local_date(uow.now)
    orders = [
        own_order(book, vdab, codes.Purpose.INFORMATION_LETTER, survivors[event.data.person_id], person, _leave(book, event), on)
        for event, person in zip(events, persons, strict=True)
        if not isinstance(person, Erased)
    ]
    await submit(uow, [replace(order, template=_INFORMATION) for order in orders])


async def _persons(
    uow: UnitOfWork, boxes: Sequence[Sealed[PersonFacts]], why: Purpose, survivors: Iterable[PersonId]
) -> list[PersonFacts | Erased]:
    """Who they are; the keys that the evidence of what they are told is sealed under come along."""
    return await uow.resource(Vault).open(boxes, PersonFacts, why, then_seal={(person, DataClass.EVIDENCE) for person in survivors})


def _leave(book: NoticeBook, event: Received[InformationLetterApproved]) -> About:
    said = event.data
    values = {"received_on": said.received_on, "period": said.period}
    return About(period=said.period, about_id=said.registration_id, reason=book.reasons[codes.Cause.LEAVER], values=values)


def _registration(book: NoticeBook, event: Received[RegistrationRegistered]) -> About:
    said = event.data
    values = {
        "cause": said.cause,
        "category": said.category,
        "registered_on": said.effective_on,
        "rule_id": said.rule_id,
        "rule_set": said.rule_set,
        "period": said.period,
        "insertion_starts_on": said.insertion_starts_on,
    }
    return About(period=said.period, about_id=said.registration_id, reason=book.reasons[said.cause], values=values)


def _obligation(book: NoticeBook, event: Received[ReminderDue]) -> About:
    said = event.data
    statutory = next((term for term in said.terms if term.rule_id == _STATUTORY), said.terms[0])
    values = {"due_on": statutory.due_on, "rule_id": statutory.rule_id}
    return About(period=str(said.contract_id), about_id=said.obligation_id, reason=book.reasons["reminder"], values=values)
