"""The newcomer rules that need fresh facts: N2, N10, N11 and N13 in their order, as data (`decisions.md` 4).

N1 and N5 are the feed's, and stand here again for what the registers said while the case was on its way; S17, on objections, is shared
with leavers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.codes import Category, NewcomerOutcome, RegistrationState
from services.registration.domain.cases import Decision, Employment, NewcomerCase, Switches

RULE_SET = "newcomers-2022.1"

# Part-time work below half-time does not count as working; student contracts and those under 14 days do not either (`decisions.md` 3, 4).
HALF_TIME = 0.5
SHORTEST_CONTRACT_DAYS = 14

Predicate = Callable[[NewcomerCase, date, Switches], Decision | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table, with its source."""

    id: str
    applies: Predicate
    source: str


def _unknown_person(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if not case.unknown:
        return None
    return Decision(NewcomerOutcome.PARKED, "N1", ("unknownPerson",), RegistrationState.WAITING)


def _ended(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.ended is None:
        return None
    return Decision(NewcomerOutcome.CLOSED, "N2", (case.ended,), RegistrationState.DECLINED)


def _objects(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.objection is None:
        return None
    if case.objection == "upheld":
        return Decision(NewcomerOutcome.SUPPRESSED, "S17", ("objection",), RegistrationState.DECLINED)
    return Decision(NewcomerOutcome.REVIEW, "S17", ("objection",), RegistrationState.REVIEW)


def _other_region(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.region in (None, "flanders"):
        return None
    return Decision(NewcomerOutcome.OTHER_REGION, "N5", (str(case.region),), RegistrationState.WAITING)


def _held_by_feed(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.feed.outcome is not NewcomerOutcome.REVIEW:
        return None
    return Decision(NewcomerOutcome.REVIEW, case.feed.rule, case.feed.reasons, RegistrationState.REVIEW)


def _registered_already(case: NewcomerCase, on: date, _: Switches) -> Decision | None:
    if case.jobseeker is not None and case.jobseeker.holds(on):
        return Decision(NewcomerOutcome.SATISFIED, "N10", ("registeredAlready",), RegistrationState.LINKED, case.jobseeker.category)
    return None if case.sources.vdab_register else _waits("N10", "vdabRegister")


def _studies_or_works(case: NewcomerCase, on: date, switches: Switches) -> Decision | None:
    if case.study is not None and case.study.covers(on):
        return _category("fullTimeStudy", Category.STUDENT, case.study.ends_on, active=switches.category_student)
    works = [employment for employment in case.employments if counts_as_work(employment, on)]
    if works:
        ends = [employment.period.ends_on for employment in works]
        return _category("working", Category.WORKING, min((end for end in ends if end), default=None), active=switches.category_working)
    return None if case.sources.work_register else _waits("N11", "workRegister")


def _otherwise(_: NewcomerCase, __: date, switches: Switches) -> Decision:
    if switches.auto_registration_basis:
        return Decision(NewcomerOutcome.REQUIRED, "N13", ("contractSigned",), RegistrationState.REGISTERED, Category.JOBSEEKER)
    return Decision(
        NewcomerOutcome.REQUIRED,
        "N13",
        ("pendingDossier",),
        RegistrationState.WAITING,
        waits_for="autoRegistrationBasis",
        look_again_on=switches.basis_from,
    )


def _category(reason: str, category: Category, last_day: date | None, *, active: bool) -> Decision:
    if active:
        return Decision(NewcomerOutcome.REQUIRED, "N11", (reason,), RegistrationState.REGISTERED, category)
    # What ends by itself is looked at again the day after; nobody needs to report that it did.
    again = last_day + timedelta(days=1) if last_day else None
    return Decision(NewcomerOutcome.REVIEW, "N11", (reason,), RegistrationState.REVIEW, look_again_on=again)


def _waits(rule: str, source: str) -> Decision:
    return Decision(NewcomerOutcome.WAITING_FOR_SOURCE, rule, (source,), RegistrationState.WAITING, waits_for=source)


def counts_as_work(employment: Employment, on: date) -> bool:
    """Whether an employment on that day makes someone a working person for N11."""
    days = employment.period.days
    return (
        employment.period.covers(on)
        and employment.kind != "student"
        and (days is None or days >= SHORTEST_CONTRACT_DAYS)
        and employment.fraction >= HALF_TIME
    )


NEWCOMER_RULES: tuple[Rule, ...] = (
    Rule("N1", _unknown_person, "register answer 30003: the number does not exist; nobody is registered under it"),
    Rule("N2", _ended, "registers: death, departure or lost residence end every case; nobody is left after an erasure"),
    Rule("S17", _objects, "GDPR, articles 18 and 21: until someone decides nothing is registered; the same row as for leavers"),
    Rule("N5", _other_region, "who moved away while the case was on its way is not VDAB's; the feed closes it"),
    Rule("feed", _held_by_feed, "the feed asks for a person (its own row says why): nothing is registered meanwhile"),
    Rule("N10", _registered_already, "VDAB's register, whatever the category, before or after the contract"),
    Rule("N11", _studies_or_works, "no exemption found (unverified), so a person looks unless the category's row is active"),
    Rule("N13", _otherwise, "coalition agreement 3.2.1.2; agii.be"),
)


def decide(case: NewcomerCase, on: date, switches: Switches, rules: tuple[Rule, ...] = NEWCOMER_RULES) -> Decision:
    """What to do with one newcomer as of `on`, by the first rule that applies; the last row applies to everyone."""
    for rule in rules:
        decision = rule.applies(case, on, switches)
        if decision is not None:
            return decision
    raise AssertionError("the last row of a rule set applies to everyone")
