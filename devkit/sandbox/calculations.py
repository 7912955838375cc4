"""What a term rule makes of an anchor, without a case: the sandbox's `termCalculations`, by the very rows that the services decide with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from chassis.clock import BRUSSELS, local_date, local_midnight
from contracts.identifiers import birthday
from devkit.errors import NoSuchRule
from services.education_feed.domain import ages, windows
from services.education_feed.domain.facts import Closure
from services.integration_feed.domain import terms as obligations
from services.notifications.domain import patience
from services.notifications.domain import terms as notices
from services.notifications.usecases.calendar import Calendar
from services.registration.domain.insertion import insertion
from services.registration.domain.leavers import UPPER_AGE
from services.registration.domain.objections import answer_due_on

Parameters: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calculated:
    """The last day of a term and the instant at which it is over; neither when it has not started."""

    last_day: date | None
    ends_at: datetime | None

    @classmethod
    def through(cls, last_day: date) -> "Calculated":
        """A term that is over when that day is, Brussels time."""
        return cls(last_day, local_midnight(date.fromordinal(last_day.toordinal() + 1)))

    @classmethod
    def at(cls, instant: datetime) -> "Calculated":
        """Something that is so from an instant on; the day before is the last on which it is not yet."""
        return cls(date.fromordinal(local_date(instant).toordinal() - 1), instant)


Rule: TypeAlias = Callable[[datetime, Parameters], Calculated]


def calculate(rule_id: str, anchor: datetime, parameters: Parameters) -> Calculated:
    """What the rule of that id says.

    Raises:
        NoSuchRule: none is called so.
        ValueError, KeyError, TypeError: a parameter is missing or makes no sense.
    """
    if (rule := _RULES.get(rule_id)) is None:
        raise NoSuchRule(rule_id, sorted(_RULES))
    return rule(anchor, parameters)


def _days(rule: Callable[[date], date]) -> Rule:
    return lambda anchor, _: Calculated.through(rule(local_date(anchor)))


def _from(rule: Callable[[date], datetime]) -> Rule:
    return lambda anchor, _: Calculated.at(rule(local_date(anchor)))


def _reminder(row: obligations.ReminderRule) -> Rule:
    return _days(lambda anchor: anchor + timedelta(days=row.days))


def _proofs(anchor: datetime, parameters: Parameters) -> Calculated:
    closure = Closure(local_date(anchor), parameters.get("reason"), parameters.get("situationAfter"))
    return Calculated.at(windows.fresh_at(closure, parameters.get("programme")))


def _insertion(anchor: datetime, parameters: Parameters) -> Calculated:
    """The anchor is the last day at school, `registeredOn` that of the registration; the term "ends" where the insertion period begins."""
    begins = insertion(local_date(anchor), date.fromisoformat(parameters["registeredOn"])).starts_on
    return Calculated.at(local_midnight(begins))


def _appeal(anchor: datetime, parameters: Parameters) -> Calculated:
    """The anchor is the day of effect; `term` as in ISO 8601, `bodyKind`, and whether the notice was `informed` of the appeal."""
    effective_on = local_date(anchor)
    term, body = notices.Period.parse(parameters.get("term", "P3M")), parameters.get("bodyKind", notices.COURT)
    found = notices.appeal_term(effective_on, term, body, Calendar().around(effective_on), informed=bool(parameters.get("informed", True)))
    return Calculated.through(found.last_on) if found.last_on is not None else Calculated(None, None)


def _unopened(row: patience.WorkingDays) -> Rule:
    def last_day(available_on: date) -> date:
        return patience.working_day_after(available_on, row, Calendar().around(available_on))

    return _days(last_day)


def _quiet(anchor: datetime, _: Parameters) -> Calculated:
    """When an SMS that was due at the anchor leaves."""
    leaves_at = patience.awake(anchor, patience.SMS_QUIET, BRUSSELS)
    return Calculated(local_date(leaves_at), leaves_at)


_RULES: Mapping[str, Rule] = {
    **{row.id: _days(row.due_on) for row in obligations.TERM_RULES},
    **{row.id: _reminder(row) for row in obligations.REMINDER_RULES},
    **{row.id: _days(row.last_day) for row in windows.WINDOW_RULES},
    "schoolverlater.led_vers": _proofs,
    ages.COMPULSORY_EDUCATION.id: _from(lambda born: local_midnight(ages.COMPULSORY_EDUCATION.reached_on(born))),
    ages.MIN_AGE.id: _from(lambda born: local_midnight(ages.MIN_AGE.reached_on(born))),
    "upperAge": _from(lambda born: local_midnight(birthday(born, UPPER_AGE))),
    "insertionStart": _insertion,
    "objection.answer": _days(answer_due_on),
    "bericht.beroep.controledienst": _appeal,
    patience.REMINDER.id: _unopened(patience.REMINDER),
    patience.PAPER_COPY.id: _unopened(patience.PAPER_COPY),
    patience.SMS_QUIET.id: _quiet,
}
