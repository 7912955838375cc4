"""What happens when a clock of an obligation runs out: a reminder, the end of a term, another look."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.clock import local_date, local_midnight
from chassis.timer_store import Timer
from chassis.timers import Due
from chassis.uow import UnitOfWork
from contracts.codes import Purpose, TermState
from contracts.identifiers import PersonId
from contracts.integration import ObligationOverdue, ReminderDue
from services.integration_feed.domain.obligations import KeptTerm, Obligation, State, overdue, told_overdue_on
from services.integration_feed.store import obligations, people, sources
from services.integration_feed.usecases.announce import terms
from services.integration_feed.usecases.decide import open_identities
from vault.client import Vault
from vault.values import DataClass

# How long until we look again whether VDAB's register is complete, or a person has looked; overdue is a matter of days, and the sandbox
# clock steps over every look.
_RETRY = timedelta(days=1)


async def remind(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Ask for a reminder of each obligation that still stands open."""
    found = await obligations.by_id(uow, [_obligation_id(item) for item in due])
    open_ones = [
        (item, *found[_obligation_id(item)])
        for item in due
        if _obligation_id(item) in found and found[_obligation_id(item)][1].state is State.OPEN
    ]
    records = await people.known(uow, [person for _, person, _ in open_ones])
    identities = await open_identities(uow, records)
    named = [(item, person, kept) for item, person, kept in open_ones if person in identities]
    facts = [identities[person].model_copy(update={"contact_language": records[person].contact_language}) for _, person, _ in named]
    boxes = await uow.resource(Vault).seal([(person, DataClass.NOTICE, fact) for (_, person, _), fact in zip(named, facts, strict=True)])
    uow.publish(
        ReminderDue(
            person_id=person,
            obligation_id=kept.obligation_id,
            contract_id=kept.contract_id,
            agency=kept.agency,
            version=kept.version,
            effective_on=local_date(item.due_at),
            purpose=Purpose(str(item.payload["purpose"])),
            terms=terms(kept),
            person=box,
        )
        for (item, person, kept), box in zip(named, boxes, strict=True)
    )


async def end_terms(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Tell which terms passed without a registration; nobody is overdue before VDAB's register is complete up to the last day."""
    found = await obligations.by_id(uow, [_obligation_id(item) for item in due])
    for item in due:
        person, kept = found.get(_obligation_id(item), (None, None))
        if person is None or kept is None or kept.state not in (State.OPEN, State.HELD):
            continue
        term = next((term for term in kept.terms if term.rule_id == item.payload["ruleId"] and term.state is TermState.RUNNING), None)
        if term is not None:
            await _end(uow, item, person, kept, term)


async def _end(uow: UnitOfWork, item: Due, person: PersonId, kept: Obligation, term: KeptTerm) -> None:
    later = local_midnight(told_overdue_on(kept, term.due_on))
    if later > item.due_at:
        uow.schedule([Timer(item.kind, item.subject, person, later, item.payload)])
        return
    if kept.state is State.HELD or not await sources.covers(uow, "vdabRegister", term.due_on):
        uow.schedule([Timer(item.kind, item.subject, person, uow.now + _RETRY, item.payload)])
        return
    since = local_midnight(term.due_on + timedelta(days=1))
    after = overdue(kept, term.rule_id, since)
    await obligations.save(uow, [(person, after)])
    if term.statutory:
        uow.publish([_overdue(person, after, term.rule_id, item)])


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
