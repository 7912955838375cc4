"""Follows what the education feed announces of school leavers: detected, for a person to look at, retracted."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.codes import Flag, LeaverOutcome, RegistrationState
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.identifiers import PersonId
from services.registration.store import leaver_cases, ledger, objections, registrations
from services.registration.store.leaver_cases import AnnouncedLeave
from services.registration.store.registrations import STANDING, Registration
from services.registration.usecases import announce, terms
from services.registration.usecases.decide_leavers import decide_announced

_KNOWN_FLAGS = frozenset(Flag)
_MADE = frozenset({*STANDING, RegistrationState.ENDED})


async def follow_leavers(uow: UnitOfWork, events: Sequence[Received[LeaverDetected] | Received[LeaverReviewNeeded]]) -> None:
    """Keep each leave as announced, and decide it as of the day that the feed decided."""
    survivors = uow.claim(event.data.person_id for event in events)
    leaves = {event.data.case_id: _case(event.data, survivors[event.data.person_id]) for event in events}
    days = {event.data.case_id: event.data.effective_on for event in events}
    before = await leaver_cases.by_id(uow, list(leaves))
    new = await leaver_cases.save(uow, list(leaves.values()))
    made = await registrations.of_cases(uow, sorted(new))
    said_before = {case for case in new if case in made and made[case].state in _MADE and _same(before.get(case), leaves[case])}
    await decide_announced(uow, [(leaves[case], days[case]) for case in leaves if case in new - said_before])


async def retract_leavers(uow: UnitOfWork, events: Sequence[Received[LeaverRetracted]]) -> None:
    """Decide nothing more about these leaves unless they are announced again.

    What only waited is withdrawn or declined. A registration stays until a person decides; it is marked for that person to look at.
    """
    survivors = uow.claim(event.data.person_id for event in events)
    said = {event.data.case_id: event.data for event in events}
    cases = {case: (survivors[leave.person_id], leave.school_year, leave.version) for case, leave in said.items()}
    retracted = await leaver_cases.retract(uow, cases)
    made = await registrations.of_cases(uow, sorted(retracted))
    changed = [_after(uow, item, said[case]) for case, item in made.items() if item.state is not RegistrationState.ENDED]
    await ledger.keep(uow, changed)
    await _remember(uow, [item for item in changed if item.state is RegistrationState.CONTESTED])
    uow.publish(announce.moved(item) for item in changed)
    await terms.follow(uow, changed)


async def _remember(uow: UnitOfWork, contested: Sequence[Registration]) -> None:
    """What these are once nobody objects any more: no longer simply registered."""
    await objections.uncontest(uow, [item.registration_id for item in contested])
    await objections.contest(uow, [replace(item, state=RegistrationState.REVISED) for item in contested])


def _same(before: AnnouncedLeave | None, now: AnnouncedLeave) -> bool:
    """Whether it is the leave that was announced before, told again with other facts."""
    if before is None or before.retracted:
        return False
    return (before.left_on, before.outcome_of_feed) == (now.left_on, now.outcome_of_feed)


def _after(uow: UnitOfWork, before: Registration, leave: LeaverRetracted) -> Registration:
    state = _state(before, leave)
    return replace(
        before,
        state=state,
        outcome=leave.outcome,
        rule=leave.rule_id,
        reasons=leave.reasons,
        effective_on=before.effective_on if before.state in STANDING else leave.effective_on,
        recorded_at=uow.recorded_at,
        version=before.version + 1,
    )


def _state(before: Registration, leave: LeaverRetracted) -> RegistrationState:
    match before.state:
        case RegistrationState.REGISTERED:
            return RegistrationState.REVISED
        case RegistrationState.REVISED | RegistrationState.CONTESTED:
            return before.state
        case _ if leave.outcome == LeaverOutcome.WITHDRAWN or before.state is RegistrationState.LINKED:
            return RegistrationState.WITHDRAWN
        case _:
            return RegistrationState.DECLINED


def _case(leave: LeaverDetected | LeaverReviewNeeded, person: PersonId) -> AnnouncedLeave:
    return AnnouncedLeave(
        case_id=leave.case_id,
        person_id=person,
        school_year=leave.school_year,
        left_on=leave.left_on,
        complete_at=leave.complete_at,
        outcome_of_feed=LeaverOutcome(leave.outcome),
        rule_of_feed=leave.rule_id,
        reasons_of_feed=leave.reasons,
        flags=tuple(Flag(flag) for flag in leave.flags if flag in _KNOWN_FLAGS),
        person=leave.person,
        feed_decision=leave.decision,
        feed_version=leave.version,
    )
