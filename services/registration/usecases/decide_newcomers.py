"""Decides about newcomers on fresh facts: registers, links, holds or declines, keeps the reasons, and announces the answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import Cause, RegistrationState
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.registration.domain import newcomers as rules
from services.registration.domain.cases import Decision, FeedSaid, NewcomerCase
from services.registration.store import newcomer_cases
from services.registration.store.known import gather
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.usecases import announce
from services.registration.usecases.answer import Answer
from services.registration.usecases.deciding import Known, Undecided, after, as_of, conclude, differs, settled
from services.registration.usecases.identity import Opened, boxes, facts, read
from vault.client import Vault
from vault.values import DataClass


async def decide_newcomers(
    uow: UnitOfWork, concerned: Sequence[PersonId], on: date | None = None, *, unlinked: Collection[PersonId] = ()
) -> None:
    """Decide every open case of these people that is not settled, as of `on` (today when not given).

    Of `unlinked` people VDAB took a registration back that never was: what was linked to it is not settled either.
    """
    claimed = list(dict.fromkeys(uow.claim(concerned).values()))
    day = on or local_date(uow.now)
    await decide_cases(uow, await newcomer_cases.open_cases(uow, claimed), dict.fromkeys(claimed, day), unlinked)


async def decide_cases(
    uow: UnitOfWork, cases: Sequence[AnnouncedCase], days: Mapping[PersonId, date], unlinked: Collection[PersonId] = ()
) -> None:
    """Decide these open cases, all that their people have, as far as they are not settled; each person's as of a day of their own."""
    if not cases:
        return
    gathered = await gather(uow, list(dict.fromkeys(case.person_id for case in cases)))
    made = {item.case_id: item for item in gathered.registrations}
    undecided = [case for case in cases if not settled(made.get(case.case_id), unlinked)]
    if not undecided:
        return
    known = await as_of(uow, gathered, {days[case.person_id] for case in undecided})
    undecided.sort(key=lambda case: days[case.person_id])
    first = {case.person_id for case in undecided if case.case_id not in made}
    introduced = await _introduced(uow, [(case, known[days[case.person_id]]) for case in undecided], first)
    answers: list[Answer] = []
    decided: list[tuple[AnnouncedCase, Decision]] = []
    for case, (named, register) in zip(undecided, introduced, strict=True):
        decision, answer = _answer(uow, Undecided(case, made.get(case.case_id), named), known[days[case.person_id]], register)
        decided.append((case, decision))
        answers += [answer] if answer is not None else []
    await newcomer_cases.wait(uow, {case.case_id: new.waits_for for case, new in decided if new.waits_for != case.waits_for})
    await conclude(uow, decided, answers, gathered.assessments)


Introduced: TypeAlias = tuple[PersonFacts | None, Opened | None]


async def _introduced(uow: UnitOfWork, asked: Sequence[tuple[AnnouncedCase, Known]], first: Collection[PersonId]) -> Sequence[Introduced]:
    """Each case's person as the feed named them, None once erased; and of who gets a letter what the registers say, too. One opening.

    The keys that letters are sealed under come along, except where something was decided before: that person may have been erased since.
    """
    addressed = {case.person_id: known.persons[case.person_id] for case, known in asked if _registers(case, known)}
    sealed: list[Sealed[Any]] = [case.person for case, _ in asked]
    keys = {(person, DataClass.NOTICE) for person in addressed if person in first}
    contents = await uow.resource(Vault).open([*sealed, *boxes(addressed)], bytes, announce.ADDRESSING, then_seal=keys)
    registers = read(addressed, contents[len(asked) :])
    return [(facts(content), registers.get(case.person_id)) for (case, _), content in zip(asked, contents, strict=False)]


def _registers(case: AnnouncedCase, known: Known) -> bool:
    """Whether this person is to be registered, unless they were erased."""
    return rules.decide(facts_of(case, known), known.day, known.switches).state is RegistrationState.REGISTERED


def _answer(uow: UnitOfWork, one: Undecided[AnnouncedCase], known: Known, register: Opened | None) -> tuple[Decision, Answer | None]:
    """What is decided about a case, and the answer where that says anything new."""
    person = one.case.person_id
    decision = rules.decide(facts_of(one.case, known, erased=one.named is None), known.day, known.switches)
    if not differs(one.earlier, decision):
        return decision, None
    made = after(uow, one, known, decision, Cause.NEWCOMER, rules.RULE_SET)
    answer = Answer(one.case, known.persons[person], one.named, decision, known.jobseekers.get(person), made, register)
    if decision.state is RegistrationState.REGISTERED:
        known.remember(made)
    return decision, answer


def facts_of(case: AnnouncedCase, known: Known, *, erased: bool = False) -> NewcomerCase:
    """An obligation with what is known of its person."""
    person = known.persons[case.person_id]
    return NewcomerCase(
        case_id=case.case_id,
        feed=FeedSaid(case.outcome_of_feed, case.rule_of_feed, case.reasons_of_feed),
        ended="erased" if erased else person.ended,
        unknown=person.unknown,
        region=person.region,
        jobseeker=known.jobseekers.get(case.person_id),
        employments=known.employments[case.person_id],
        study=case.study,
        sources=known.sources,
        objection=known.objections.get(case.person_id),
        flags=case.flags,
    )
