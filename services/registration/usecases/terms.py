"""Lets the terms of registrations follow what becomes of them: opened, paused, met, closed, each move told once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.ids import uuid7
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Cause, Reason, RegistrationState
from contracts.identifiers import PersonId
from contracts.registers import TermDue, TermMet, TermOpened, TermOverdue, TermRevised
from contracts.registry import Event
from services.registration.domain.assessments import Assessment, met_on, needless, within
from services.registration.domain.terms import (
    KeptTerm,
    Phase,
    Said,
    Situation,
    Standing,
    TermKind,
    moved,
    rules_on,
    said,
    told_due_on,
    told_overdue_on,
)
from services.registration.store import assessments, leaver_cases, ledger, registrations, terms
from services.registration.store.registrations import Registration

DUE, OVERDUE, ASSESSED = "termDue", "termOverdue", "assessmentDay"
_OF_JOBSEEKERS = (TermKind.SCREENING, TermKind.AGREEMENTS)
_HELD = frozenset({RegistrationState.REVIEW, RegistrationState.WAITING})
# Linked, declined, waiting: no term runs from such a registration, except that who is held hears of it.
_PHASES = {
    RegistrationState.REGISTERED: Phase.RUNS,
    RegistrationState.REVISED: Phase.PAUSES,
    RegistrationState.CONTESTED: Phase.PAUSES,
}


@dataclass(frozen=True, slots=True)
class Move:
    """How a term stands after something happened, numbered, and the events that tell it."""

    before: KeptTerm | None  # None: it begins
    after: KeptTerm
    events: tuple[Event, ...]


async def follow(uow: UnitOfWork, changed: Sequence[Registration]) -> None:
    """Let the terms of these registrations stand as their registrations, and what was said of their people, now ask."""
    if changed:
        made = await moves(uow, changed, changed, await assessments.of_people(uow, list({item.person_id for item in changed})))
        await ledger.keep(uow, moved=[move.after for move in made])
        tell(uow, made)


async def moves(
    uow: UnitOfWork, changed: Sequence[Registration], older: Sequence[Registration], told: Mapping[PersonId, Sequence[Assessment]]
) -> list[Move]:
    """What these registrations, and what was `told` of their people, do to their terms; whoever asks keeps it, and then tells it.

    `older` are those of them that may have terms already.
    """
    today = local_date(uow.now)
    gave_way = {item.registration_id: item.gave_way_to for item in changed if item.gave_way_to is not None}
    kept = await terms.of_registrations(uow, [item.registration_id for item in older]) if older else {}
    opened = await _opened(uow, changed, kept, today)
    made = []
    for item in changed:
        for before in (*kept.get(item.registration_id, ()), *opened.get(item.registration_id, ())):
            now = _situation(before, item, told[item.person_id], today)
            if gave_way:
                latest = _latest(before, [kept[other] for other, first in gave_way.items() if first == item.registration_id])
                now = replace(now, due_on=latest)
            made.append(_move(None if before.version == 0 else before, moved(before, now, today), now.phase))
    return [move for move in made if move is not None]


async def settle_people(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """Let the terms of these people stand as what was said of them now asks."""
    if people:
        await follow(uow, await registrations.of_people(uow, list(dict.fromkeys(people))))


async def informed(uow: UnitOfWork, kept: KeptTerm, approved_by: str) -> KeptTerm:
    """The letter that informs who is held was approved today."""
    after = moved(kept, Situation(Phase.RUNS, met_on=local_date(uow.now)), local_date(uow.now))
    move = _move(kept, replace(after, approved_by=approved_by), Phase.RUNS)
    assert move is not None
    await ledger.keep(uow, moved=[move.after])
    tell(uow, [move])
    return move.after


async def _opened(
    uow: UnitOfWork, changed: Sequence[Registration], kept: Mapping[UUID, Sequence[KeptTerm]], today: date
) -> Mapping[UUID, Sequence[KeptTerm]]:
    """The terms that begin with these changes."""
    there = {(item.registration_id, term.kind) for item in changed for term in kept.get(item.registration_id, ())}
    wanted = [(item, kind) for item in changed for kind in _kinds(item) if (item.registration_id, kind) not in there]
    informing = [item.case_id for item, kind in wanted if kind is TermKind.INFORMATION]
    received = await leaver_cases.received_on(uow, informing) if informing else {}
    opened: dict[UUID, list[KeptTerm]] = {}
    for item, kind in wanted:
        anchor = item.effective_on if kind is not TermKind.INFORMATION else received.get(item.case_id) or today
        opened.setdefault(item.registration_id, []).extend(
            KeptTerm(uuid7(), item.registration_id, item.person_id, rule.id, kind, anchor, rule.due_on(anchor), today)
            for rule in rules_on(anchor, (kind,))
        )
    return opened


def _kinds(item: Registration) -> tuple[TermKind, ...]:
    if item.state is RegistrationState.REGISTERED:
        return _OF_JOBSEEKERS
    return (TermKind.INFORMATION,) if item.cause is Cause.LEAVER and item.state in _HELD else ()


def _situation(kept: KeptTerm, item: Registration, told: Sequence[Assessment], today: date) -> Situation:
    if kept.kind is TermKind.INFORMATION:
        return _informed(kept, item, today)
    phase = _PHASES.get(item.state, Phase.ENDS)
    if item.state is RegistrationState.WITHDRAWN:
        return Situation(phase)
    counted = within(told, kept.anchor_on, min(today, item.ended_on or today))
    return Situation(phase, met_on(kept.kind, counted), needless(kept.kind, counted))


def _informed(kept: KeptTerm, item: Registration, today: date) -> Situation:
    """Whoever is registered learns it from that letter; who is declined or linked is followed no further."""
    first = today if item.state is RegistrationState.REGISTERED and kept.state is not Standing.CLOSED else None
    if item.state not in _HELD:
        return Situation(Phase.ENDS, kept.met_on or first)
    return Situation(Phase.PAUSES if Reason.OBJECTION in item.reasons else Phase.RUNS, kept.met_on)


def _latest(kept: KeptTerm, gave_way: Sequence[Sequence[KeptTerm]]) -> date | None:
    """The last day that a person was given anywhere, where two registrations of theirs became one."""
    return max((term.due_on for group in gave_way for term in group if term.kind is kept.kind), default=None)


def _move(before: KeptTerm | None, after: KeptTerm, phase: Phase) -> Move | None:
    if after == before:
        return None
    told = said(before, after, phase)
    events = tuple(event(one, after, after.version + number) for number, one in enumerate(told, start=1))
    return Move(before, replace(after, version=after.version + len(told)) if told else after, events)


def tell(uow: UnitOfWork, made: Sequence[Move]) -> None:
    """Announce these moves, and see to the day on which each term is next to be looked at."""
    for move in made:
        if move.before is not None:
            uow.cancel(DUE, [move.after.term_id])
            uow.cancel(OVERDUE, [move.after.term_id])
    uow.schedule(next_timer(move.after) for move in made if move.after.state is Standing.RUNNING)
    uow.publish(event for move in made for event in move.events)


def next_timer(kept: KeptTerm) -> Timer:
    """The next day on which something is told of a running term: its last day, and once that has begun, that it passed."""
    told_on = told_due_on(kept)
    if told_on is not None:
        return Timer(DUE, str(kept.term_id), kept.person_id, local_midnight(told_on))
    return Timer(OVERDUE, str(kept.term_id), kept.person_id, local_midnight(told_overdue_on(kept)))


def _about(kept: KeptTerm, version: int) -> Mapping[str, object]:
    """What every event about a term says of it."""
    return {
        "person_id": kept.person_id,
        "term_id": kept.term_id,
        "registration_id": kept.registration_id,
        "rule_id": kept.rule_id,
        "anchor_on": kept.anchor_on,
        "due_on": kept.due_on,
        "due_at": local_midnight(kept.due_on + timedelta(days=1)),
        "version": version,
    }


def event(one: Said, kept: KeptTerm, version: int) -> Event:
    """What the hub hears of one move, under the number that it has among the events of its term."""
    match one.what:
        case "opened":
            return TermOpened.model_validate(_about(kept, version))
        case "met":
            return TermMet.model_validate({**_about(kept, version), "met_on": kept.met_on})
        case "due":
            return TermDue.model_validate(_about(kept, version))
        case "overdue":
            return TermOverdue.model_validate(_about(kept, version))
        case _:
            return TermRevised.model_validate({**_about(kept, version), "reasons": one.reasons})
