"""Decides about newcomers from everything known now, keeps the decision, and announces what follows from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.uow import UnitOfWork
from contracts.codes import NewcomerOutcome
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.integration_feed.domain.age import Birth
from services.integration_feed.domain.newcomers import NewcomerCase
from services.integration_feed.domain.obligations import Obligation, State, move
from services.integration_feed.domain.rules import RULE_SET, Decision, decide
from services.integration_feed.store import obligations, sources
from services.integration_feed.store.people import Contract, KnownPerson, known
from services.integration_feed.usecases import announce
from vault.client import Vault
from vault.values import Erased, Purpose

DECIDING = Purpose("newcomerDecision")


async def decide_newcomers(uow: UnitOfWork, people: Sequence[PersonId], on: date | None = None) -> None:
    """Run the rules over each person's leading contract as of `on` (today when not given), and let the obligation follow."""
    claimed = list(dict.fromkeys(uow.claim(people).values()))
    day = on or local_date(uow.now)
    records = await known(uow, claimed)
    living = await obligations.living(uow, claimed)
    decided = await obligations.decided_contracts(uow, [person for person in claimed if person not in living])
    identities = await open_identities(uow, records)
    certain = await sources.covers(uow, "populationRegister", day)

    moves: list[announce.Move] = []
    for person in claimed:
        contract = leading(records[person].contracts, living.get(person), decided)
        if contract is None:
            continue
        case = newcomer_case(contract, records[person], identities.get(person), residence_certain=certain)
        decision = decide(case, day)
        before = living.get(person) or _fresh(contract, decision, day)
        after, step = move(_led_by(before, contract), decision, day)
        moves.append(announce.Move(person, records[person], identities.get(person), before, after, step, decision))

    # Also one that nothing was decided about, when another agency follows the person now.
    await obligations.save(uow, [(moved.person_id, moved.after) for moved in moves if moved.after != moved.before])
    await announce.moves(uow, moves)


async def open_identities(uow: UnitOfWork, records: Mapping[PersonId, KnownPerson]) -> Mapping[PersonId, PersonFacts]:
    """The identity of each person who has one that is not erased; one opening for all."""
    sealed = [(person, record.identity) for person, record in records.items() if record.identity is not None]
    opened = await uow.resource(Vault).open([box for _, box in sealed], PersonFacts, DECIDING)
    return {person: facts for (person, _), facts in zip(sealed, opened, strict=True) if not isinstance(facts, Erased)}


def leading(contracts: Sequence[Contract], living: Obligation | None, decided: Collection[UUID] = ()) -> Contract | None:
    """The contract the obligation rests on: the earliest signed of those still running, else the one it rested on already.

    One that had ended when it arrived is decided, too, once: `decided` are those on which an obligation rested before.
    """
    running = [contract for contract in contracts if contract.ended is None]
    if running:
        return running[0]
    if living is None:
        return next((contract for contract in contracts if contract.contract_id not in decided), None)
    return next((contract for contract in contracts if contract.contract_id == living.contract_id), contracts[-1] if contracts else None)


def newcomer_case(contract: Contract, record: KnownPerson, identity: PersonFacts | None, *, residence_certain: bool) -> NewcomerCase:
    """What the rules look at, from what the tables hold."""
    born = identity.birth_date if identity is not None else None
    return NewcomerCase(
        case_id=contract.contract_id,
        signed_on=contract.signed_on,
        ended=record.ended or contract.ended,
        unknown_person=record.unknown,
        participation=record.participation,
        birth=Birth(born.earliest, born.latest) if born is not None else None,
        place=record.place,
        residence_certain=residence_certain,
    )


def _fresh(contract: Contract, decision: Decision, day: date) -> Obligation:
    return Obligation(
        obligation_id=uuid7(),
        contract_id=contract.contract_id,
        organisation=contract.organisation,
        reference=contract.reference,
        agency=contract.agency,
        state=State.NONE,
        outcome=NewcomerOutcome.FOLLOWED,
        rule=decision.rule,
        rule_set=RULE_SET,
        reasons=(),
        anchor_on=None,
        effective_on=day,
        received_on=contract.received_on,
    )


def _led_by(obligation: Obligation, contract: Contract) -> Obligation:
    """A transfer between agencies keeps the obligation and its anchor; only who follows it changes."""
    return replace(
        obligation,
        contract_id=contract.contract_id,
        organisation=contract.organisation,
        reference=contract.reference,
        agency=contract.agency,
    )
