"""The newcomer rules that need fresh facts: N2, N10, N11 and N13 in their order, as data (`decisions.md` 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

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


def _ended(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.ended is None:
        return None
    return Decision(NewcomerOutcome.CLOSED, "N2", (case.ended,), RegistrationState.DECLINED)


def _held_by_feed(case: NewcomerCase, _: date, __: Switches) -> Decision | None:
    if case.outcome_of_feed is not NewcomerOutcome.REVIEW:
        return None
    return Decision(NewcomerOutcome.REVIEW, "N4", ("groundChanged",), RegistrationState.REVIEW)


def _registered_already(case: NewcomerCase, on: date, _: Switches) -> Decision | None:
    if case.jobseeker is not None and case.jobseeker.holds(on):
        return Decision(NewcomerOutcome.SATISFIED, "N10", ("registeredAlready",), RegistrationState.LINKED, case.jobseeker.category)
    return None if case.sources.vdab_register else _waits("N10", "vdabRegister")


def _studies_or_works(case: NewcomerCase, on: date, switches: Switches) -> Decision | None:
    if case.study is not None and case.study.covers(on):
        return _category("fullTimeStudy", Category.STUDENT, active=switches.category_student)
    if any(counts_as_work(employment, on) for employment in case.employments):
        return _category("working", Category.WORKING, active=switches.category_working)
    return None if case.sources.work_register else _waits("N11", "workRegister")


def _otherwise(_: NewcomerCase, __: date, switches: Switches) -> Decision:
    if switches.auto_registration_basis:
        return Decision(NewcomerOutcome.REQUIRED, "N13", ("contractSigned",), RegistrationState.REGISTERED, Category.JOBSEEKER)
    return Decision(NewcomerOutcome.REQUIRED, "N13", ("pendingDossier",), RegistrationState.WAITING)


def _category(reason: str, category: Category, *, active: bool) -> Decision:
    if active:
        return Decision(NewcomerOutcome.REQUIRED, "N11", (reason,), RegistrationState.REGISTERED, category)
    return Decision(NewcomerOutcome.REVIEW, "N11", (reason,), RegistrationState.REVIEW)


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
    Rule("N2", _ended, "registers: death, departure or lost residence end every case"),
    Rule("N4", _held_by_feed, "the feed asks for a person: nothing is registered meanwhile"),
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
