"""Decides about school leavers on fresh facts: registers, links, holds or declines, keeps the reasons, and announces the answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import Cause, LeaverOutcome, Reason, RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain import leavers as rules
from services.registration.domain.cases import Decision, FeedSaid, LeaverCase
from services.registration.domain.insertion import insertion
from services.registration.store import leaver_cases, ledger, people, registrations
from services.registration.store.leaver_cases import AnnouncedLeave
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import STANDING, Registration
from services.registration.usecases.answer import Answer
from services.registration.usecases.deciding import BY_A_PERSON, Known, Undecided, after, conclude, differs, known_of, opened, settled
from services.registration.usecases.identity import Opened, identities
from vault.client import Vault


async def decide_leavers(
    uow: UnitOfWork, concerned: Sequence[PersonId], on: date | None = None, *, unlinked: Collection[PersonId] = ()
) -> None:
    """Decide every open leave of these people that is not settled, as of `on` (today when not given).

    A leave that waits for a source is decided as of the day that was asked about: a source that is complete up to yesterday answers it.
    """
    claimed = list(dict.fromkeys(uow.claim(concerned).values()))
    cases = await leaver_cases.open_cases(uow, claimed)
    if not cases:
        return
    made = await registrations.of_cases(uow, [case.case_id for case in cases])
    persons = await people.persons(uow, claimed)
    undecided = [case for case in cases if not _settled(made.get(case.case_id), persons[case.person_id], unlinked)]
    today = on or local_date(uow.now)
    await _by_day(uow, [(case, _asked(case, today)) for case in undecided], made)


async def decide_announced(uow: UnitOfWork, announced: Sequence[tuple[AnnouncedLeave, date]]) -> None:
    """Decide these leaves that the feed announced just now, each as of its day, whatever was decided before.

    Of two leaves of one person in one year, as a merge may bring them, the one that came first goes on.
    """
    if not announced:
        return
    spent = await registrations.of_leaves(uow, [case.person_id for case, _ in announced])
    made = await registrations.of_cases(uow, [case.case_id for case, _ in announced])
    going_on, second = [], []
    for case, day in announced:
        own, first = made.get(case.case_id), spent.get((case.person_id, case.school_year))
        if own is None and first is not None:
            second.append((case, day, first))
        elif own is None or own.gave_way_to is None:
            going_on.append((case, day))
    linked = [_gives_way(uow, case, day, first) for case, day, first in second]
    await ledger.log(uow, linked, [case.flags for case, _, _ in second])
    await _by_day(uow, going_on, made)


def _gives_way(uow: UnitOfWork, case: AnnouncedLeave, day: date, first: Registration) -> Registration:
    """The decision about a leave whose year is spent by another: nothing is made of it."""
    return replace(
        first,
        case_id=case.case_id,
        outcome=LeaverOutcome.LINKED,
        rule="S15",
        rule_set=rules.RULE_SET,
        reasons=(Reason.MERGED,),
        effective_on=day,
        recorded_at=uow.recorded_at,
        version=case.feed_version,
    )


async def _by_day(uow: UnitOfWork, asked: Sequence[tuple[AnnouncedLeave, date]], made: Mapping[UUID, Registration]) -> None:
    for day in sorted({day for _, day in asked}):
        await _decide(uow, await opened(uow, [case for case, on in asked if on == day], made), day)


async def _decide(uow: UnitOfWork, cases: Sequence[Undecided[AnnouncedLeave]], day: date) -> None:
    claimed = list(dict.fromkeys(one.case.person_id for one in cases))
    known = await known_of(uow, claimed, day)
    registers = await identities(uow.resource(Vault), known.persons)
    answers, decided = [], []
    for one in cases:
        decision = rules.decide(facts_of(one, known, registers[one.case.person_id]), day, known.switches)
        decided.append((one.case, decision))
        if differs(one.earlier, decision) and (made := _after(uow, one, known, decision)) is not None:
            person = one.case.person_id
            answers.append(
                Answer(one.case, known.persons[person], one.named, decision, known.jobseekers.get(person), made, registers[person])
            )
            if decision.state is RegistrationState.REGISTERED:
                known.remember(made)
    await leaver_cases.wait(uow, {case.case_id: (decision.waits_for, day) for case, decision in decided})
    await conclude(uow, decided, answers, known.assessments)


def _settled(made: Registration | None, person: RegisterPerson, unlinked: Collection[PersonId]) -> bool:
    """After the window only some facts count (`decisions.md` 3): what was declined stays so, unless a register takes back why."""
    if made is None or made.state is not RegistrationState.DECLINED or made.rule == BY_A_PERSON:
        return settled(made, unlinked)
    if made.outcome == LeaverOutcome.NOT_APPLICABLE:
        return person.ended is not None or Reason.DECEASED not in made.reasons
    if made.outcome == LeaverOutcome.OTHER_REGION:
        return person.region_since is None or person.region_since > made.effective_on
    return True


def _asked(case: AnnouncedLeave, today: date) -> date:
    waits_for_source = case.waits_for is not None and case.waits_for != rules.BASIS
    return case.due_on if waits_for_source and case.due_on is not None else today


def facts_of(one: Undecided[AnnouncedLeave], known: Known, register: Opened) -> LeaverCase:
    """A leave with what is known of its person."""
    case, person, earlier = one.case, known.persons[one.case.person_id], one.earlier
    named = register.identity or one.named
    working = earlier is not None and (earlier.state, earlier.outcome) == (RegistrationState.WAITING, LeaverOutcome.WORKING)
    return LeaverCase(
        feed=FeedSaid(case.outcome_of_feed, case.rule_of_feed, case.reasons_of_feed),
        ended=Reason.ERASED if one.named is None else person.ended,
        unknown=person.unknown,
        objection=known.objections.get(case.person_id),
        region=person.region,
        born=(named.birth_date if named else None) or (one.named.birth_date if one.named else None),
        jobseeker=known.jobseekers.get(case.person_id),
        spent=earlier is not None and _spent(earlier),
        employments=known.employments[case.person_id],
        working_since=earlier.effective_on if earlier is not None and working else None,
        sources=known.sources,
    )


def _spent(made: Registration) -> bool:
    """Whether this leave once led to a registration that stands no longer."""
    return made.state is RegistrationState.ENDED or (made.state is RegistrationState.WITHDRAWN and made.insertion is not None)


def _after(uow: UnitOfWork, one: Undecided[AnnouncedLeave], known: Known, decision: Decision) -> Registration | None:
    """What stands once this is decided; None when the decision changes nothing about a registration that was made before."""
    earlier, case = one.earlier, one.case
    made = after(uow, one, known, decision, Cause.LEAVER, rules.RULE_SET)
    if earlier is None or not (earlier.state in STANDING or _spent(earlier)):
        gained = insertion(case.left_on, known.day) if decision.state is RegistrationState.REGISTERED else None
        return replace(made, school_year=case.school_year, insertion=gained)
    if decision.state not in (RegistrationState.LINKED, RegistrationState.REVIEW):
        return None
    # Made once, it is never made again and never ends by itself: a person looks, or the second leave links to it.
    revised = earlier.state is RegistrationState.REGISTERED and decision.state is RegistrationState.REVIEW
    state = RegistrationState.REVISED if revised else earlier.state
    return replace(made, state=state, category=earlier.category, effective_on=earlier.effective_on, region=earlier.region)
