"""Follows what the integration feed announces of obligations: opened, changed, closed."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Flag, NewcomerOutcome, RegistrationState
from contracts.identifiers import PersonId
from contracts.integration import ObligationChanged, ObligationClosed, ObligationOpened
from contracts.registration import RegistrationWithdrawn
from services.registration.domain.cases import Period
from services.registration.store import newcomer_cases, registrations
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.store.registrations import Registration
from services.registration.usecases.decide_newcomers import FINAL, decide_newcomers

_KNOWN_FLAGS = frozenset(Flag)


async def follow_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationOpened] | Received[ObligationChanged]]) -> None:
    """Keep each case as announced, and decide it."""
    survivors = uow.claim(event.data.person_id for event in events)
    await newcomer_cases.save(uow, [_case(event.data, survivors[event.data.person_id]) for event in events])
    await decide_newcomers(uow, list(survivors.values()))


async def close_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationClosed]]) -> None:
    """Decide nothing more about these cases; a registration made from one stays until a person ends it, what only waited is withdrawn."""
    survivors = uow.claim(event.data.person_id for event in events)
    cases = {event.data.obligation_id: event.data for event in events}
    await newcomer_cases.close(uow, list(cases))
    made = await registrations.of_cases(uow, list(cases))
    withdrawn = [_withdrawn(uow, made[case], closed) for case, closed in cases.items() if case in made and made[case].state not in FINAL]
    await registrations.save(uow, withdrawn)
    await registrations.log(uow, [registrations.decision_row(item, ()) for item in withdrawn])
    uow.publish(_event(item, survivors[cases[item.case_id].person_id]) for item in withdrawn)


def _withdrawn(uow: UnitOfWork, before: Registration, closed: ObligationClosed) -> Registration:
    return replace(
        before,
        state=RegistrationState.WITHDRAWN,
        outcome=closed.outcome,
        rule=closed.rule_id,
        reasons=closed.reasons,
        effective_on=closed.effective_on,
        recorded_at=uow.recorded_at,
        version=before.version + 1,
    )


def _event(item: Registration, person: PersonId) -> RegistrationWithdrawn:
    return RegistrationWithdrawn(
        person_id=person,
        registration_id=item.registration_id,
        case_id=item.case_id,
        cause=item.cause,
        state=item.state,
        outcome=item.outcome,
        rule_id=item.rule,
        rule_set=item.rule_set,
        reasons=item.reasons,
        effective_on=item.effective_on,
        version=item.version,
    )


def _case(opened: ObligationOpened | ObligationChanged, person: PersonId) -> AnnouncedCase:
    study = opened.full_time_study
    return AnnouncedCase(
        case_id=opened.obligation_id,
        person_id=person,
        contract_id=opened.contract_id,
        agency=opened.agency,
        outcome_of_feed=NewcomerOutcome(opened.outcome),
        anchor_on=opened.anchor_on,
        flags=tuple(Flag(flag) for flag in opened.flags if flag in _KNOWN_FLAGS),
        study=Period(study.starts_on, study.ends_on) if study is not None else None,
        person=opened.person,
        feed_decision=opened.decision,
        feed_version=opened.version,
    )
