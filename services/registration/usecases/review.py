"""What a person decides about a registration under review: what the rules would say without the row that asked, or something else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import Category, Cause, LeaverOutcome, NewcomerOutcome, RegistrationState
from services.registration.domain import leavers, newcomers
from services.registration.domain.cases import Decision
from services.registration.domain.insertion import insertion
from services.registration.store import leaver_cases, ledger, newcomer_cases, reviews
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, decide_leavers, decide_newcomers, terms
from services.registration.usecases.answer import Answer
from services.registration.usecases.deciding import BY_A_PERSON, Known, Undecided, after, conclude, known_of, opened
from services.registration.usecases.identity import identities
from vault.client import Vault
from vault.values import DataClass

REGISTERS: Mapping[Cause, str] = {Cause.LEAVER: LeaverOutcome.REGISTERED, Cause.NEWCOMER: NewcomerOutcome.REQUIRED}
LINKS: Mapping[Cause, str] = {Cause.LEAVER: LeaverOutcome.LINKED, Cause.NEWCOMER: NewcomerOutcome.SATISFIED}
WITHDRAWS = "withdrawn"
_BY_A_PERSON = ("decidedByPerson",)
_STANDS = frozenset({RegistrationState.REVISED, RegistrationState.REGISTERED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decided: an outcome code, or None to go on waiting; why, in their own words; and who, with whom."""

    treat_as: str | None
    motive: str
    decided_by: str
    second_person: str | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A registration under review, with everything that is known today."""

    made: Registration
    one: Undecided[leaver_cases.AnnouncedLeave] | Undecided[newcomer_cases.AnnouncedCase]
    known: Known
    otherwise: str  # the outcome of the rules without the row that asked for a person

    @property
    def objects(self) -> bool:
        """Whether an objection stands: nothing is decided past it."""
        return self.made.person_id in self.known.objections

    @property
    def registered_already(self) -> bool:
        """Whether VDAB or the hub has a registration of this person; then nobody makes another."""
        return self.made.state not in _STANDS and self.made.person_id in self.known.jobseekers

    @property
    def erased(self) -> bool:
        """Whether nobody is left to register."""
        return self.one.named is None


async def look(uow: UnitOfWork, made: Registration) -> Reviewed:
    """A registration of a claimed person, as whoever reviews it today sees it."""
    known = await known_of(uow, [made.person_id], local_date(uow.now))
    if made.cause is Cause.LEAVER:
        [leave] = await opened(uow, [(await leaver_cases.by_id(uow, [made.case_id]))[made.case_id]], {made.case_id: made})
        register = (await identities(uow.resource(Vault), known.persons))[made.person_id]
        said = leavers.decide(decide_leavers.facts_of(leave, known, register), known.day, known.switches, _leaver_rows(made))
        return Reviewed(made, leave, known, said.outcome)
    [owed] = await opened(uow, [(await newcomer_cases.by_id(uow, [made.case_id]))[made.case_id]], {made.case_id: made})
    decided = newcomers.decide(
        decide_newcomers.facts_of(owed.case, known, erased=owed.named is None), known.day, known.switches, _newcomer_rows(made)
    )
    return Reviewed(made, owed, known, decided.outcome)


async def decide(uow: UnitOfWork, seen: Reviewed, verdict: Verdict) -> Registration:
    """Keep what somebody decided, let it happen, and tell the hub."""
    decided = await _apply(uow, seen, verdict.treat_as)
    [motive] = await uow.resource(Vault).seal([(decided.person_id, DataClass.DOSSIER, verdict.motive.encode())])
    row = {
        "registration_id": decided.registration_id,
        "version": decided.version,
        "person_id": decided.person_id,
        "decision": verdict.treat_as or "keepWaiting",
        "motive": motive.wire,
        "decided_by": verdict.decided_by,
        "second_person": verdict.second_person,
        "decided_at": uow.recorded_at,
    }
    await reviews.keep(uow, row)
    return decided


async def _apply(uow: UnitOfWork, seen: Reviewed, treat_as: str | None) -> Registration:
    made = seen.made
    if treat_as is None:
        return await _moved(uow, made, made.state, made.outcome, made.rule, made.reasons)
    if made.state in _STANDS:
        return await _moved(uow, made, _fate(made, treat_as), treat_as, BY_A_PERSON, _BY_A_PERSON)
    if made.state in (RegistrationState.ENDED, RegistrationState.WITHDRAWN):
        return await _moved(uow, made, made.state, treat_as, BY_A_PERSON, _BY_A_PERSON)
    return await _answered(uow, seen, treat_as)


def _fate(made: Registration, treat_as: str) -> RegistrationState:
    """What becomes of a registration that stands: kept, withdrawn because it never should have been, or ended today."""
    if treat_as in (REGISTERS[made.cause], LINKS[made.cause]):
        return RegistrationState.REGISTERED
    return RegistrationState.WITHDRAWN if treat_as == WITHDRAWS else RegistrationState.ENDED


async def _moved(
    uow: UnitOfWork, made: Registration, state: RegistrationState, outcome: str, rule: str, reasons: tuple[str, ...]
) -> Registration:
    today = local_date(uow.now)
    ends = state is not made.state and state in (RegistrationState.ENDED, RegistrationState.WITHDRAWN)
    item = replace(
        made,
        state=state,
        outcome=outcome,
        rule=rule,
        reasons=reasons,
        ended_on=today if ends else made.ended_on,
        recorded_at=uow.recorded_at,
        version=made.version + 1,
    )
    await ledger.keep(uow, [item])
    if state is not made.state:
        uow.publish([announce.moved(item)])
        await terms.follow(uow, [item])
    return item


async def _answered(uow: UnitOfWork, seen: Reviewed, treat_as: str) -> Registration:
    """The case as the rules would have answered it, had they decided so."""
    made, one, known = seen.made, seen.one, seen.known
    decision = _decision(made.cause, treat_as)
    rule_set = leavers.RULE_SET if made.cause is Cause.LEAVER else newcomers.RULE_SET
    item = after(uow, one, known, decision, made.cause, rule_set)
    if isinstance(one.case, leaver_cases.AnnouncedLeave):
        gained = insertion(one.case.left_on, known.day) if decision.state is RegistrationState.REGISTERED else None
        item = replace(item, insertion=gained)
    person = made.person_id
    answer = Answer(one.case, known.persons[person], one.named, decision, known.jobseekers.get(person), item)
    await conclude(uow, [], [answer], known.assessments)
    return item


def _decision(cause: Cause, treat_as: str) -> Decision:
    outcome = LeaverOutcome(treat_as) if cause is Cause.LEAVER else NewcomerOutcome(treat_as)
    if treat_as == REGISTERS[cause]:
        return Decision(outcome, BY_A_PERSON, _BY_A_PERSON, RegistrationState.REGISTERED, Category.JOBSEEKER)
    state = RegistrationState.LINKED if treat_as == LINKS[cause] else RegistrationState.DECLINED
    return Decision(outcome, BY_A_PERSON, _BY_A_PERSON, state)


def _leaver_rows(made: Registration) -> tuple[leavers.Rule, ...]:
    known = {rule.id for rule in leavers.LEAVER_RULES[:-1]}
    asked = made.rule if made.rule in known else "feed"
    return tuple(rule for rule in leavers.LEAVER_RULES if rule.id != asked)


def _newcomer_rows(made: Registration) -> tuple[newcomers.Rule, ...]:
    known = {rule.id for rule in newcomers.NEWCOMER_RULES[:-1]}
    asked = made.rule if made.rule in known else "feed"
    return tuple(rule for rule in newcomers.NEWCOMER_RULES if rule.id != asked)


def needs_second(seen: Reviewed, treat_as: str | None) -> bool:
    """Whether this overrides the rules: they would say something else, had the row that asked not been there."""
    return treat_as is not None and treat_as != seen.otherwise


def codes(cause: Cause) -> frozenset[str]:
    """The outcomes that a review can end in."""
    every = {*LeaverOutcome} if cause is Cause.LEAVER else {*NewcomerOutcome}
    return frozenset(str(code) for code in every if code not in _NO_END)


# An outcome that waits, or is only the feed's word, ends no review.
_NO_END = frozenset({"review", "waitingForSource", "waitingWindow", "waitingForAge", "waitingForProofs", "detected", "parked", "followed"})
