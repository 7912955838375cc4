"""What deciding about newcomers and about leavers has in common: the facts of one day, and how answers are kept and announced."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from chassis.clock import local_midnight
from chassis.ids import uuid7
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Cause, Origin, RegistrationState
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.registration.domain.assessments import Assessment
from services.registration.domain.cases import Decision, Employment, KnownJobseeker, Sources, Switches
from services.registration.store import known, ledger
from services.registration.store.known import Gathered
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, terms, weigh
from services.registration.usecases.answer import Announced, Answer
from vault.client import Vault
from vault.values import Erased

# From these states a registration is never decided again by itself (`decisions.md` 3: spent for ever; 4: satisfied is sticky).
FINAL = frozenset(
    {
        RegistrationState.REGISTERED,
        RegistrationState.LINKED,
        RegistrationState.REVISED,
        RegistrationState.CONTESTED,
        RegistrationState.ENDED,
        RegistrationState.WITHDRAWN,
    }
)

# The row of a decision that a person took in a review.
BY_A_PERSON = "review"

Case_co = TypeVar("Case_co", bound=Announced, covariant=True)


@dataclass(frozen=True, slots=True)
class Undecided(Generic[Case_co]):
    """One open case with what was made of it so far, and its person's name as the feed knows it (None once erased)."""

    case: Case_co
    earlier: Registration | None
    named: PersonFacts | None


@dataclass(slots=True)
class Known:
    """The facts about everyone concerned, as of one day."""

    day: date
    persons: Mapping[PersonId, RegisterPerson]
    employments: Mapping[PersonId, tuple[Employment, ...]]
    jobseekers: dict[PersonId, KnownJobseeker]
    assessments: Mapping[PersonId, tuple[Assessment, ...]]
    objections: Mapping[PersonId, str]  # pending or upheld
    sources: Sources
    switches: Switches

    def remember(self, made: Registration) -> None:
        """A second case of this person in the same batch must find the registration made just now."""
        assert made.category is not None
        self.jobseekers[made.person_id] = KnownJobseeker(made.registration_id, made.category, Origin.HUB, made.effective_on, None)


async def known_of(uow: UnitOfWork, claimed: Sequence[PersonId], day: date) -> Known:
    """Everything that the registers and the switches say of these people on that day."""
    return (await as_of(uow, await known.gather(uow, claimed), [day]))[day]


async def as_of(uow: UnitOfWork, gathered: Gathered, days: Collection[date]) -> Mapping[date, Known]:
    """The same on each of these days; nobody may be decided about on two of them at once."""
    weighed = await weigh.sources_and_switches(uow, gathered.said, days)
    return {
        day: Known(
            day,
            gathered.persons,
            gathered.employments,
            gathered.jobseekers_on(day),
            gathered.assessments,
            gathered.objections,
            *weighed[day],
        )
        for day in days
    }


async def opened(uow: UnitOfWork, cases: Sequence[Case_co], made: Mapping[UUID, Registration]) -> list[Undecided[Case_co]]:
    """These cases with their people as the feed named them; one opening for all."""
    named = await uow.resource(Vault).open([case.person for case in cases], PersonFacts, announce.ADDRESSING)
    return [
        Undecided(case, made.get(case.case_id), None if isinstance(facts, Erased) else facts)
        for case, facts in zip(cases, named, strict=True)
    ]


def settled(made: Registration | None, unlinked: Collection[PersonId]) -> bool:
    """Whether what was made of a case is final, and not linked to a registration that VDAB took back as never made."""
    if made is None:
        return False
    if made.state not in FINAL:
        return made.state is RegistrationState.DECLINED and made.rule == BY_A_PERSON
    return made.state is not RegistrationState.LINKED or made.person_id not in unlinked


def differs(earlier: Registration | None, decision: Decision) -> bool:
    """Whether the decision says anything new."""
    if earlier is None:
        return True
    return (earlier.state, earlier.outcome, earlier.rule, earlier.reasons) != (
        decision.state,
        decision.outcome,
        decision.rule,
        decision.reasons,
    )


def after(uow: UnitOfWork, one: Undecided[Announced], known: Known, decision: Decision, cause: Cause, rule_set: str) -> Registration:
    """What stands once this is decided; the first decision about a case makes its row."""
    case, earlier = one.case, one.earlier
    decided: dict[str, Any] = {
        "contract_id": case.contract_id,
        "state": decision.state,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "rule_set": rule_set,
        "reasons": decision.reasons,
        "category": decision.category,
        "region": known.persons[case.person_id].region,
        "effective_on": known.day,
        "recorded_at": uow.recorded_at,
        "version": earlier.version + 1 if earlier else 1,
    }
    if earlier is not None:
        return replace(earlier, **decided)
    return Registration(
        registration_id=uuid7(), case_id=case.case_id, person_id=case.person_id, cause=cause, origin=Origin.HUB, ended_on=None, **decided
    )


async def conclude(
    uow: UnitOfWork,
    decided: Iterable[tuple[Announced, Decision]],
    answers: Sequence[Answer],
    told: Mapping[PersonId, Sequence[Assessment]],
) -> None:
    """Keep every answer with its decision and its terms, look again when an answer may change by itself, and announce them."""
    made = [answer.after for answer in answers]
    # What was made just now has no terms yet.
    moves = await terms.moves(uow, made, [item for item in made if item.version > 1], told)
    await ledger.keep(uow, made, [answer.case.flags for answer in answers], moved=[move.after for move in moves])
    uow.schedule(_looks(decided))
    await announce.answers(uow, answers)
    terms.tell(uow, moves)


def _looks(decided: Iterable[tuple[Announced, Decision]]) -> list[Timer]:
    """When a case may change by itself; a kind and subjects of its own, so that no source that speaks takes its place."""
    return [
        Timer("lookAgain", str(case.case_id), case.person_id, local_midnight(decision.look_again_on))
        for case, decision in decided
        if decision.look_again_on is not None
    ]
