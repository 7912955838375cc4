"""Follows what the integration feed announces of obligations: opened, changed, closed."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Flag, NewcomerOutcome, RegistrationState
from contracts.identifiers import PersonId
from contracts.integration import ObligationChanged, ObligationClosed, ObligationOpened
from contracts.registration import RegistrationRevised, RegistrationWithdrawn
from services.registration.domain.cases import Period
from services.registration.store import ledger, newcomer_cases, registrations
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, terms
from services.registration.usecases.decide_newcomers import decide_cases
from services.registration.usecases.deciding import FINAL

_KNOWN_FLAGS = frozenset(Flag)
# The agency took the contract back: whoever was registered because of it may be the wrong person.
_NEVER_WAS = frozenset({"contractWithdrawn", "contractDeleted"})


async def follow_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationOpened] | Received[ObligationChanged]]) -> None:
    """Keep each case as announced, and decide it as of the day that the feed decided."""
    survivors = uow.claim(event.data.person_id for event in events)
    cases = await newcomer_cases.announce(uow, [_case(event.data, survivors[event.data.person_id]) for event in events])
    await decide_cases(uow, cases, {survivors[event.data.person_id]: event.data.effective_on for event in events})


async def close_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationClosed]]) -> None:
    """Decide nothing more about these cases, and withdraw what only waited.

    A registration stays until a person ends it; one whose contract never was is marked for that person to look at.
    """
    survivors = uow.claim(event.data.person_id for event in events)
    cases = {event.data.obligation_id: event.data for event in events}
    await newcomer_cases.close(uow, {case: (survivors[closed.person_id], closed.version) for case, closed in cases.items()})
    made = await registrations.of_cases(uow, list(cases))
    changed = [
        _after(uow, made[case], closed, state)
        for case, closed in cases.items()
        if case in made and (state := _state(made[case], closed)) is not None
    ]
    await ledger.keep(uow, changed)
    uow.publish(_event(item, survivors[cases[item.case_id].person_id]) for item in changed)
    await terms.follow(uow, changed)


def _state(made: Registration, closed: ObligationClosed) -> RegistrationState | None:
    """What becomes of what was made of the case; None when it stays as it is."""
    if made.state not in FINAL:
        return RegistrationState.WITHDRAWN
    never_was = not _NEVER_WAS.isdisjoint(closed.reasons)
    if never_was and made.state is RegistrationState.LINKED:
        return RegistrationState.WITHDRAWN
    return RegistrationState.REVISED if never_was and made.state is RegistrationState.REGISTERED else None


def _after(uow: UnitOfWork, before: Registration, closed: ObligationClosed, state: RegistrationState) -> Registration:
    return replace(
        before,
        state=state,
        outcome=closed.outcome,
        rule=closed.rule_id,
        reasons=closed.reasons,
        effective_on=before.effective_on if state is RegistrationState.REVISED else closed.effective_on,
        recorded_at=uow.recorded_at,
        version=before.version + 1,
    )


def _event(item: Registration, person: PersonId) -> RegistrationWithdrawn | RegistrationRevised:
    event = RegistrationRevised if item.state is RegistrationState.REVISED else RegistrationWithdrawn
    return event.model_validate(announce.said(item) | {"person_id": person})


def _case(opened: ObligationOpened | ObligationChanged, person: PersonId) -> AnnouncedCase:
    study = opened.full_time_study
    return AnnouncedCase(
        case_id=opened.obligation_id,
        person_id=person,
        contract_id=opened.contract_id,
        agency=opened.agency,
        outcome_of_feed=NewcomerOutcome(opened.outcome),
        rule_of_feed=opened.rule_id,
        reasons_of_feed=opened.reasons if isinstance(opened, ObligationChanged) else (),
        anchor_on=opened.anchor_on,
        flags=tuple(Flag(flag) for flag in opened.flags if flag in _KNOWN_FLAGS),
        study=Period(study.starts_on, study.ends_on) if study is not None else None,
        person=opened.person,
        feed_decision=opened.decision,
        feed_version=opened.version,
    )
