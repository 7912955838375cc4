"""Follows what registration announces: people that change, cases answered, jobseekers known, sources that speak."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.intake import outcomes
from chassis.received import Received
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Cause, NewcomerOutcome, RegistrationState, Result
from contracts.identifiers import PersonId
from contracts.integration import ObligationMet
from contracts.persons import PersonChanged, PersonDeceased
from contracts.registers import SourceChanged
from contracts.registration import RegistrationHeld, RegistrationLinked, RegistrationRegistered
from services.integration_feed.domain.obligations import Answer, Held, Obligation, hold, meet
from services.integration_feed.domain.terms import REMINDER_RULES
from services.integration_feed.store import identities, obligations, people, sources
from services.integration_feed.usecases.announce import terms
from services.integration_feed.usecases.decide import decide_newcomers

_ENDED_BY = {"struckOff": "struckOff", "abroad": "abroad", "residenceLost": "residenceLost"}


async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """Keep what a register says, and decide anew."""
    survivors = uow.claim(event.data.person_id for event in events)
    await identities.keep_from_register(uow, [_row(event.data, survivors[event.data.person_id]) for event in events])
    await decide_newcomers(uow, list(survivors.values()))


async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """Nothing more is owed by the dead."""
    survivors = list(uow.claim(event.data.person_id for event in events).values())
    await identities.died(uow, survivors)
    await decide_newcomers(uow, survivors)


def _row(changed: PersonChanged, person: PersonId) -> dict[str, object]:
    return {
        "person_id": str(person),
        "identity": changed.person.wire if changed.person else None,
        "identity_from_register": changed.kind == "identity" and changed.person is not None,
        "region": changed.region,
        "ended": _ENDED_BY.get(changed.kind),
        "unknown": changed.kind == "numberUnknown",
        "register_version": changed.version,
    }


async def registered(uow: UnitOfWork, events: Sequence[Received[RegistrationRegistered] | Received[RegistrationLinked]]) -> None:
    """Registration answered that the person is registered: the obligation is met, its clocks stop, the agency hears it."""
    answers = {event.data.case_id: event.data for event in events if event.data.cause is Cause.NEWCOMER}
    found = await obligations.by_id(uow, list(answers))
    met: list[tuple[PersonId, Obligation]] = []
    for obligation_id, (person, before) in found.items():
        answer = answers[obligation_id]
        on = answer.registered_on if isinstance(answer, RegistrationLinked) else answer.effective_on
        after = meet(before, Answer(on, answer.registration_id, answer.rule_id, answer.rule_set, answer.reasons))
        if after is not before:
            met.append((person, after))
    await obligations.save(uow, met)
    uow.publish(_met(person, after) for person, after in met)
    for _, after in met:
        uow.cancel("reminder", [f"{after.obligation_id}:{rule.id}" for rule in REMINDER_RULES])
        uow.cancel("termEnd", [f"{after.obligation_id}:{term.rule_id}" for term in after.terms])
    uow.cancel("lookAgain", [person for person, _ in met])
    linked = {obligation_id for obligation_id, answer in answers.items() if isinstance(answer, RegistrationLinked)}
    await _tell_agencies(
        uow, [(person, after, Result.LINKED if after.obligation_id in linked else Result.REGISTERED) for person, after in met]
    )


async def held(uow: UnitOfWork, events: Sequence[Received[RegistrationHeld]]) -> None:
    """Registration cannot register yet: the agency hears it; while a person must look, reminders and overdue pause."""
    answers = {event.data.case_id: event.data for event in events if event.data.cause is Cause.NEWCOMER}
    found = await obligations.by_id(uow, list(answers))
    told: list[tuple[PersonId, Obligation, Result]] = []
    for obligation_id, (person, before) in found.items():
        answer = answers[obligation_id]
        after = hold(before, Held(answer.state == RegistrationState.REVIEW, answer.rule_id, answer.reasons))
        if after is not before:
            told.append((person, after, Result.WAITING if answer.outcome == NewcomerOutcome.WAITING_FOR_SOURCE else Result.HELD))
    await obligations.save(uow, [(person, after) for person, after, _ in told])
    await _tell_agencies(
        uow, told, {obligation_id: next(iter(answer.reasons), answer.outcome) for obligation_id, answer in answers.items()}
    )


async def _tell_agencies(
    uow: UnitOfWork, told: Sequence[tuple[PersonId, Obligation, Result]], reasons: dict[UUID, str] | None = None
) -> None:
    records = await people.known(uow, [person for person, _, _ in told])
    await outcomes.record(
        uow,
        [
            outcomes.Outcome(
                organisation=contract.organisation,
                kind="contract",
                reference=contract.reference,
                source_version=contract.source_version,
                person_id=person,
                result=result,
                reason=(reasons or {}).get(kept.obligation_id),
                details=_details(kept),
            )
            for person, kept, result in told
            for contract in records[person].contracts
        ],
    )


def _details(kept: Obligation) -> dict[str, object]:
    registered_on: date | None = kept.registered_on
    details: dict[str, object] = {"obligationId": str(kept.obligation_id), "registered": registered_on is not None}
    return details | ({"registeredOn": registered_on.isoformat()} if registered_on is not None else {})


def _met(person: PersonId, after: Obligation) -> ObligationMet:
    assert after.registered_on is not None
    return ObligationMet(
        person_id=person,
        obligation_id=after.obligation_id,
        contract_id=after.contract_id,
        agency=after.agency,
        version=after.version,
        effective_on=after.effective_on,
        met_on=after.registered_on,
        registration_id=after.registration_id,
        terms=terms(after),
    )


async def source_changed(uow: UnitOfWork, events: Sequence[Received[SourceChanged]]) -> None:
    """A source spoke: whoever waits for it is decided again, as of today."""
    for event in events:
        await sources.hear(uow, event.data)
        waiting = await sources.waiting(uow, event.data.source)
        uow.schedule(Timer("lookAgain", str(person), person, uow.now) for person in waiting)
