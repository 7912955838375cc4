"""What the rest of the hub and the agency hear when an obligation moves: events, timers, outcomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from chassis.clock import local_midnight
from chassis.intake import outcomes
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Duty, TermState
from contracts.identifiers import PersonId
from contracts.integration import ObligationChanged, ObligationClosed, ObligationMet, ObligationOpened, StudyPeriod, Term
from contracts.people import Fact, FeedDecision, PersonFacts
from contracts.registry import Event
from contracts.sealed import Sealed
from services.integration_feed.domain.contracts import Episode
from services.integration_feed.domain.moves import Step
from services.integration_feed.domain.obligations import Obligation, State
from services.integration_feed.domain.rules import Decision
from services.integration_feed.store.people import KnownPerson
from services.integration_feed.usecases import schedule
from services.integration_feed.usecases.tell_agencies import outcomes_of
from vault.client import Vault
from vault.values import DataClass

_DUTIES: Mapping[str, Duty] = {duty.value: duty for duty in Duty}


@dataclass(frozen=True, slots=True)
class Move:
    """One obligation before and after a decision about the contracts it rests on; None when they became somebody else's."""

    person_id: PersonId
    record: KnownPerson
    identity: PersonFacts | None
    before: Obligation
    after: Obligation
    step: Step
    decision: Decision
    episode: Episode | None


async def moves(uow: UnitOfWork, moved: Sequence[Move], day: date) -> None:
    """Tell everyone concerned; one sealing for all."""
    told = [(move, move.identity) for move in moved if move.step in (Step.OPENED, Step.CHANGED) and move.identity is not None]
    sealed = await uow.resource(Vault).seal(
        [(move.person_id, DataClass.DOSSIER, facts) for move, facts in told]
        + [(move.person_id, DataClass.DOSSIER, feed_decision(move)) for move, _ in told]
    )
    uow.publish(_state_event(move, sealed[index], sealed[len(told) + index]) for index, (move, _) in enumerate(told))
    uow.publish(_closed(move) for move in moved if move.step is Step.CLOSED)
    for move in moved:
        if move.step is not Step.SAME:
            schedule.follow(uow, move.person_id, move.before, move.after, day)
    _look_again(uow, moved, day)
    told_of = [(move, move.episode) for move in moved if move.episode is not None]
    await outcomes.record(uow, [told for move, episode in told_of for told in outcomes_of(move.person_id, move.after, episode.contracts)])


def terms(obligation: Obligation) -> tuple[Term, ...]:
    """The terms as events carry them; each ends at the midnight after its last day."""
    return tuple([_term(term.rule_id, term.due_on, term.state) for term in obligation.terms])


@lru_cache(maxsize=4096)
def _term(rule_id: str, due_on: date, state: TermState) -> Term:
    return Term(rule_id=rule_id, due_on=due_on, due_at=local_midnight(due_on + timedelta(days=1)), state=state)


def met(person: PersonId, after: Obligation) -> ObligationMet:
    """The person is registered, so nothing is owed any more."""
    assert after.registered_on is not None
    return ObligationMet(
        person_id=person,
        obligation_id=after.obligation_id,
        contract_id=after.contract_id,
        agency=after.agency,
        version=after.version,
        effective_on=after.effective_on,
        met_on=after.registered_on,
        registration_id=after.registration_id,
        terms=terms(after),
    )


def feed_decision(move: Move) -> FeedDecision:
    """The feed's half of the explanation: what it decided, and on what."""
    decision = move.decision
    return FeedDecision(
        outcome=decision.outcome,
        rule_id=decision.rule,
        rule_set=decision.rule_set,
        due_on=move.after.effective_on,
        reasons=decision.reasons,
        facts=tuple(_facts(move)),
    )


def _facts(move: Move) -> Iterator[Fact]:
    record, participation = move.record, move.record.participation
    if move.decision.anchor_on is not None:
        yield _fact("anchorOn", move.decision.anchor_on.isoformat(), "agency")
    if move.episode is not None:
        for contract in move.episode.running:
            yield _fact("contractSigned", f"{contract.signed_on or 'not yet'} ({contract.agency})", "agency")
    if participation is not None:
        yield _fact("status", participation.status, "agency", participation.status_since)
        for title in participation.titles:
            right = {True: "right to work", False: "no right to work", None: "right to work unknown"}[title.right_to_work]
            value = f"{title.ground}, {right}, {title.valid_from} to {title.valid_to or 'further notice'}"
            yield _fact("residenceTitle", value, "agency")
    if record.place is not None:
        yield _fact("region", record.place, "populationRegister", record.moved.on if record.moved else None)


@lru_cache(maxsize=4096)
def _fact(name: str, value: str, source: str, known_on: date | None = None) -> Fact:
    return Fact(name=name, value=value, source=source, known_on=known_on)


def _state_event(move: Move, person: Sealed[Any], decision: Sealed[Any]) -> Event:
    after = move.after
    status = move.record.participation.status if move.record.participation else None
    studies = move.record.studies
    common = {
        "person_id": move.person_id,
        "obligation_id": after.obligation_id,
        "contract_id": after.contract_id,
        "agency": after.agency,
        "version": after.version,
        "effective_on": after.effective_on,
        "anchor_on": after.anchor_on,
        # What the feed's own rules say: what registration answered before is registration's to know.
        "outcome": move.decision.outcome,
        "rule_id": move.decision.rule,
        "rule_set": after.rule_set,
        "terms": terms(after),
        "flags": after.flags,
        "person": person,
        "decision": decision,
        "duty": _DUTIES.get(status) if status else None,
        "full_time_study": StudyPeriod(starts_on=studies[0], ends_on=studies[1]) if studies else None,
    }
    if move.step is Step.OPENED:
        return ObligationOpened.model_validate(common)
    return ObligationChanged.model_validate(common | {"reasons": move.decision.reasons})


def _closed(move: Move) -> Event:
    after = move.after
    told = any(term.overdue_since for term in move.before.terms)
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
        overdue_withdrawn=told and not any(term.overdue_since for term in after.terms),
    )


def _look_again(uow: UnitOfWork, moved: Sequence[Move], day: date) -> None:
    """Set, or take away, the one look that each person's answer may need by itself."""
    looks: dict[PersonId, date | None] = {}
    for move in moved:
        looks[move.person_id] = looks.get(move.person_id) or look_again(move, day)
    # A look is set with a decision, so nobody has one of whom nothing was decided yet.
    decided = {move.person_id for move in moved if move.record.kept}
    uow.cancel("lookAgain", [person for person, on in looks.items() if on is None and person in decided])
    uow.schedule(Timer("lookAgain", str(person), person, local_midnight(on)) for person, on in looks.items() if on is not None)


def look_again(move: Move, day: date) -> date | None:
    """The first day after this one on which the answer can change by itself: an 18th birthday, a title that begins or ends.

    Also for an obligation that ended: as long as a contract runs, a title that begins may open another.
    """
    over = move.record.ended is not None or move.episode is None or move.episode.ended is not None
    if over or move.after.state is State.MET:
        return None
    titles = move.record.participation.titles if move.record.participation else ()
    edges = [title.valid_from for title in titles] + [title.valid_to + timedelta(days=1) for title in titles if title.valid_to]
    return min((on for on in (*edges, move.decision.look_again_on) if on is not None and on > day), default=None)
