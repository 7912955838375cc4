"""The leaver rules S1-S13 and S17 in their order, as data; the first that applies decides (`decisions.md` 3)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import LeaverOutcome, Reason
from services.education_feed.domain import codes
from services.education_feed.domain.ages import Threshold
from services.education_feed.domain.days import day_before
from services.education_feed.domain.facts import ENROLMENTS_ADULT, ENROLMENTS_COMPULSORY, ENROLMENTS_HIGHER, LED, HomeEducation
from services.education_feed.domain.leaves import LEVELS, ignored, never_was
from services.education_feed.domain.proofs import doubts, qualifies
from services.education_feed.domain.questions import LeaveCase

RULE_SET = "leavers-2025.1"

_ENROLMENTS = (ENROLMENTS_COMPULSORY, ENROLMENTS_HIGHER, ENROLMENTS_ADULT)
# Rows of a decision that registration was told of and for which the database of proofs had spoken.
_PROOFS_LOOKED_AT = ("S13", "detected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row says: an outcome, why, when to look again by itself, and for which sources it waits."""

    outcome: LeaverOutcome
    reasons: tuple[str, ...] = ()
    look_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    rests_on: tuple[datetime, ...] = ()  # when the facts it rests on were received


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table with its source and validity; who is let past it rests on these instants, too."""

    id: str
    applies: Callable[[LeaveCase], Verdict | None]
    source: str
    rests_on: Callable[[LeaveCase], Iterable[datetime | None]] = lambda _: ()
    valid_from: date | None = None
    valid_to: date | None = None


def _unknown_person(case: LeaveCase) -> Verdict | None:
    if not case.pupil.standing.unknown or case.told:
        return None
    return Verdict(LeaverOutcome.PARKED, (Reason.UNKNOWN_PERSON,))


def _resolved_by_the_vault(_: LeaveCase) -> None:
    """Nothing: who comes here is the survivor of every replaced number."""


def _not_ours(case: LeaveCase) -> Verdict | None:
    if case.leave is None:
        return None
    reason = ignored(case.leave)
    if reason is not None:
        return Verdict(LeaverOutcome.IGNORED, (reason,))
    if case.leave.level in LEVELS:
        return None
    ends_at = case.window_ends_at
    if ends_at is not None and case.at < ends_at:  # registration hears of it when the window ends
        return Verdict(LeaverOutcome.REVIEW, (Reason.UNKNOWN_LEVEL,), look_at=ends_at)
    return Verdict(LeaverOutcome.REVIEW, (Reason.UNKNOWN_LEVEL,), rests_on=(ends_at,) if ends_at is not None else ())


def _withdrawn(case: LeaveCase) -> Verdict | None:
    if case.leave is None:
        return Verdict(LeaverOutcome.WITHDRAWN, (_why_none_is_left(case),))
    if case.leave.retraction is not None:
        return Verdict(LeaverOutcome.WITHDRAWN, (case.leave.retraction.reason,), rests_on=(case.leave.retraction.received_at,))
    if case.goes_on is not None and (case.announced or case.corrected):
        reasons = (Reason.ENROLLED, Reason.LATE_BY_SOURCE)
        return Verdict(LeaverOutcome.WITHDRAWN, reasons, rests_on=(case.goes_on.received_at,))
    return None


def _why_none_is_left(case: LeaveCase) -> str:
    records = [one for one in case.pupil.enrolments if one.school_year == case.school_year]
    if any(one.closure is None and not never_was(one) and one.source == "compulsory" for one in records):
        return Reason.REOPENED
    retracted = [one.retraction for one in records if one.retraction is not None and not one.deleted]
    return max(retracted, key=lambda one: (one.received_at, one.reason)).reason if retracted else Reason.DELETED


def _window_open(case: LeaveCase) -> Verdict | None:
    if case.window_ends_at is not None and case.at < case.window_ends_at:
        return Verdict(LeaverOutcome.WAITING_WINDOW, (Reason.WINDOW_OPEN,), look_at=case.window_ends_at)
    if case.waits_until is not None and case.at < case.waits_until and case.goes_on is None:
        return Verdict(LeaverOutcome.WAITING_WINDOW, (Reason.WITHDRAWN_BY_SOURCE,), look_at=case.waits_until)
    return None


def _goes_on(case: LeaveCase) -> Verdict | None:
    if case.goes_on is not None:
        return Verdict(LeaverOutcome.CONTINUES, (Reason.ENROLLED,), rests_on=(case.goes_on.received_at,))
    if case.question is None or case.question.answered:
        return None  # answered before: a source that fell silent since takes nothing back
    missing = tuple(name for name in _ENROLMENTS if not case.sources.silent(name, day_before(case.question.at)))
    return Verdict(LeaverOutcome.WAITING_FOR_SOURCE, missing, waits_for=missing) if missing else None


def _ended(case: LeaveCase) -> Verdict | None:
    if case.told:
        return None
    if case.pupil.standing.ended is not None:
        return Verdict(LeaverOutcome.NOT_APPLICABLE, (case.pupil.standing.ended,))
    return _stays(case, "S3") if case.kept is not None and case.kept.reasons != (Reason.DECEASED,) else None


def _objects(case: LeaveCase) -> Verdict | None:
    outcomes = {"upheld": LeaverOutcome.SUPPRESSED, "pending": LeaverOutcome.REVIEW}
    outcome = outcomes.get(case.pupil.standing.objection or "")
    return Verdict(outcome, (Reason.OBJECTION,)) if outcome is not None and not case.told else None


def _other_region(case: LeaveCase) -> Verdict | None:
    if case.told:
        return None
    stays, region = _stays(case, "S5"), case.pupil.standing.region
    if stays is not None or region in (None, "flanders"):
        return stays
    return Verdict(LeaverOutcome.OTHER_REGION, (str(region),))


def _stays(case: LeaveCase, rule: str) -> Verdict | None:
    """What a row said of the same leave: residence counts only while a leave still waits (`decisions.md` 3, re-evaluation)."""
    kept, leave = case.kept, case.leave
    if kept is None or leave is None or leave.closure is None or (kept.rule, kept.left_on) != (rule, leave.closure.ends_on):
        return None
    return Verdict(kept.outcome, kept.reasons)


def _qualified(case: LeaveCase) -> Verdict | None:
    found = qualifies(case.pupil.qualifications)
    return Verdict(LeaverOutcome.QUALIFIED, (Reason.QUALIFIED,), rests_on=(found[0].received_at,)) if found else None


def _compulsory(case: LeaveCase) -> Verdict | None:
    return _too_young(case, case.compulsory, LeaverOutcome.COMPULSORY_EDUCATION, Reason.COMPULSORY_EDUCATION)


def _under_age(case: LeaveCase) -> Verdict | None:
    if not case.switches.min_age:
        return None
    return _too_young(case, case.of_age, LeaverOutcome.WAITING_FOR_AGE, Reason.UNDER_AGE)


def _too_young(case: LeaveCase, age: Threshold | None, outcome: LeaverOutcome, reason: Reason) -> Verdict | None:
    if age is None:
        return Verdict(LeaverOutcome.REVIEW, (Reason.INCOMPLETE_BIRTH_DATE,))
    reached = age.reached(case.at)
    if reached is None:
        return Verdict(LeaverOutcome.REVIEW, (Reason.INCOMPLETE_BIRTH_DATE,), look_at=age.last_at)
    return None if reached else Verdict(outcome, (reason,), look_at=age.first_at)


def _unknown_code(case: LeaveCase) -> Verdict | None:
    reasons = codes.unknown(case.leave) if case.leave is not None else ()
    return Verdict(LeaverOutcome.REVIEW, reasons) if reasons else None


def _excluded(case: LeaveCase) -> Verdict | None:
    reasons = codes.outside_definition(case.leave) if case.leave is not None else ()
    return Verdict(LeaverOutcome.EXCLUDED, reasons) if reasons else None


def _reception_class(case: LeaveCase) -> Verdict | None:
    in_one = case.leave is not None and codes.in_reception_class(case.leave)
    return Verdict(LeaverOutcome.REVIEW, (Reason.RECEPTION_CLASS,)) if in_one else None


def _proofs_missing(case: LeaveCase) -> Verdict | None:
    if case.fresh_at is None or case.question is None:
        return None
    if case.at < case.fresh_at:
        return Verdict(LeaverOutcome.WAITING_FOR_PROOFS, (Reason.PROOFS_NOT_FRESH,), look_at=case.fresh_at)
    if case.announced and case.kept is not None and case.kept.rule in _PROOFS_LOOKED_AT:
        return None  # the database had spoken; that it is silent since takes nothing back
    if case.sources.silent(LED, day_before(max(case.question.at, case.fresh_at))):
        return None
    return Verdict(LeaverOutcome.WAITING_FOR_PROOFS, (LED,), waits_for=(LED,))


def _doubtful(case: LeaveCase) -> Verdict | None:
    home = (Reason.HOME_EDUCATION,) if any(_taught_at_home(case, one) for one in case.pupil.home_educations) else ()
    reasons = (*doubts(case.pupil.qualifications), *home)
    return Verdict(LeaverOutcome.REVIEW, reasons) if reasons else None


def _taught_at_home(case: LeaveCase, one: HomeEducation) -> bool:
    asked = case.question
    if one.deleted or asked is None or (one.ends_on is not None and one.ends_on < asked.on):
        return False
    return asked.sees(one.starts_on) or (case.kept is not None and Reason.HOME_EDUCATION in case.kept.reasons)


def _unqualified(_: LeaveCase) -> Verdict:
    return Verdict(LeaverOutcome.DETECTED, (Reason.UNQUALIFIED,))


def _heard(case: LeaveCase, names: Iterable[str]) -> Iterator[datetime | None]:
    return (case.sources.watermarks[name].received_at for name in names if name in case.sources.watermarks)


def _asked(case: LeaveCase) -> Iterable[datetime | None]:
    return (case.window_ends_at, case.waits_until, *_heard(case, _ENROLMENTS))


def _proofs_known(case: LeaveCase) -> Iterable[datetime | None]:
    proofs = (one.received_at for one in case.pupil.qualifications)
    return (case.fresh_at, *_heard(case, (LED,)), *proofs, *(one.received_at for one in case.pupil.home_educations))


def _known_of_person(case: LeaveCase) -> Iterable[datetime | None]:
    return (case.pupil.standing.heard_at,)


def _old_enough(case: LeaveCase) -> Iterable[datetime | None]:
    return (case.compulsory.last_at if case.compulsory is not None else None,)


def _of_age(case: LeaveCase) -> Iterable[datetime | None]:
    return (case.of_age.last_at if case.of_age is not None and case.switches.min_age else None,)


_LEAVER_DEFINITION = "statistiekvlaanderen.be, metadata early school leavers"

# S3, S17 and S5 stand where the feed looks first, so that nobody dead, elsewhere or objecting waits for years; registration looks again on
# fresh facts, and has S14, S15, S16 and S18 for itself (`decisions.md` 2).
LEAVER_RULES: tuple[Rule, ...] = (
    Rule("S1", _unknown_person, "register answer 30003: the number does not exist; a malformed one is refused at the door"),
    Rule("S2", _resolved_by_the_vault, "register answer 30004: a replaced number is resolved before any rule (vault)"),
    Rule("S4", _not_ours, f"{_LEAVER_DEFINITION}: Flemish secondary education; an unknown level is for a person"),
    Rule("S6", _withdrawn, "agodi.be, Discimus: later corrections are normal; what never was, or was reported late, is no leave"),
    Rule("S6b", _window_open, "decisions 3: windows (`domain/windows.py`)"),
    Rule("S7", _goes_on, "absence of an enrolment is what makes a leaver; it counts only when all three sources are complete", _asked),
    Rule("S3", _ended, "registers: deceased, struck off, abroad"),
    Rule("S17", _objects, "GDPR articles 18 and 21"),
    Rule("S5", _other_region, "Actiris, Forem and ADG are competent outside the Flemish Region", _known_of_person),
    Rule("S11a", _qualified, f"{_LEAVER_DEFINITION}: qualification criterion; a diploma also ends compulsory education"),
    Rule("S8", _compulsory, "law of 29 June 1983, article 1: a minor in compulsory education is Education's", _old_enough),
    Rule("S8b", _under_age, f"{_LEAVER_DEFINITION}: 18 to 25; row `minAge`", _of_age),
    Rule("S8c", _unknown_code, 'domain 0: an unknown code is for a person, never a crash and never "unqualified"'),
    Rule("S9", _excluded, f"{_LEAVER_DEFINITION}: OV1, OV2 and individually adapted curricula are excluded"),
    Rule("S10", _reception_class, "a reception class (OKAN) leads to no qualification by itself; may be a newcomer's duty"),
    Rule("S11", _qualified, f"{_LEAVER_DEFINITION}: qualification criterion, of proofs that came in answer to S12"),
    Rule("S12", _proofs_missing, "leerervaringsbewijzendatabank.be: proofs arrive late; absence counts from a date on", _proofs_known),
    Rule("S13", _doubtful, "proofs on honour or not recognised yet, and notified home education, are for a person"),
    Rule("detected", _unqualified, "coalition agreement 3.2.1.2: who left without a qualification; registration decides"),
)
