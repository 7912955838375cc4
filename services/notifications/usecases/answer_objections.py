"""Tells people what was decided about their objection, and keeps what waits from being sent while nobody decided."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.received import Received
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts.codes import Channel, Purpose, Reason
from contracts.identifiers import PersonId
from contracts.notification import NoticeRefused
from contracts.people import PersonFacts
from contracts.persons import PersonChanged
from contracts.registers import ObjectionDecided, ObjectionKind, ObjectionOutcome, ObjectionReceived
from contracts.registration import RegistrationRegistered
from services.notifications.store import address_tasks, addressees, notices, objections, submissions
from services.notifications.store.addressees import Exceptions
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.orders import About, Order, own_order
from services.notifications.usecases.send_waiting import send_waiting
from services.notifications.usecases.submit import submit
from services.notifications.usecases.withdraw import withdraw_but
from vault.client import Vault
from vault.values import Erased
from vault.values import Purpose as Why

_ANSWERING = Why("objectionOutcome")
_TEMPLATE = "objectionOutcome/nl/v1"
_UNKNOWN = "addresseeUnknown"


async def keep_addressees(uow: UnitOfWork, events: Sequence[Received[PersonChanged] | Received[RegistrationRegistered]]) -> Exceptions:
    """Keep who these people are, as it was said; which of them died, or had a registration stopped."""
    survivors = uow.claim(event.data.person_id for event in events)
    return await addressees.keep(
        uow, {survivors[event.data.person_id]: event.data.person for event in events if event.data.person is not None}
    )


async def objections_received(uow: UnitOfWork, events: Sequence[Received[ObjectionReceived]]) -> None:
    """Nothing goes out before someone decided, but the answer to an earlier objection."""
    survivors = uow.claim(event.data.person_id for event in events)
    await objections.begin(uow, [(event.data.objection_id, survivors[event.data.person_id]) for event in events])
    await withdraw_but(uow, [event.data.person_id for event in events], Reason.OBJECTION, spared=Purpose.OBJECTION_OUTCOME)


async def nothing_while_undecided(uow: UnitOfWork, people: Iterable[PersonId]) -> None:
    """Withdraw what was announced before they objected and is read after it: it came over another topic, or was parked meanwhile."""
    objecting = await objections.undecided(uow, uow.claim(people).values())
    if objecting:
        await withdraw_but(uow, list(objecting), Reason.OBJECTION, spared=Purpose.OBJECTION_OUTCOME)


async def objections_decided(uow: UnitOfWork, events: Sequence[Received[ObjectionDecided]]) -> None:
    """Tell each person; for someone whose name nobody told us it is a task of a person to do so."""
    survivors = uow.claim(event.data.person_id for event in events)
    boxes = await addressees.known(uow, list(set(survivors.values())))
    opened = await uow.resource(Vault).open(list(boxes.values()), PersonFacts, _ANSWERING)
    known = {person: facts for person, facts in zip(boxes, opened, strict=True) if not isinstance(facts, Erased)}
    decided = [(survivors[event.data.person_id], event.data) for event in events]
    await submit(uow, [_order(uow, person, said, known[person]) for person, said in decided if person in known])
    await _leave_to_a_person(uow, [(person, said) for person, said in decided if person not in known])
    await _go_on(uow, decided)


async def _go_on(uow: UnitOfWork, decided: Sequence[tuple[PersonId, ObjectionDecided]]) -> None:
    """What waited for the decision goes, or never does."""
    await objections.end(uow, [said.objection_id for _, said in decided])
    upheld = [person for person, said in decided if said.outcome is ObjectionOutcome.UPHELD]
    if upheld:
        await address_tasks.give_up(uow, upheld, spared=Purpose.OBJECTION_OUTCOME)
    await send_waiting(uow, [person for person, _ in decided])


def _order(uow: UnitOfWork, person: PersonId, said: ObjectionDecided, facts: PersonFacts) -> Order:
    book = uow.resource(NoticeBook)
    values = {
        "upheld": said.outcome is ObjectionOutcome.UPHELD,
        "restriction": said.kind is ObjectionKind.RESTRICTION,
        "decided_on": said.decided_on,
    }
    about = About(period=str(said.objection_id), about_id=said.objection_id, reason=book.reasons["objection"], values=values)
    order = own_order(book, uow.resource(Settings).controller, Purpose.OBJECTION_OUTCOME, person, facts, about, local_date(uow.now))
    # The purpose's row leaves everything to the author of a letter; the hub itself is the author of this one. Which court hears it is
    # taken from the decision that was objected to (a proposal: no text in force was read).
    legal = replace(order.legal, appeal=book.appeal(Purpose.REGISTRATION_CONFIRMATION))
    return replace(order, template=_TEMPLATE, legal=legal)


async def _leave_to_a_person(uow: UnitOfWork, unknown: Sequence[tuple[PersonId, ObjectionDecided]]) -> None:
    refused = {uuid7(): (person, said) for person, said in unknown}
    row = uow.resource(NoticeBook).purposes[Purpose.OBJECTION_OUTCOME]
    new = [
        submissions.NewNotice(
            notice_ids=notice_id,
            people=person,
            purposes=Purpose.OBJECTION_OUTCOME,
            periods=str(said.objection_id),
            organisations=uow.resource(Settings).controller,
            procedures=row.procedure,
            about_ids=said.objection_id,
            dossier_numbers=None,
            templates=_TEMPLATE,
            channels=Channel.PAPER,
            channel_rules="channel.otherwise",
            impacts=row.impact,
            intended=row.legal_effect_intended,
        )
        for notice_id, (person, said) in refused.items()
    ]
    await submissions.refuse(uow, [(item, (_UNKNOWN,)) for item in new], uow.now)
    if refused:
        await notices.open_task(uow, list(refused), _UNKNOWN, uow.now)
    uow.publish(
        NoticeRefused(
            person_id=person,
            notice_id=notice_id,
            purpose=Purpose.OBJECTION_OUTCOME,
            period=str(said.objection_id),
            about_id=said.objection_id,
            version=1,
            reasons=(_UNKNOWN,),
        )
        for notice_id, (person, said) in refused.items()
    )
