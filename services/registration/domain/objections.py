"""Objections (GDPR articles 21 and 18): until when they are answered, and who may answer them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from contracts.identifiers import months_later


@dataclass(frozen=True, slots=True)
class AnswerTerm:
    """The row of rules that says how long an answer may take, with its source."""

    id: str
    months: int
    source: str


# The extension by two months of complex requests is a decision of a person, so it is no row; nor is the roll past a holiday
# (Regulation 1182/71, article 3(4)), which would only be to the detriment of who waits.
ANSWER_TERM = AnswerTerm("objection.answer", 1, "GDPR, article 12(3): without undue delay and in any event within one month of receipt")


def answer_due_on(received_on: date, term: AnswerTerm = ANSWER_TERM) -> date:
    """The last day on which an answer is in time: the same day a month later, or the last of a shorter month."""
    return months_later(received_on, term.months)


def may_decide(decider: str, authors: Collection[str]) -> bool:
    """Whether someone may decide about an objection: whoever wrote or switched a rule does not judge what it did (`facts.md` 1)."""
    return decider.casefold() not in {author.casefold() for author in authors}
