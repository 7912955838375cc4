"""Why a registration stands as it does: what the feed decided on which facts, the rows of registration in order, and what it knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import Cause
from contracts.people import Fact, FeedDecision
from services.registration.domain import leavers, newcomers
from services.registration.store import leaver_cases, newcomer_cases
from services.registration.store.registrations import Registration
from services.registration.usecases.deciding import Known, known_of
from vault.client import Vault
from vault.values import Purpose

EXPLAINING = Purpose("explanation")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the rule table: with its source, and whether it was passed, decided, or was never reached."""

    rule: str
    source: str
    result: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both halves; the feed's is None once the person was erased."""

    feed: FeedDecision | None
    rows: tuple[Row, ...]
    facts: tuple[Fact, ...]  # as known now


async def explain(uow: UnitOfWork, item: Registration) -> Explanation:
    """The whole explanation of the last decision about a registration."""
    known = await known_of(uow, [item.person_id], local_date(uow.now))
    return Explanation(await _feed(uow, item), rows(item), tuple(_facts(item, known)))


async def _feed(uow: UnitOfWork, item: Registration) -> FeedDecision | None:
    cases = leaver_cases if item.cause is Cause.LEAVER else newcomer_cases
    case = (await cases.by_id(uow, [item.case_id])).get(item.case_id)
    [said] = await uow.resource(Vault).open([case.feed_decision], FeedDecision, EXPLAINING) if case is not None else [None]
    return said if isinstance(said, FeedDecision) else None


def rows(item: Registration) -> tuple[Row, ...]:
    """The table under which it was decided; of a decision that no row of it took (a review, a merge, the feed's own) none was reached."""
    table: Sequence[leavers.Rule | newcomers.Rule] = leavers.LEAVER_RULES if item.cause is Cause.LEAVER else newcomers.NEWCOMER_RULES
    ids = [rule.id for rule in table]
    at = ids.index(item.rule) if item.rule in ids else -1
    return tuple(Row(rule.id, rule.source, _result(number, at)) for number, rule in enumerate(table))


def _result(number: int, at: int) -> str:
    if number == at:
        return "decided"
    return "passed" if number < at else "notReached"


def _facts(item: Registration, known: Known) -> Iterator[Fact]:
    person, register = known.persons[item.person_id], "populationRegister"
    yield Fact(name="region", value=person.region or "unknown", source=register, known_on=person.region_since)
    if person.ended is not None:
        yield Fact(name="ended", value=person.ended, source=register, known_on=person.ended_on)
    for employment in known.employments[item.person_id]:
        until = employment.period.ends_on.isoformat() if employment.period.ends_on else "open"
        said = f"{employment.kind} {employment.period.starts_on.isoformat()}/{until}"
        yield Fact(name="employment", value=said, source="workRegister", known_on=employment.period.starts_on)
    jobseeker = known.jobseekers.get(item.person_id)
    if jobseeker is not None:
        yield Fact(name="jobseeker", value=jobseeker.category, source="vdabRegister", known_on=jobseeker.registered_on)
    if item.person_id in known.objections:
        yield Fact(name="objection", value=known.objections[item.person_id], source="vdab")
    yield from (Fact(name="sourceComplete", value=str(said).lower(), source=name) for name, said in _sources(known))


def _sources(known: Known) -> list[tuple[str, bool]]:
    said = known.sources
    return [("populationRegister", said.population_register), ("vdabRegister", said.vdab_register), ("workRegister", said.work_register)]
