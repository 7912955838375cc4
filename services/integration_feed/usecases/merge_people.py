"""Two people turned out to be one: their contracts are pooled, the older obligation goes on, the other one ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chassis.clock import local_date
from chassis.merging import Merged, mark
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.integration import ObligationClosed
from services.integration_feed.domain.obligations import Answer, Obligation, State, elder, give_way, meet
from services.integration_feed.store import identities, obligations
from services.integration_feed.store.people import KnownPerson, known
from services.integration_feed.store.tables import contract, newcomer, obligation, participant
from services.integration_feed.usecases import schedule
from services.integration_feed.usecases.announce import met
from services.integration_feed.usecases.decide import decide_newcomers


@dataclass(frozen=True, slots=True)
class _Pooled:
    """An obligation before and after it met the other ones of the same person."""

    person_id: PersonId
    before: Obligation
    after: Obligation


async def merge_people(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let each survivor have everything; registrations that one id has, the other does not owe any more."""
    await mark(uow, merged, (contract, participant, newcomer, obligation))
    await identities.merge(uow, merged)
    people = [one.survivor for one in merged]
    records = await known(uow, people)
    day = local_date(uow.now)
    pooled = [move for person in people for move in _pool(person, records[person], day)]
    await obligations.save(uow, [(move.person_id, move.after) for move in pooled])
    for move in pooled:
        schedule.follow(uow, move.person_id, move.before, move.after, day)
    uow.publish(_closed(move) for move in pooled if move.after.gave_way_to is not None and move.before.state is not State.NONE)
    uow.publish(met(move.person_id, move.after) for move in pooled if move.after.state is State.MET)
    await decide_newcomers(uow, people)


def _pool(person: PersonId, record: KnownPerson, day: date) -> Iterator[_Pooled]:
    """Of the obligations that rest on the same contracts now, all but the eldest give way to it."""
    for episode in record.episodes:
        standing = [one for one in record.kept if one.state is not State.CLOSED and episode.holds(one.contract_id)]
        if len(standing) > 1:
            first = elder(standing)
            others = [one for one in standing if one is not first]
            yield from (_Pooled(person, other, give_way(other, first, day)) for other in others)
            if (after := _answered(first, others)) is not first:
                yield _Pooled(person, first, after)


def _answered(first: Obligation, others: Sequence[Obligation]) -> Obligation:
    """Met when one of the others was: the person is registered, under whichever number."""
    if first.state is State.MET:
        return first
    for other in sorted(others, key=lambda one: one.registered_on or date.max):
        if other.state is State.MET and other.registered_on is not None and other.registration_id is not None:
            return meet(first, Answer(other.registered_on, other.registration_id, other.rule, other.rule_set, other.reasons))
    return first


def _closed(move: _Pooled) -> ObligationClosed:
    after = move.after
    return ObligationClosed(
        person_id=move.person_id,
        obligation_id=after.obligation_id,
        contract_id=after.contract_id,
        agency=after.agency,
        version=after.version,
        effective_on=after.effective_on,
        outcome=after.outcome,
        rule_id=after.rule,
        reasons=after.reasons,
        overdue_withdrawn=any(term.overdue_since for term in move.before.terms),
    )
