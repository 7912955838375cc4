"""Decides about newcomers from everything known now, keeps the decision, and announces what follows from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.uow import UnitOfWork
from contracts.codes import NewcomerOutcome
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.integration_feed.domain.contracts import Episode
from services.integration_feed.domain.moves import begins_anew, move, seen_after
from services.integration_feed.domain.newcomers import Ended, NewcomerCase
from services.integration_feed.domain.obligations import OWED, Obligation, State
from services.integration_feed.domain.rules import RULE_SET, Decision, decide
from services.integration_feed.store import forgetting, obligations, sources
from services.integration_feed.store.people import KnownPerson, known
from services.integration_feed.usecases import announce
from services.integration_feed.usecases.announce import Move
from services.integration_feed.usecases.identity import open_identities


@dataclass(frozen=True, slots=True)
class Known:
    """One person with all that is kept of them."""

    person_id: PersonId
    record: KnownPerson
    identity: PersonFacts | None


async def decide_newcomers(
    uow: UnitOfWork, people: Iterable[PersonId], on: date | None = None, *, reported: Collection[PersonId] = frozenset()
) -> None:
    """Run the rules over each person's contracts as of `on` (today when not given), and let the obligation follow.

    Someone whose contract is reported now is followed again after an erasure, under new keys.
    """
    claimed = list(dict.fromkeys(uow.claim(people).values()))
    day = on or local_date(uow.now)
    records = await _returned(uow, await known(uow, claimed), reported)
    identities = await open_identities(uow, {person: record for person, record in records.items() if record.present is not None})
    certain = await _certain(uow, records, day)

    moves: list[Move] = []
    for person in claimed:
        one = Known(person, records[person], identities.get(person))
        moves += _strays(one, day)
        if one.record.present is not None:
            moves.append(_present(one, one.record.present, day, certain=certain))

    await obligations.save(uow, [(moved.person_id, moved.after) for moved in moves if moved.after != moved.before])
    await announce.moves(uow, moves, day)


async def _returned(
    uow: UnitOfWork, records: Mapping[PersonId, KnownPerson], reported: Collection[PersonId]
) -> Mapping[PersonId, KnownPerson]:
    back = {person: replace(records[person], ended=None) for person in reported if records[person].ended is Ended.ERASED}
    if back:
        await forgetting.returned(uow, list(back))
    return {**records, **back}


async def _certain(uow: UnitOfWork, records: Mapping[PersonId, KnownPerson], day: date) -> bool:
    """Whether someone without a known residence has none; asked only when there is such a one."""
    homeless = any(record.place is None for record in records.values() if record.present is not None)
    return homeless and await sources.covers(uow, sources.POPULATION_REGISTER, day)


def _strays(one: Known, day: date) -> Iterator[Move]:
    """Close what rests on contracts that are no longer the present ones: stopped before a new one, or of somebody else after all."""
    for before in one.record.kept:
        episode = one.record.episode_of(before.contract_id)
        if episode is None:
            reason = Ended.CONTRACT_DELETED
        elif episode is not one.record.present:
            reason = episode.ended or Ended.CONTRACT_STOPPED
        else:
            continue
        decision = Decision(NewcomerOutcome.CLOSED, "N2", (reason.value,), before.anchor_on)
        if before.state in (*OWED, State.NONE) or (before.state is State.MET and reason is Ended.CONTRACT_DELETED):
            after, step = move(before, decision, day)
            yield Move(one.person_id, one.record, one.identity, before, after, step, decision, episode)


def _present(one: Known, episode: Episode, day: date, *, certain: bool) -> Move:
    """Decide the present contracts; after an obligation that ended, a new one begins when something may be owed again."""
    before = next((kept for kept in reversed(one.record.kept) if kept.gave_way_to is None and episode.holds(kept.contract_id)), None)
    decision = seen_after(before, decide(newcomer_case(one, episode, certain=certain), day))
    if before is None or begins_anew(before, decision):
        before = _fresh(episode, decision, day)
    after, step = move(_led_by(before, episode), decision, day, one.record.participation)
    return Move(one.person_id, one.record, one.identity, before, after, step, decision, episode)


def newcomer_case(one: Known, episode: Episode, *, certain: bool) -> NewcomerCase:
    """What the rules look at, from what the tables hold."""
    return NewcomerCase(
        case_id=episode.lead.contract_id,
        signed_on=episode.signed_on,
        ended=one.record.ended or episode.ended,
        unknown_person=one.record.unknown,
        participation=one.record.participation,
        birth=one.identity.birth_date if one.identity is not None else None,
        place=one.record.place,
        residence_certain=certain,
        agency=episode.lead.agency,
        dates_differ=episode.dates_differ,
        moved=one.record.moved,
    )


def _fresh(episode: Episode, decision: Decision, day: date) -> Obligation:
    return Obligation(
        obligation_id=uuid7(),
        contract_id=episode.lead.contract_id,
        organisation=episode.lead.organisation,
        reference=episode.lead.reference,
        agency=episode.lead.agency,
        state=State.NONE,
        outcome=NewcomerOutcome.FOLLOWED,
        rule=decision.rule,
        rule_set=RULE_SET,
        reasons=(),
        anchor_on=None,
        effective_on=day,
        received_on=day,
    )


def _led_by(obligation: Obligation, episode: Episode) -> Obligation:
    """A transfer between agencies keeps the obligation and its anchor; only who follows it changes."""
    lead = episode.lead
    if (obligation.contract_id, obligation.organisation, obligation.reference, obligation.agency) == (
        lead.contract_id,
        lead.organisation,
        lead.reference,
        lead.agency,
    ):
        return obligation
    return replace(obligation, contract_id=lead.contract_id, organisation=lead.organisation, reference=lead.reference, agency=lead.agency)
