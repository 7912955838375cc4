"""Decides about every school year that a pupil left, by the first row of the leaver rules that applies (`decisions.md` 3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from contracts.codes import Flag, LeaverOutcome, Reason
from services.education_feed.domain.ages import is_minor
from services.education_feed.domain.cases import TOLD, CaseDecision, Kept
from services.education_feed.domain.days import day_of
from services.education_feed.domain.explanation import explain
from services.education_feed.domain.facts import Enrolment, Pupil, Sources, Switches
from services.education_feed.domain.leaves import deregistrations
from services.education_feed.domain.questions import LeaveCase, leave_case
from services.education_feed.domain.rules import LEAVER_RULES, RULE_SET, Rule, Verdict

# Rows that decide before it is asked whether the pupil goes on.
_UNASKED = frozenset({"S1", "S2", "S4", "S6", "S6b"})


def decide(
    pupil: Pupil, sources: Sources, switches: Switches, at: datetime, rules: tuple[Rule, ...] = LEAVER_RULES
) -> Sequence[CaseDecision]:
    """One decision for each school year with a deregistration or a kept case, in order of year, as of `at`.

    `at` is the trigger's instant: a timer's due date however late it fires, the moment of receipt for a fact (`mechanics.md` 24).
    """
    left = deregistrations(pupil.enrolments)
    kept = {case.school_year: case for case in pupil.kept}
    years = sorted({leave.school_year for leave in left} | kept.keys())
    return [
        _of_year(
            LeaveCase(pupil, sources, switches, year, None, kept.get(year), at), [one for one in left if one.school_year == year], rules
        )
        for year in years
    ]


def _of_year(year: LeaveCase, leaves: Sequence[Enrolment], rules: tuple[Rule, ...]) -> CaseDecision:
    """The latest deregistration decides; after registration was told, one that began later counts only once it is a leave itself."""
    first = [leave for leave in leaves if not _began_since(year.kept, leave)]
    if not first or len(first) == len(leaves):
        return _compared(_told_or_not(replace(year, leave=leaves[0] if leaves else None), rules), year.kept)
    latest = _decided(replace(year, leave=leaves[0], kept=_as_if_retracted(year.kept)), rules)
    told = _decided(replace(year, leave=first[0]), rules)
    return _compared(told if told.announces and not latest.announces else latest, year.kept)


def _told_or_not(case: LeaveCase, rules: tuple[Rule, ...]) -> CaseDecision:
    """What is taken back is decided as if it had never been told: then all that registration followed counts here again."""
    decision = _decided(case, rules)
    if decision.announces or case.kept is None or not case.kept.announced or decision.outcome is LeaverOutcome.WITHDRAWN:
        return decision
    return _decided(replace(case, kept=replace(case.kept, announced=False)), rules)


def _began_since(kept: Kept | None, leave: Enrolment) -> bool:
    if kept is None or not kept.announced or kept.asked_at is None:
        return False
    return leave.starts_on >= day_of(kept.asked_at)


def _as_if_retracted(kept: Kept | None) -> Kept | None:
    return replace(kept, announced=False, asked_at=None) if kept is not None else None


def _decided(given: LeaveCase, rules: tuple[Rule, ...]) -> CaseDecision:
    case, on = leave_case(given), day_of(given.at)
    rested = list(_received(case))
    for rule in rules:
        if not _in_force(rule, on):
            continue
        verdict = rule.applies(case)
        if verdict is not None:
            return _decision(case, rule, verdict, [*rested, *verdict.rests_on])
        rested += [instant for instant in rule.rests_on(case) if instant is not None]
    raise AssertionError("the last row of a rule set applies to everyone")


def _decision(case: LeaveCase, rule: Rule, verdict: Verdict, rested: Iterable[datetime]) -> CaseDecision:
    complete_at = min(case.at, max(rested, default=case.at))  # who looks late decides as of the due instant all the same
    over = case.window_ends_at is not None and case.at >= case.window_ends_at
    late = Reason.LATE_BY_SOURCE in verdict.reasons  # the only S6 that rests on the question
    asked = late or (rule.id not in _UNASKED and verdict.outcome is not LeaverOutcome.WAITING_FOR_SOURCE)
    return CaseDecision(
        school_year=case.school_year,
        outcome=verdict.outcome,
        rule=rule.id,
        reasons=tuple(str(reason) for reason in verdict.reasons),
        left_on=case.leave.closure.ends_on if case.leave is not None and case.leave.closure is not None else None,
        window_ends_at=case.window_ends_at,
        asked_at=case.question.at if case.question is not None and asked else None,
        complete_at=complete_at,
        effective_on=day_of(complete_at),
        next_check_at=verdict.look_at,
        waits_for=verdict.waits_for,
        flags=tuple(_flags(case, verdict)),
        organisation=case.leave.organisation if case.leave is not None else None,
        reference=case.leave.reference if case.leave is not None else None,
        facts=explain(case),
        announces=over and verdict.outcome in TOLD,
        changed=True,
        rule_set=RULE_SET,
    )


def _received(case: LeaveCase) -> Iterator[datetime]:
    """When the records came that say whether there is a leave at all."""
    if case.leave is not None:
        yield case.leave.received_at
    else:
        yield from (one.received_at for one in case.pupil.enrolments if one.school_year == case.school_year)


def _flags(case: LeaveCase, verdict: Verdict) -> Iterator[Flag]:
    if is_minor(case.pupil.birth, case.at):
        yield Flag.MINOR
    if Reason.LATE_BY_SOURCE in verdict.reasons:
        yield Flag.LATE_BY_SOURCE


def _compared(decision: CaseDecision, kept: Kept | None) -> CaseDecision:
    """The decision beside the kept one: the same answer keeps its dates, so that looking again moves nothing."""
    if kept is None or _answer(decision) != _answer(kept) or decision.announces != kept.announced:
        return decision
    same = (decision.next_check_at, decision.waits_for) == (kept.next_check_at, kept.waits_for)
    return replace(decision, complete_at=kept.complete_at, effective_on=kept.effective_on, changed=not same)


def _answer(said: CaseDecision | Kept) -> tuple[LeaverOutcome, str, tuple[str, ...], date | None]:
    return (said.outcome, said.rule, tuple(said.reasons), said.left_on)


def _in_force(rule: Rule, on: date) -> bool:
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)
