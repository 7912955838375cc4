"""What an objection does to a registration that stands: contested while it is pending, then as it was, or ended."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.clock import local_date
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Cause, LeaverOutcome, NewcomerOutcome, Reason, RegistrationState
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.registration import RegistrationContested, RegistrationEnded, RegistrationRevised, RegistrationWithdrawn
from contracts.registry import Event
from services.registration.domain.cases import Decision
from services.registration.store import leaver_cases, ledger, newcomer_cases, objections, people, registrations
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, terms
from services.registration.usecases.answer import Announced, Answer
from vault.client import Vault
from vault.values import Erased

_RULE = "S17"
# What can be contested; one that is contested already stays so, for both objections.
_CONTESTABLE = (RegistrationState.REGISTERED, RegistrationState.REVISED)


async def contest(uow: UnitOfWork, person: PersonId, objection_id: UUID) -> None:
    """Let what stands for this person be contested: what was not yet said of it stays unsaid, terms pause."""
    before = [item for item in await registrations.of_people(uow, [person]) if item.state in _CONTESTABLE]
    await objections.contest(uow, before)
    after = [_after(uow, item, RegistrationState.CONTESTED, (Reason.OBJECTION,)) for item in before]
    await _keep(uow, after)
    uow.publish(RegistrationContested.model_validate(announce.said(item) | {"objection_id": objection_id}) for item in after)


async def give_back(uow: UnitOfWork, person: PersonId) -> None:
    """The last objection was rejected: every registration is what it was, and who was never told of it is told now."""
    contested = await _contested(uow, person)
    was = await objections.uncontest(uow, [item.registration_id for item in contested])
    after = [_as_before(uow, item, was[item.registration_id]) for item in contested]
    await _keep(uow, after)
    told = await _answers(uow, person, [item for item in after if item.state is RegistrationState.REGISTERED])
    await announce.answers(uow, list(told.values()))
    uow.publish(RegistrationRevised.model_validate(announce.said(item)) for item in after if item.registration_id not in told)


async def end(uow: UnitOfWork, person: PersonId, state: RegistrationState) -> None:
    """An objection was upheld: the registration ended today, or is withdrawn because it never should have been."""
    contested = await _contested(uow, person)
    await objections.uncontest(uow, [item.registration_id for item in contested])
    today = local_date(uow.now)
    after = [replace(_after(uow, item, state, (Reason.OBJECTION,)), ended_on=today) for item in contested]
    await _keep(uow, after)
    uow.publish(_ended(item) for item in after)


async def _contested(uow: UnitOfWork, person: PersonId) -> list[Registration]:
    return [item for item in await registrations.of_people(uow, [person]) if item.state is RegistrationState.CONTESTED]


async def _keep(uow: UnitOfWork, after: Sequence[Registration]) -> None:
    await ledger.keep(uow, after)
    await terms.follow(uow, after)


def _after(uow: UnitOfWork, before: Registration, state: RegistrationState, reasons: tuple[str, ...]) -> Registration:
    """A registration moved by an objection; its day stays the day from which it held."""
    outcome = "review" if state is RegistrationState.CONTESTED else "suppressed"
    return replace(
        before, state=state, outcome=outcome, rule=_RULE, reasons=reasons, recorded_at=uow.recorded_at, version=before.version + 1
    )


def _as_before(uow: UnitOfWork, item: Registration, was: Row) -> Registration:
    return replace(
        item,
        state=RegistrationState(was.state),
        outcome=was.outcome,
        rule=was.rule,
        reasons=(*was.reasons, Reason.OBJECTION_REJECTED),
        recorded_at=uow.recorded_at,
        version=item.version + 1,
    )


async def _answers(uow: UnitOfWork, person: PersonId, registered: Sequence[Registration]) -> Mapping[UUID, Answer]:
    """Each registration as an answer to its case again; one whose person was erased, or whose case is gone, is left out.

    Notifications writes one letter per person, purpose and period: who had theirs gets no second one.
    """
    cases = await _cases(uow, registered)
    named = await uow.resource(Vault).open([case.person for case in cases.values()], PersonFacts, announce.ADDRESSING)
    known = {case_id: facts for case_id, facts in zip(cases, named, strict=True) if not isinstance(facts, Erased)}
    register = (await people.persons(uow, [person]))[person]
    return {
        item.registration_id: Answer(cases[item.case_id], register, known[item.case_id], _decision(item), None, item)
        for item in registered
        if item.case_id in known
    }


async def _cases(uow: UnitOfWork, registered: Sequence[Registration]) -> dict[UUID, Announced]:
    leaves = [item.case_id for item in registered if item.cause is Cause.LEAVER]
    owed = [item.case_id for item in registered if item.cause is Cause.NEWCOMER]
    found: dict[UUID, Announced] = {}
    found.update(await leaver_cases.by_id(uow, leaves) if leaves else {})
    found.update(await newcomer_cases.by_id(uow, owed) if owed else {})
    return found


def _decision(item: Registration) -> Decision:
    outcome = LeaverOutcome(item.outcome) if item.cause is Cause.LEAVER else NewcomerOutcome(item.outcome)
    return Decision(outcome=outcome, rule=item.rule, reasons=item.reasons, state=item.state, category=item.category)


def _ended(item: Registration) -> Event:
    if item.state is RegistrationState.WITHDRAWN:
        return RegistrationWithdrawn.model_validate(announce.said(item))
    return RegistrationEnded.model_validate(announce.said(item) | {"ended_on": item.ended_on})
