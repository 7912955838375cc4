"""Decides about newcomers on fresh facts, registers, links, holds or declines, keeps the reasons, and announces the answer."""

from collections.abc import Mapping, Sequence
from datetime import date

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.intake import sources as source_states
from chassis.uow import UnitOfWork
from contracts.codes import Cause, Origin, RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain import newcomers as rules
from services.registration.domain.cases import Decision, KnownJobseeker, NewcomerCase, Sources
from services.registration.store import newcomer_cases, people, registrations, rule_rows
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import Registration
from services.registration.usecases import announce
from services.registration.usecases.answer import Answer

# From these states a registration is never decided again by itself (`decisions.md` 3: spent for ever; 4: satisfied is sticky).
FINAL = frozenset(
    {
        RegistrationState.REGISTERED,
        RegistrationState.LINKED,
        RegistrationState.ENDED,
        RegistrationState.WITHDRAWN,
        RegistrationState.CONTESTED,
    }
)


async def decide_newcomers(uow: UnitOfWork, concerned: Sequence[PersonId], on: date | None = None) -> None:
    """Decide every open case of these people that is not settled, as of `on` (today when not given)."""
    claimed = list(dict.fromkeys(uow.claim(concerned).values()))
    day = on or local_date(uow.now)
    cases = await newcomer_cases.open_cases(uow, claimed)
    if not cases:
        return
    before = await registrations.of_cases(uow, [case.case_id for case in cases])
    persons = await people.persons(uow, claimed)
    employments = await people.employments(uow, claimed)
    jobseekers = await registrations.known_jobseekers(uow, claimed, day)
    sources = await known_sources(uow, day)
    switches = await rule_rows.switches(uow, day)

    answers = []
    for case in cases:
        earlier = before.get(case.case_id)
        if earlier is not None and earlier.state in FINAL:
            continue
        facts = NewcomerCase(
            case.case_id,
            case.outcome_of_feed,
            persons[case.person_id].ended,
            jobseekers.get(case.person_id),
            employments[case.person_id],
            case.study,
            sources,
            case.flags,
        )
        decision = rules.decide(facts, day, switches)
        if earlier is not None and not _differs(earlier, decision):
            continue
        after = _registration(uow, case, persons[case.person_id], earlier, decision, day)
        answers.append(Answer(case, persons[case.person_id], decision, jobseekers.get(case.person_id), after))
        if decision.state is RegistrationState.REGISTERED:
            # A second case of this person in the same batch must find the registration made just now.
            jobseekers = _with(jobseekers, after)

    await registrations.save(uow, [answer.after for answer in answers])
    await registrations.log(uow, [registrations.decision_row(answer.after, answer.case.flags) for answer in answers])
    await newcomer_cases.wait(uow, {answer.case.case_id: answer.decision.waits_for for answer in answers})
    await announce.answers(uow, answers)


async def known_sources(uow: UnitOfWork, day: date) -> Sources:
    """Which silences count on that day."""
    return Sources(
        vdab_register=await source_states.covers(uow, "vdabRegister", day),
        work_register=await source_states.covers(uow, "workRegister", day),
        population_register=await source_states.covers(uow, "populationRegister", day),
    )


def _differs(earlier: Registration, decision: Decision) -> bool:
    return (earlier.state, earlier.outcome, earlier.rule, earlier.reasons) != (
        decision.state,
        decision.outcome,
        decision.rule,
        decision.reasons,
    )


def _registration(
    uow: UnitOfWork, case: AnnouncedCase, person: RegisterPerson, earlier: Registration | None, decision: Decision, day: date
) -> Registration:
    return Registration(
        registration_id=earlier.registration_id if earlier is not None else uuid7(),
        case_id=case.case_id,
        person_id=case.person_id,
        contract_id=case.contract_id,
        cause=Cause.NEWCOMER,
        state=decision.state,
        outcome=decision.outcome,
        rule=decision.rule,
        rule_set=rules.RULE_SET,
        reasons=decision.reasons,
        category=decision.category,
        origin=Origin.HUB,
        region=person.region,
        effective_on=day,
        recorded_at=uow.recorded_at,
        ended_on=None,
        version=earlier.version + 1 if earlier is not None else 1,
    )


def _with(jobseekers: Mapping[PersonId, KnownJobseeker], made: Registration) -> Mapping[PersonId, KnownJobseeker]:
    assert made.category is not None
    return {**jobseekers, made.person_id: KnownJobseeker(made.registration_id, made.category, Origin.HUB, made.effective_on, None)}
