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
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.education_feed.domain.cases import CaseDecision
from services.education_feed.domain.facts import Pupil, Sources, Switches
from services.education_feed.domain.leavers import decide
from services.education_feed.store import cases, people, rule_rows, sources
from services.education_feed.store.cases import Case, Change
from services.education_feed.usecases.announce import Announcement, announce, takes_back
from services.education_feed.usecases.identity import open_identities
from services.education_feed.usecases.tell_education import outcomes_of

# Rows that come before anything that an age decides. Whoever one of them answers for, nearly everybody, is never opened.
_AGELESS = frozenset({"S1", "S2", "S4", "S6", "S6b", "S7", "S3", "S17", "S5", "S11a"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One person with the decisions about each school year; `identity` only where one was opened."""

    person_id: PersonId
    pupil: Pupil
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
    await outcomes.record(uow, [*said, *(told for one in judged for told in outcomes_of(one.person_id, one.pupil, one.decisions))])


async def _judge(uow: UnitOfWork, pupils: Mapping[PersonId, Pupil], at: datetime) -> Sequence[Judged]:
    """Every person's decisions; whoever waits for a source is sure to be woken by its next word."""
    switches = await rule_rows.switches(uow, local_date(at))
    heard = await sources.heard(uow)
    judged = await _opened(uow, pupils, heard, switches, at)
    if any(decision.waits_for for one in judged for decision in one.decisions):
        await sources.about_to_wait(uow)
        if (again := await sources.heard(uow)) != heard:
            return await _opened(uow, pupils, again, switches, at)
    return judged


async def _opened(uow: UnitOfWork, pupils: Mapping[PersonId, Pupil], heard: Sources, switches: Switches, at: datetime) -> Sequence[Judged]:
    """Decide without knowing who anybody is; only those whose age or name then matters are opened, and decided with it."""
    shut = {person: decide(pupil, heard, switches, at) for person, pupil in pupils.items()}
    wanted = [
        person for person, decisions in shut.items() if any(decision.rule not in _AGELESS or decision.announces for decision in decisions)
    ]
    identities = await open_identities(uow, wanted)
    judged = []
    for person, pupil in pupils.items():
        identity = identities.get(person)
        if identity is None:
            judged.append(Judged(person, pupil, None, shut[person]))
        else:
            known = replace(pupil, birth=identity.birth_date)
            judged.append(Judged(person, known, identity, decide(known, heard, switches, at)))
    return judged


def _follow(one: Judged, before: Case | None, decision: CaseDecision) -> tuple[Change, Announcement | None]:
    """The case after a decision, and what registration is to hear; of whom nothing opens any more it hears nothing."""
    announced = before is not None and before.kept.announced
    version = before.version if before is not None else 0
    case_id = before.case_id if before is not None else uuid7()
    told: Announcement | None = None
    if decision.announces and (decision.changed or not announced) and one.identity is not None:
        told = Announcement(one.person_id, case_id, version + 1, decision, one.identity)
    elif announced and takes_back(decision):
        told = Announcement(one.person_id, case_id, version + 1, decision, None)
    if told is not None:
        announced, version = told.identity is not None, told.version
    return Change(one.person_id, case_id, version, announced, decision, explained=decision.changed or before is None), told


def _differs(change: Change, before: Case | None) -> bool:
    decision = change.decision
    if before is None or change.explained or change.version != before.version:
        return True
    now = (decision.next_check_at, decision.waits_for, decision.asked_at, decision.complete_at, decision.effective_on)
    return now != (before.next_check_at, before.waits_for, before.kept.asked_at, before.kept.complete_at, before.kept.effective_on)


def _set_timer(uow: UnitOfWork, change: Change, before: Case | None, *, fired: bool) -> None:
    """Look again when the answer may change by itself; a timer that just fired is gone, so it is set anew."""
    due = change.decision.next_check_at
    if due is None:
        if before is not None and before.next_check_at is not None:
            uow.cancel("lookAgain", [change.case_id])
    elif fired or before is None or before.next_check_at != due:
        uow.schedule([Timer("lookAgain", str(change.case_id), change.person_id, due)])
