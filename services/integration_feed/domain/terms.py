"""The terms of a registration obligation: which rows there are, and on what day each one ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from contracts.identifiers import months_later


@dataclass(frozen=True, slots=True)
class TermRule:
    """A term that runs from the anchor; exactly one of `days` and `months` is set."""

    id: str
    days: int | None
    months: int | None
    source: str
    valid_from: date
    statutory: bool

    def due_on(self, anchor: date) -> date:
        """The last day of the term; the day after the anchor is its first day, nothing rolls."""
        if self.days is not None:
            return anchor + timedelta(days=self.days)
        return months_later(anchor, self.months or 0)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one obligation: kept up to and including `due_on`, Brussels time."""

    rule_id: str
    due_on: date
    statutory: bool


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """A reminder that is sent this many days after the anchor, while the registration is still owed."""

    id: str
    days: int
    source: str
    valid_from: date


# The registration component is part of the integration programme since then (agii.be).
_REFORM = date(2022, 3, 1)

TERM_RULES: tuple[TermRule, ...] = (
    TermRule(
        "nieuwkomer.inschrijving.wettelijk",
        60,
        None,
        "agii.be; decree of 7 June 2013 as changed on 1 March 2022; anchor unverified",
        _REFORM,
        statutory=True,
    ),
    TermRule("nieuwkomer.inschrijving.beleid", None, 2, "coalition agreement 3.2.1.2", _REFORM, statutory=False),
)
REMINDER_RULES: tuple[ReminderRule, ...] = (
    ReminderRule("obligationReminder30", 30, "policy; proposal", _REFORM),
    ReminderRule("obligationReminder45", 45, "policy; proposal", _REFORM),
)


@lru_cache(maxsize=4096)
def terms_from(anchor: date, rules: tuple[TermRule, ...] = TERM_RULES) -> tuple[Term, ...]:
    """Every term that a rule in force on the anchor day gives, the earliest first."""
    found = [Term(rule.id, rule.due_on(anchor), rule.statutory) for rule in rules if rule.valid_from <= anchor]
    return tuple(sorted(found, key=lambda term: (term.due_on, term.rule_id)))
