"""Which enrolments of a pupil are leaves, which show that the pupil goes on, and which did but were withdrawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import Reason
from services.education_feed.domain.facts import Enrolment

SECONDARY = 3
LEVELS = frozenset({1, 2, SECONDARY})  # nursery, primary, secondary; the list may grow
# Boarding is no schooling (`decisions.md` 3).
SCHOOLING = frozenset({"compulsory", "higher", "adult"})


@dataclass(frozen=True, slots=True)
class Question:
    """As of when it is asked whether the pupil goes on.

    `answered`: it was before, with every source complete. `closed`: what begins only since then is for a later question.
    """

    at: datetime
    on: date  # the day that begins then
    answered: bool = False
    closed: bool = False

    def sees(self, starts_on: date) -> bool:
        """Whether what begins on that day counts: reported late it does, begun after a question was closed it does not."""
        return not self.closed or starts_on < self.on


def never_was(enrolment: Enrolment) -> bool:
    """Whether the school took the whole record back, or it is somebody else's."""
    return enrolment.deleted or (enrolment.retraction is not None and enrolment.retraction.reason == Reason.WRONG_PERSON)


def withdrawn_at(enrolment: Enrolment) -> datetime | None:
    """When the record was taken back; None while it stands."""
    if enrolment.deleted:
        return enrolment.received_at
    return enrolment.retraction.received_at if enrolment.retraction is not None and never_was(enrolment) else None


def ignored(enrolment: Enrolment) -> Reason | None:
    """Why a deregistration is no leave of Flemish secondary education; None where it is one, or may be one (S4)."""
    if enrolment.source != "compulsory":
        return Reason.NO_SCHOOL_LEAVE
    if not enrolment.flemish:
        return Reason.NOT_FLEMISH
    return Reason.NOT_SECONDARY if enrolment.level in LEVELS and enrolment.level != SECONDARY else None


def deregistrations(enrolments: Iterable[Enrolment]) -> Sequence[Enrolment]:
    """Every closed enrolment that was one, the latest first; real leaves stand before what S4 ignores."""
    closed = [one for one in enrolments if one.closure is not None and not never_was(one)]
    return sorted(closed, key=lambda one: (ignored(one) is None, *_order(one)), reverse=True)


def goes_on(enrolments: Sequence[Enrolment], leave: Enrolment, question: Question) -> Enrolment | None:
    """The enrolment that ends this leave, if any: in force on the day asked about, or known and still to begin (S7).

    One that ended since, later than this leave and in another school year, is a leave of its own, which takes this one's place.
    """
    others = [one for one in enrolments if one != leave and not never_was(one) and counts(one) and question.sees(one.starts_on)]
    return max((one for one in others if _lasts(one, question.on) or _left_later(one, leave)), key=_order, default=None)


def withdrawn_after(enrolments: Iterable[Enrolment], leave: Enrolment, question: Question) -> datetime | None:
    """When the last enrolment that would have ended this leave was withdrawn, if that was after the window, which `question` asks about."""
    others = [one for one in enrolments if one != leave and counts(one) and question.sees(one.starts_on) and _lasts(one, question.on)]
    taken_back = [withdrawn_at(one) for one in others]
    return max((at for at in taken_back if at is not None and at >= question.at), default=None)


def counts(enrolment: Enrolment) -> bool:
    """Whether it is schooling that leads to a qualification."""
    return enrolment.source in SCHOOLING and enrolment.towards_qualification


def _lasts(enrolment: Enrolment, day: date) -> bool:
    """Whether it is in force on the day, or begins later."""
    return enrolment.closure is None or enrolment.closure.ends_on >= day


def _left_later(one: Enrolment, leave: Enrolment) -> bool:
    if one.closure is None or leave.closure is None or ignored(one) is not None:
        return False
    return one.school_year > leave.school_year and one.closure.ends_on > leave.closure.ends_on


def _order(enrolment: Enrolment) -> tuple[date, date, str, str]:
    ends_on = enrolment.closure.ends_on if enrolment.closure is not None else date.max
    return (ends_on, enrolment.starts_on, enrolment.organisation, enrolment.reference)
