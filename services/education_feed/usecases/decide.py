"""Decides about the leaves of people from everything known now, keeps each new decision, and tells whom it concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.intake import outcomes
from chassis.intake.outcomes import Outcome
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import LeaverOutcome
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.education_feed.domain.cases import CaseDecision
from services.education_feed.domain.facts import Pupil, Sources, Switches
from services.education_feed.domain.leavers import decide
from services.education_feed.store import cases, people, rule_rows, sources
from services.education_feed.store.cases import Case, Change
from services.education_feed.store.people import Known
from services.education_feed.usecases.announce import Announcement, announce
from services.education_feed.usecases.identity import open_identities
from services.education_feed.usecases.tell_education import outcomes_of

# Rows that answer before it is asked whether the pupil goes on.
_UNASKED = frozenset({"S1", "S2", "S4", "S6b"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One person with the decisions about each school year; `identity` only where one was opened."""

    person_id: PersonId
    known: Known
    identity: PersonFacts | None
    decisions: Sequence[CaseDecision]


async def decide_leaves(uow: UnitOfWork, of: Sequence[PersonId], at: datetime | None = None, said: Sequence[Outcome] = ()) -> None:
    """Run the rules over everything known of these people as of `at` (now when not given), and let their cases follow.

    `said` is what is told of records by themselves; what a decision says of one of them stands in its place.
    """
    claimed = list(dict.fromkeys(uow.claim(of).values()))
    kept = await cases.of_people(uow, claimed)
    judged = await _judge(uow, await people.known(uow, kept), at or uow.now)
    changes, news = [], []
    for one in judged:
        for decision in one.decisions:
            change, announcement = _follow(one, kept[one.person_id].get(decision.school_year), decision)
            _set_timer(uow, change, kept[one.person_id].get(decision.school_year), fired=at is not None)
            changes.append(change)
            news += [announcement] if announcement is not None else []
    await cases.save(uow, [change for change in changes if _differs(change, kept[change.person_id].get(change.decision.school_year))])
    await announce(uow, news)
    await outcomes.record(uow, [*said, *(told for one in judged for told in outcomes_of(one.person_id, one.known, one.decisions))])


async def _judge(uow: UnitOfWork, people: Mapping[PersonId, Known], at: datetime) -> Sequence[Judged]:
    """Every person's decisions; whoever waits for a source is sure to be woken by its next word."""
    switches = await rule_rows.switches(uow, local_date(at))
    heard = await sources.heard(uow)
    judged = await _opened(uow, people, heard, switches, at)
    if any(decision.waits_for for one in judged for decision in one.decisions):
        await sources.about_to_wait(uow)
        if (again := await sources.heard(uow)) != heard:
            return await _opened(uow, people, again, switches, at)
    return judged


async def _opened(uow: UnitOfWork, people: Mapping[PersonId, Known], heard: Sources, switches: Switches, at: datetime) -> Sequence[Judged]:
    """Decide without knowing who anybody is; only those whose age or name then matters are opened, and decided with it."""
    shut = {person: decide(known.pupil, heard, switches, at) for person, known in people.items()}
    wanted = [person for person, decisions in shut.items() if not all(_needs_nobody(one, people[person].pupil, at) for one in decisions)]
    identities = await open_identities(uow, wanted)
    judged = []
    for person, known in people.items():
        identity = identities.get(person)
        if identity is None:
            judged.append(Judged(person, known, None, shut[person]))
        else:
            decisions = decide(replace(known.pupil, birth=identity.birth_date), heard, switches, at)
            judged.append(Judged(person, known, identity, decisions))
    return judged


def _needs_nobody(decision: CaseDecision, pupil: Pupil, at: datetime) -> bool:
    """Whether this would be the decision whatever the person's age: nearly everybody's, so that nearly nobody is opened.

    The window is open, or was asked about as of its end, or was answered before and the pupil still goes on. Any other question may be one
    as of a birthday.
    """
    if decision.announces:
        return False
    if decision.rule in _UNASKED:
        return decision.rule != "S6b" or (decision.window_ends_at is not None and at < decision.window_ends_at)
    before = next((kept for kept in pupil.kept if kept.school_year == decision.school_year), None)
    answered = before.asked_at if before is not None and before.outcome is LeaverOutcome.CONTINUES else None
    return decision.outcome is LeaverOutcome.CONTINUES and decision.asked_at in (at, answered)


def _follow(one: Judged, before: Case | None, decision: CaseDecision) -> tuple[Change, Announcement | None]:
    """The case after a decision, and what registration is to hear; of whom nothing opens any more it hears nothing."""
    announced = before is not None and before.kept.announced
    version = before.version if before is not None else 0
    case_id = before.case_id if before is not None else uuid7()
    told: Announcement | None = None
    if decision.announces and (decision.changed or not announced) and one.identity is not None:
        told = Announcement(one.person_id, case_id, version + 1, decision, one.identity)
    elif announced and not decision.announces:
        told = Announcement(one.person_id, case_id, version + 1, decision, None)
    if told is not None:
        announced, version = told.identity is not None, told.version
    return Change(one.person_id, case_id, version, announced, decision, explained=decision.changed or before is None), told


def _differs(change: Change, before: Case | None) -> bool:
    return before is None or change.explained or (change.version, change.decision.asked_at) != (before.version, before.kept.asked_at)


def _set_timer(uow: UnitOfWork, change: Change, before: Case | None, *, fired: bool) -> None:
    """Look again when the answer may change by itself; a timer that just fired is gone, so it is set anew."""
    due = change.decision.next_check_at
    if due is None:
        if before is not None and before.kept.next_check_at is not None:
            uow.cancel("lookAgain", [change.case_id])
    elif fired or before is None or before.kept.next_check_at != due:
        uow.schedule([Timer("lookAgain", str(change.case_id), change.person_id, due)])
