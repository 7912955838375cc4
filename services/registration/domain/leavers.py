"""The school-leaver rules on fresh facts, in their order, as data: S1, S3, S17, S5, the feed's review, S14-S16, silent sources, S18.

S1, S3, S5 and S17 the feed looks at too, so that nobody waits in vain; they stand here again for what the registers said meanwhile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.codes import Category, LeaverOutcome, Reason, RegistrationState
from services.registration.domain.cases import Decision, Employment, LeaverCase, Switches

RULE_SET = "leavers-2025.1"

# "Between 18 and 25" (statistiekvlaanderen.be, early school leavers); that 25 itself is outside is unverified.
UPPER_AGE = 25
# Neither a student's contract nor one shorter than this makes someone a working person (`decisions.md` 3, S16).
SHORTEST_CONTRACT_DAYS = 14
# Who works is looked at once more after so many days (`decisions.md` 3, S16).
LOOK_AGAIN_DAYS = 30
BASIS = "autoRegistrationBasis"

Predicate = Callable[[LeaverCase, date, Switches], Decision | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table, with its source."""

    id: str
    applies: Predicate
    source: str


def _unknown_person(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    if not case.unknown:
        return None
    return Decision(LeaverOutcome.PARKED, "S1", (Reason.UNKNOWN_PERSON,), RegistrationState.WAITING)


def _ended(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    if case.ended is None:
        return None
    return Decision(LeaverOutcome.NOT_APPLICABLE, "S3", (case.ended,), RegistrationState.DECLINED)


def _objects(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    if case.objection == "upheld":
        return Decision(LeaverOutcome.SUPPRESSED, "S17", (Reason.OBJECTION,), RegistrationState.DECLINED)
    if case.objection == "pending":
        return _review("S17", Reason.OBJECTION)
    return None


def _other_region(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    if case.region == "flanders":
        return None
    if case.region is not None:
        return Decision(LeaverOutcome.OTHER_REGION, "S5", (case.region,), RegistrationState.DECLINED)
    return _review("S5", Reason.NO_RESIDENCE) if case.sources.population_register else _waits("S5", "populationRegister")


def _held_by_feed(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    return _review(case.feed.rule, *case.feed.reasons) if case.feed.outcome is LeaverOutcome.REVIEW else None


def _outside_age(case: LeaverCase, on: date, _: Switches) -> Decision | None:
    outside = case.born.at_least(UPPER_AGE, on) if case.born is not None else None
    if outside is None:
        return _review("S14", Reason.INCOMPLETE_BIRTH_DATE)
    return Decision(LeaverOutcome.OUTSIDE_AGE, "S14", ("outsideAge",), RegistrationState.DECLINED) if outside else None


def _registered_already(case: LeaverCase, on: date, _: Switches) -> Decision | None:
    if case.jobseeker is not None and case.jobseeker.holds(on):
        return Decision(LeaverOutcome.LINKED, "S15", ("registeredAlready",), RegistrationState.LINKED, case.jobseeker.category)
    return _review("S15", Reason.SECOND_LEAVE) if case.spent else None


def _works(case: LeaverCase, on: date, _: Switches) -> Decision | None:
    if case.working_since is None:
        return _working(on) if _works_on(case.employments, on) else None
    if on >= case.working_since + timedelta(days=LOOK_AGAIN_DAYS):
        return _working(None) if _works_on(case.employments, on) else None
    # Until the second look only a correction of what was found counts, not what happened since.
    return _working(case.working_since) if _works_on(case.employments, case.working_since) else None


def _source_is_silent(case: LeaverCase, _: date, __: Switches) -> Decision | None:
    said = {
        "populationRegister": case.sources.population_register,
        "vdabRegister": case.sources.vdab_register,
        "workRegister": case.sources.work_register,
    }
    silent = next((name for name, complete in said.items() if not complete), None)
    return _waits("sources", silent) if silent is not None else None


def _otherwise(_: LeaverCase, __: date, switches: Switches) -> Decision:
    if switches.auto_registration_basis:
        return Decision(LeaverOutcome.REGISTERED, "S18", ("leftUnqualified",), RegistrationState.REGISTERED, Category.JOBSEEKER)
    return Decision(
        LeaverOutcome.REVIEW,
        "S18",
        (Reason.PENDING_DOSSIER,),
        RegistrationState.WAITING,
        waits_for=BASIS,
        look_again_on=switches.basis_from,
    )


def _review(rule: str, *reasons: str) -> Decision:
    return Decision(LeaverOutcome.REVIEW, rule, reasons, RegistrationState.REVIEW)


def _waits(rule: str, source: str) -> Decision:
    return Decision(LeaverOutcome.WAITING_FOR_SOURCE, rule, (source,), RegistrationState.WAITING, waits_for=source)


def _working(since: date | None) -> Decision:
    """Found working on that day, and looked at once more; without a day, at the second look, and for good."""
    if since is None:
        return Decision(LeaverOutcome.WORKING, "S16", (Reason.WORKING,), RegistrationState.DECLINED)
    again = since + timedelta(days=LOOK_AGAIN_DAYS)
    return Decision(LeaverOutcome.WORKING, "S16", (Reason.WORKING,), RegistrationState.WAITING, look_again_on=again)


def _works_on(employments: Iterable[Employment], on: date) -> bool:
    return any(counts_as_work(employment, on) for employment in employments)


def counts_as_work(employment: Employment, on: date) -> bool:
    """Whether an employment makes someone a working person on that day for S16, however few hours it is."""
    days = employment.period.days
    return employment.period.covers(on) and employment.kind != "student" and (days is None or days >= SHORTEST_CONTRACT_DAYS)


LEAVER_RULES: tuple[Rule, ...] = (
    Rule("S1", _unknown_person, "register answer 30003: the number does not exist; nobody is registered under it"),
    Rule("S3", _ended, "registers: death, departure or lost residence; nobody is left after an erasure"),
    Rule("S17", _objects, "GDPR, articles 18 and 21"),
    Rule("S5", _other_region, "VDAB decree of 7 May 2004: the Flemish Region; elsewhere Actiris, Forem or ADG is competent"),
    Rule("feed", _held_by_feed, "the feed asks for a person (its own row says why): nothing is registered meanwhile"),
    Rule("S14", _outside_age, "statistiekvlaanderen.be, early school leavers: 18 to 25 (whether 25 belongs is unverified)"),
    Rule("S15", _registered_already, "VDAB's register, whatever the category; (person, school year) is spent for ever"),
    Rule("S16", _works, "Dimona; a proposal: looked at once more after 30 days"),
    Rule("sources", _source_is_silent, "a missing answer is never an answer: an absence counts up to the day a source is complete"),
    Rule("S18", _otherwise, "VDAB decree of 7 May 2004; coalition agreement (unverified as a basis for automatic registration)"),
)


def decide(case: LeaverCase, on: date, switches: Switches, rules: tuple[Rule, ...] = LEAVER_RULES) -> Decision:
    """What to do with one leaver as of `on`, by the first rule that applies; the last row applies to everyone."""
    for rule in rules:
        decision = rule.applies(case, on, switches)
        if decision is not None:
            return decision
    raise AssertionError("the last row of a rule set applies to everyone")
