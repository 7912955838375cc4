"""Decides about newcomers on fresh facts: registers, links, holds or declines, keeps the reasons, and announces the answer."""

from collections.abc import Collection, Sequence
from datetime import date

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import Cause, RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain import newcomers as rules
from services.registration.domain.cases import FeedSaid, NewcomerCase
from services.registration.store import newcomer_cases, registrations
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.usecases.answer import Answer
from services.registration.usecases.deciding import Known, Undecided, after, conclude, differs, known_of, opened, settled


async def decide_newcomers(
    uow: UnitOfWork, concerned: Sequence[PersonId], on: date | None = None, *, unlinked: Collection[PersonId] = ()
) -> None:
    """Decide every open case of these people that is not settled, as of `on` (today when not given).

    Of `unlinked` people VDAB took a registration back that never was: what was linked to it is not settled either.
    """
    claimed = list(dict.fromkeys(uow.claim(concerned).values()))
    day = on or local_date(uow.now)
    cases = await _undecided(uow, claimed, unlinked)
    if not cases:
        return
    known = await known_of(uow, claimed, day)
    answers, decided = [], {}
    for one in cases:
        decision = decided[one.case] = rules.decide(facts_of(one, known), day, known.switches)
        if differs(one.earlier, decision):
            made = after(uow, one, known, decision, Cause.NEWCOMER, rules.RULE_SET)
            person = one.case.person_id
            answers.append(Answer(one.case, known.persons[person], one.named, decision, known.jobseekers.get(person), made))
            if decision.state is RegistrationState.REGISTERED:
                known.remember(made)
    await newcomer_cases.wait(uow, {case.case_id: decision.waits_for for case, decision in decided.items()})
    await conclude(uow, decided, answers)


async def _undecided(uow: UnitOfWork, claimed: Sequence[PersonId], unlinked: Collection[PersonId]) -> list[Undecided[AnnouncedCase]]:
    cases = await newcomer_cases.open_cases(uow, claimed)
    made = await registrations.of_cases(uow, [case.case_id for case in cases])
    return await opened(uow, [case for case in cases if not settled(made.get(case.case_id), unlinked)], made)


def facts_of(one: Undecided[AnnouncedCase], known: Known) -> NewcomerCase:
    """An obligation with what is known of its person."""
    case, person = one.case, known.persons[one.case.person_id]
    return NewcomerCase(
        case_id=case.case_id,
        feed=FeedSaid(case.outcome_of_feed, case.rule_of_feed, case.reasons_of_feed),
        ended="erased" if one.named is None else person.ended,
        unknown=person.unknown,
        region=person.region,
        jobseeker=known.jobseekers.get(case.person_id),
        employments=known.employments[case.person_id],
        study=case.study,
        sources=known.sources,
        objection=known.objections.get(case.person_id),
        flags=case.flags,
    )
