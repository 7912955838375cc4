"""Decides about newcomers on fresh facts, registers, links, holds or declines, keeps the reasons, and announces the answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chassis.clock import local_date, local_midnight
from chassis.ids import uuid7
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Cause, Origin, RegistrationState
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.registration.domain import newcomers as rules
from services.registration.domain.cases import Decision, Employment, FeedSaid, KnownJobseeker, NewcomerCase, Sources, Switches
from services.registration.store import newcomer_cases, people, registrations
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, weigh
from services.registration.usecases.answer import Answer
from vault.client import Vault
from vault.values import Erased

# From these states a registration is never decided again by itself (`decisions.md` 3: spent for ever; 4: satisfied is sticky).
FINAL = frozenset(
    {
        RegistrationState.REGISTERED,
        RegistrationState.LINKED,
        RegistrationState.REVISED,
        RegistrationState.CONTESTED,
        RegistrationState.ENDED,
        RegistrationState.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True)
class Undecided:
    """One open case with what was made of it so far, and its person's name as the feed knows it (None once erased)."""

    case: AnnouncedCase
    earlier: Registration | None
    named: PersonFacts | None


@dataclass(slots=True)
class Known:
    """The facts about everyone concerned, as of one day."""

    day: date
    persons: Mapping[PersonId, RegisterPerson]
    employments: Mapping[PersonId, tuple[Employment, ...]]
    jobseekers: dict[PersonId, KnownJobseeker]
    sources: Sources
    switches: Switches


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
    known = Known(
        day,
        await people.persons(uow, claimed),
        await people.employments(uow, claimed),
        dict(await registrations.known_jobseekers(uow, claimed, day)),
        *await weigh.sources_and_switches(uow, day),
    )
    answers, decided = [], {}
    for one in cases:
        decision = decided[one.case] = rules.decide(_facts(one, known), day, known.switches)
        if one.earlier is None or _differs(one.earlier, decision):
            answers.append(_answer(uow, one, known, decision))
            if decision.state is RegistrationState.REGISTERED:
                # A second case of this person in the same batch must find the registration made just now.
                known.jobseekers[one.case.person_id] = _made(answers[-1].after)

    await registrations.save(uow, [answer.after for answer in answers])
    await registrations.log(uow, [registrations.decision_row(answer.after, answer.case.flags) for answer in answers])
    await newcomer_cases.wait(uow, {case.case_id: decision.waits_for for case, decision in decided.items()})
    uow.schedule(_looks(decided))
    await announce.answers(uow, answers)


async def _undecided(uow: UnitOfWork, claimed: Sequence[PersonId], unlinked: Collection[PersonId]) -> list[Undecided]:
    cases = await newcomer_cases.open_cases(uow, claimed)
    made = await registrations.of_cases(uow, [case.case_id for case in cases])
    undecided = [case for case in cases if not _settled(made.get(case.case_id), unlinked)]
    named = await uow.resource(Vault).open([case.person for case in undecided], PersonFacts, announce.ADDRESSING)
    return [
        Undecided(case, made.get(case.case_id), None if isinstance(facts, Erased) else facts)
        for case, facts in zip(undecided, named, strict=True)
    ]


def _settled(made: Registration | None, unlinked: Collection[PersonId]) -> bool:
    if made is None or made.state not in FINAL:
        return False
    return made.state is not RegistrationState.LINKED or made.person_id not in unlinked


def _facts(one: Undecided, known: Known) -> NewcomerCase:
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
        flags=case.flags,
    )


def _differs(earlier: Registration, decision: Decision) -> bool:
    return (earlier.state, earlier.outcome, earlier.rule, earlier.reasons) != (
        decision.state,
        decision.outcome,
        decision.rule,
        decision.reasons,
    )


def _answer(uow: UnitOfWork, one: Undecided, known: Known, decision: Decision) -> Answer:
    case, person = one.case, known.persons[one.case.person_id]
    fresh = one.earlier or Registration(
        registration_id=uuid7(),
        case_id=case.case_id,
        person_id=case.person_id,
        contract_id=case.contract_id,
        cause=Cause.NEWCOMER,
        state=RegistrationState.CANDIDATE,
        outcome=decision.outcome,
        rule=decision.rule,
        rule_set=rules.RULE_SET,
        reasons=(),
        category=None,
        origin=Origin.HUB,
        region=None,
        effective_on=known.day,
        recorded_at=uow.recorded_at,
        ended_on=None,
        version=0,
    )
    after = replace(
        fresh,
        contract_id=case.contract_id,
        state=decision.state,
        outcome=decision.outcome,
        rule=decision.rule,
        rule_set=rules.RULE_SET,
        reasons=decision.reasons,
        category=decision.category,
        region=person.region,
        effective_on=known.day,
        recorded_at=uow.recorded_at,
        version=fresh.version + 1,
    )
    return Answer(case, person, one.named, decision, known.jobseekers.get(case.person_id), after)


def _made(made: Registration) -> KnownJobseeker:
    assert made.category is not None
    return KnownJobseeker(made.registration_id, made.category, Origin.HUB, made.effective_on, None)


def _looks(decided: Mapping[AnnouncedCase, Decision]) -> list[Timer]:
    """When a case may change by itself; a kind and subjects of its own, so that no source that speaks takes its place."""
    return [
        Timer("lookAgain", str(case.case_id), case.person_id, local_midnight(decision.look_again_on))
        for case, decision in decided.items()
        if decision.look_again_on is not None
    ]
