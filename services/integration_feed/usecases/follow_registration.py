"""Follows what registration announces: people that change, cases answered, sources that speak."""

from collections.abc import Iterator, Sequence

from chassis.clock import local_date
from chassis.intake import outcomes
from chassis.received import Received
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Cause, NewcomerOutcome, Reason, RegistrationState, TermState
from contracts.identifiers import PersonId
from contracts.persons import PersonChanged, PersonDeceased
from contracts.registers import SourceChanged
from contracts.registration import RegistrationDeclined, RegistrationHeld, RegistrationLinked, RegistrationRegistered
from services.integration_feed.domain.obligations import Answer, Held, Obligation, State, hold, meet, told_overdue_on
from services.integration_feed.store import identities, obligations, sources
from services.integration_feed.store.obligations import Standing
from services.integration_feed.usecases import announce, schedule
from services.integration_feed.usecases.decide import decide_newcomers
from services.integration_feed.usecases.tell_agencies import outcomes_of


async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """Keep how people stand in the registers, and decide anew."""
    survivors = uow.claim(event.data.person_id for event in events)
    await identities.keep(uow, [_row(event.data, survivors[event.data.person_id]) for event in events])
    await decide_newcomers(uow, list(survivors.values()))


async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """Nothing more is owed by the dead."""
    survivors = uow.claim(event.data.person_id for event in events)
    await identities.died(uow, {survivors[event.data.person_id]: event.data.version for event in events})
    await decide_newcomers(uow, list(survivors.values()))


def _row(changed: PersonChanged, person: PersonId) -> dict[str, object]:
    return {
        "person_id": str(person),
        "identity": changed.person.wire if changed.person and changed.kind == "identity" else None,
        "region": changed.region,
        "region_since": changed.region_since.isoformat() if changed.region_since else None,
        "region_before": changed.region_before,
        "ended": changed.ended,
        "unknown": changed.unknown,
        "register_version": changed.version,
    }


async def registered(uow: UnitOfWork, events: Sequence[Received[RegistrationRegistered] | Received[RegistrationLinked]]) -> None:
    """Registration answered that the person is registered: the obligation is met, its clocks stop, the agency hears it."""
    answers = {event.data.case_id: event.data for event in events if event.data.cause is Cause.NEWCOMER}
    found = await obligations.by_id(uow, list(answers))
    told: list[tuple[Standing, Obligation]] = []
    for obligation_id, standing in found.items():
        person, before, answer = standing.person_id, standing.kept, answers[obligation_id]
        on = answer.registered_on if isinstance(answer, RegistrationLinked) else answer.effective_on
        after = meet(before, Answer(on, answer.registration_id, answer.rule_id, answer.rule_set, answer.reasons))
        if after is not before:
            told.append((standing, after))
            schedule.follow(uow, person, before, after, local_date(uow.now))
    await obligations.save(uow, [(standing.person_id, after) for standing, after in told])
    met = [(standing.person_id, after) for standing, after in told if after.state is State.MET]
    uow.publish(announce.met(person, after) for person, after in met)
    uow.cancel("lookAgain", [person for person, _ in met])
    await _tell_agencies(uow, told)


async def held(uow: UnitOfWork, events: Sequence[Received[RegistrationHeld]]) -> None:
    """Registration cannot register yet: the agency hears it; while a person must look, reminders and overdue pause."""
    await _hold(uow, [event.data for event in events])


async def declined(uow: UnitOfWork, events: Sequence[Received[RegistrationDeclined]]) -> None:
    """An objection was upheld: what the law asks stays owed, but nobody is reminded or told overdue; other ends are the feed's own."""
    await _hold(uow, [event.data for event in events if Reason.OBJECTION in event.data.reasons])


async def _hold(uow: UnitOfWork, said: Sequence[RegistrationHeld | RegistrationDeclined]) -> None:
    answers = {answer.case_id: answer for answer in said if answer.cause is Cause.NEWCOMER}
    found = await obligations.by_id(uow, list(answers))
    day = local_date(uow.now)
    told: list[tuple[Standing, Obligation]] = []
    for obligation_id, standing in found.items():
        person, before, answer = standing.person_id, standing.kept, answers[obligation_id]
        for_a_person = answer.state in (RegistrationState.REVIEW, RegistrationState.DECLINED)
        waits = answer.outcome == NewcomerOutcome.WAITING_FOR_SOURCE
        after = hold(before, Held(for_a_person, answer.rule_id, answer.reasons, waits), day)
        if after is not before:
            told.append((standing, after))
            if after.state is not before.state:
                schedule.follow(uow, person, before, after, day)
    await obligations.save(uow, [(standing.person_id, after) for standing, after in told])
    await _tell_agencies(uow, told)


async def _tell_agencies(uow: UnitOfWork, told: Sequence[tuple[Standing, Obligation]]) -> None:
    await outcomes.record(
        uow,
        [
            outcome
            for standing, kept in told
            if (episode := standing.episode_of(kept)) is not None
            for outcome in outcomes_of(standing.person_id, kept, episode.contracts)
        ],
    )


async def source_changed(uow: UnitOfWork, events: Sequence[Received[SourceChanged]]) -> None:
    """A source spoke: whoever waits for it is decided again, as of today; whose term waits to be told overdue is looked at again."""
    for event in events:
        await sources.hear(uow, event.data)
        waiting = await sources.waiting(uow, event.data.source)
        uow.schedule(Timer("lookAgain", str(person), person, uow.now) for person in waiting)
        if event.data.source == sources.VDAB_REGISTER:
            kept = await obligations.of_people(uow, await sources.overdue_waits(uow))
            uow.schedule(timer for person, some in kept.items() for one in some for timer in _ends_again(uow, person, one))


def _ends_again(uow: UnitOfWork, person: PersonId, kept: Obligation) -> Iterator[Timer]:
    today = local_date(uow.now)
    for term in kept.terms:
        told_on = told_overdue_on(kept, term.due_on)
        if kept.overdue_waits and term.state is TermState.RUNNING and told_on is not None and told_on <= today:
            yield Timer("termEnd", f"{kept.obligation_id}:{term.rule_id}", person, uow.now, {"ruleId": term.rule_id})
