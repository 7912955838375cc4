"""Follows what the integration feed announces of obligations: opened, changed, closed."""

from collections.abc import Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Flag, NewcomerOutcome
from contracts.identifiers import PersonId
from contracts.integration import ObligationChanged, ObligationClosed, ObligationOpened
from services.registration.domain.cases import Period
from services.registration.store import newcomer_cases
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.usecases.decide_newcomers import decide_newcomers

_KNOWN_FLAGS = frozenset(Flag)


async def follow_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationOpened] | Received[ObligationChanged]]) -> None:
    """Keep each case as announced, and decide it."""
    survivors = uow.claim(event.data.person_id for event in events)
    await newcomer_cases.save(uow, [_case(event.data, survivors[event.data.person_id]) for event in events])
    await decide_newcomers(uow, list(survivors.values()))


async def close_obligations(uow: UnitOfWork, events: Sequence[Received[ObligationClosed]]) -> None:
    """Decide nothing more about these cases; a registration made from one stays until a person ends it."""
    await newcomer_cases.close(uow, [event.data.obligation_id for event in events])


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
