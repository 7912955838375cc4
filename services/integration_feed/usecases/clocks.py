"""What happens when a clock of an obligation runs out: a reminder is due, a term ends."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.intake import outcomes
from chassis.timers import Due
from chassis.uow import UnitOfWork
from contracts.codes import Purpose, TermState
from contracts.identifiers import PersonId
from contracts.integration import ObligationOverdue, ReminderDue
from services.integration_feed.domain.obligations import Held, KeptTerm, Obligation, State, hold, overdue, told_overdue_on
from services.integration_feed.store import obligations, people, sources
from services.integration_feed.store.obligations import Standing
from services.integration_feed.usecases import schedule
from services.integration_feed.usecases.announce import terms
from services.integration_feed.usecases.identity import open_identities
from services.integration_feed.usecases.tell_agencies import outcomes_of
from vault.client import Vault
from vault.values import DataClass

# The steps after a move into Flanders that led to no registration: reminders, then a person (`decisions.md` 4).
_AFTER_MOVE = Held(for_a_person=True, rule="N5", reasons=("lateByMove",))


async def run_out(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Do what is due of each obligation, one thing after the other, and let its later clocks run on."""
    lanes: list[list[Due]] = []
    for item in due:
        running = schedule.carried(item.payload)
        first = [clock for clock in running if clock.on == running[0].on]
        schedule.run(uow, item.person_id, _obligation_id(item), running[len(first) :])
        lanes.append([Due(clock.kind, f"{item.subject}:{clock.row}", item.person_id, item.due_at, _told(clock)) for clock in first])
    while lanes:
        now = [lane.pop(0) for lane in lanes]
        await remind(uow, [one for one in now if one.kind == schedule.REMINDER])
        await end_terms(uow, [one for one in now if one.kind == schedule.TERM_END])
        lanes = [lane for lane in lanes if lane]


def _told(clock: schedule.Clock) -> Mapping[str, object]:
    return {"purpose" if clock.kind == schedule.REMINDER else "ruleId": clock.row}


async def remind(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Ask for a reminder of each obligation that still stands open; from then on the person knows its dates."""
    found = await _open(uow, due)
    records = await people.known(uow, list({standing.person_id for standing in found.values()}))
    identities = await open_identities(uow, records)
    standing = [(item, found[_obligation_id(item)]) for item in due if _obligation_id(item) in found]
    named = [(item, one.person_id, one.kept) for item, one in standing]
    told = [(item, person, _reminded(kept, item)) for item, person, kept in named if person in identities]
    boxes = await uow.resource(Vault).seal([(person, DataClass.NOTICE, identities[person]) for _, person, _ in told])
    await obligations.save(uow, [(person, kept) for _, person, kept in told])
    uow.publish(
        ReminderDue(
            person_id=person,
            obligation_id=kept.obligation_id,
            contract_id=kept.contract_id,
            agency=kept.agency,
            version=kept.version,
            effective_on=local_date(item.due_at),
            purpose=_purpose(item),
            terms=terms(kept),
            person=box,
        )
        for (item, person, kept), box in zip(told, boxes, strict=True)
    )


async def _open(uow: UnitOfWork, due: Sequence[Due]) -> Mapping[UUID, Standing]:
    found = await obligations.by_id(uow, [_obligation_id(item) for item in due])
    return {obligation_id: standing for obligation_id, standing in found.items() if standing.kept.state is State.OPEN}


def _reminded(kept: Obligation, item: Due) -> Obligation:
    return replace(kept, reminded=(*kept.reminded, _purpose(item)), version=kept.version + 1)


def _purpose(item: Due) -> Purpose:
    return Purpose(str(item.payload["purpose"]))


async def end_terms(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Tell which terms passed without a registration; one that is held is told of when it is let go."""
    found = await _open(uow, due)
    for item in due:
        if (standing := found.get(_obligation_id(item))) is None:
            continue
        person, kept = standing.person_id, standing.kept
        term = next((term for term in kept.terms if term.rule_id == item.payload["ruleId"] and term.state is TermState.RUNNING), None)
        after = await _ended(uow, kept, term, local_date(item.due_at)) if term is not None else kept
        if term is None or after == kept:
            continue
        await obligations.save(uow, [(person, after)])
        if after.state is State.HELD:
            schedule.follow(uow, person, kept, after, local_date(item.due_at))
        elif after.version > kept.version and term.statutory:
            uow.publish([_overdue(person, after, term.rule_id, item)])
        episode = standing.episode_of(kept)
        await outcomes.record(uow, outcomes_of(person, after, episode.contracts) if episode is not None else ())


async def _ended(uow: UnitOfWork, kept: Obligation, term: KeptTerm, day: date) -> Obligation:
    """The obligation after the end of this term; nobody is overdue before VDAB's register is complete up to the last day."""
    told_on = told_overdue_on(kept, term.due_on)
    if told_on is None:
        return hold(kept, _AFTER_MOVE, day)
    if not await sources.covers(uow, sources.VDAB_REGISTER, term.due_on):
        return replace(kept, overdue_waits=True)
    return overdue(kept, term.rule_id, local_midnight(term.due_on + timedelta(days=1)))


def _overdue(person: PersonId, after: Obligation, rule_id: str, item: Due) -> ObligationOverdue:
    term = next(term for term in terms(after) if term.rule_id == rule_id)
    return ObligationOverdue(
        person_id=person,
        obligation_id=after.obligation_id,
        contract_id=after.contract_id,
        agency=after.agency,
        version=after.version,
        effective_on=local_date(item.due_at),
        term=term,
        overdue_since=term.due_at,
    )


def _obligation_id(item: Due) -> UUID:
    return UUID(item.subject.partition(":")[0])
