"""Registrations, the decisions behind them and the terms that follow, written in one statement."""

from collections.abc import Sequence

from sqlalchemy import insert, text

from chassis.uow import UnitOfWork
from services.registration.domain.terms import KeptTerm
from services.registration.store.columns import arrays, joined
from services.registration.store.registrations import Registration
from services.registration.store.tables import decision

Flags = Sequence[str]

_MADE = (
    "registration_id", "case_id", "person_id", "contract_id", "school_year", "cause", "state", "outcome", "rule", "rule_set", "category",
    "origin", "region", "effective_on", "recorded_at", "ended_on", "insertion_starts_on", "insertion_days_lost", "gave_way_to", "version",
    "reasons", "flags",
)  # fmt: skip
_TERM = (
    "term_id", "registration_id", "person_id", "rule_id", "kind", "anchor_on", "due_on", "began_on", "state", "released_on", "due_told",
    "overdue_since", "waits", "met_on", "reason", "approved_by", "final", "version",
)  # fmt: skip
_KEEP = text("""
    WITH made AS MATERIALIZED (
        SELECT *, string_to_array(joined_reasons, ',') AS reasons
        FROM unnest(
            CAST(:made_registration_id AS uuid[]), CAST(:made_case_id AS uuid[]), CAST(:made_person_id AS uuid[]),
            CAST(:made_contract_id AS uuid[]), CAST(:made_school_year AS integer[]), CAST(:made_cause AS text[]),
            CAST(:made_state AS text[]), CAST(:made_outcome AS text[]), CAST(:made_rule AS text[]), CAST(:made_rule_set AS text[]),
            CAST(:made_category AS text[]), CAST(:made_origin AS text[]), CAST(:made_region AS text[]), CAST(:made_effective_on AS date[]),
            CAST(:made_recorded_at AS timestamptz[]), CAST(:made_ended_on AS date[]), CAST(:made_insertion_starts_on AS date[]),
            CAST(:made_insertion_days_lost AS integer[]), CAST(:made_gave_way_to AS uuid[]), CAST(:made_version AS integer[]),
            CAST(:made_reasons AS text[]), CAST(:made_flags AS text[])
        ) AS t (registration_id, case_id, person_id, contract_id, school_year, cause, state, outcome, rule, rule_set, category, origin,
                region, effective_on, recorded_at, ended_on, insertion_starts_on, insertion_days_lost, gave_way_to, version,
                joined_reasons, joined_flags)
    ), logged AS (
        INSERT INTO decision (case_id, version, person_id, registration_id, cause, state, outcome, rule, rule_set, reasons, flags,
                              effective_on, recorded_at, known_at, category, region, ended_on)
        SELECT case_id, version, person_id, registration_id, cause, state, outcome, rule, rule_set, reasons,
               string_to_array(joined_flags, ','), effective_on, recorded_at, CAST(:now AS timestamptz), category, region, ended_on
        FROM made
    ), moved AS (
        INSERT INTO term (term_id, registration_id, person_id, rule_id, kind, anchor_on, due_on, began_on, state, released_on, due_told,
                          overdue_since, waits, met_on, reason, approved_by, final, version)
        SELECT *
        FROM unnest(
            CAST(:term_term_id AS uuid[]), CAST(:term_registration_id AS uuid[]), CAST(:term_person_id AS uuid[]),
            CAST(:term_rule_id AS text[]), CAST(:term_kind AS text[]), CAST(:term_anchor_on AS date[]), CAST(:term_due_on AS date[]),
            CAST(:term_began_on AS date[]), CAST(:term_state AS text[]), CAST(:term_released_on AS date[]),
            CAST(:term_due_told AS boolean[]), CAST(:term_overdue_since AS timestamptz[]), CAST(:term_waits AS boolean[]),
            CAST(:term_met_on AS date[]), CAST(:term_reason AS text[]), CAST(:term_approved_by AS text[]),
            CAST(:term_final AS boolean[]), CAST(:term_version AS integer[])
        )
        ON CONFLICT (term_id) DO UPDATE SET
            due_on = excluded.due_on, state = excluded.state, released_on = excluded.released_on, due_told = excluded.due_told,
            overdue_since = excluded.overdue_since, waits = excluded.waits, met_on = excluded.met_on, reason = excluded.reason,
            approved_by = excluded.approved_by, final = excluded.final, version = excluded.version
    )
    INSERT INTO registration (registration_id, case_id, person_id, contract_id, school_year, cause, state, outcome, rule, rule_set, reasons,
                              category, origin, region, effective_on, recorded_at, ended_on, insertion_starts_on, insertion_days_lost,
                              gave_way_to, version)
    SELECT registration_id, case_id, person_id, contract_id, school_year, cause, state, outcome, rule, rule_set, reasons, category, origin,
           region, effective_on, recorded_at, ended_on, insertion_starts_on, insertion_days_lost, gave_way_to, version
    FROM made
    ON CONFLICT (registration_id) DO UPDATE SET
        state = excluded.state, outcome = excluded.outcome, rule = excluded.rule, rule_set = excluded.rule_set,
        reasons = excluded.reasons, category = excluded.category, region = excluded.region, effective_on = excluded.effective_on,
        recorded_at = excluded.recorded_at, ended_on = excluded.ended_on, insertion_starts_on = excluded.insertion_starts_on,
        insertion_days_lost = excluded.insertion_days_lost, gave_way_to = excluded.gave_way_to, version = excluded.version
""")


async def keep(
    uow: UnitOfWork,
    changed: Sequence[Registration] = (),
    flags: Sequence[Flags] | None = None,
    *,
    moved: Sequence[KeptTerm] = (),
) -> None:
    """Keep registrations as they are now, with the decision that led there (which is never changed), and terms as they are now."""
    if changed or moved:
        noted = flags or [()] * len(changed)
        made = [_made(item, codes) for item, codes in zip(changed, noted, strict=True)]
        uow.later(_KEEP, {**arrays("made", _MADE, made), **arrays("term", _TERM, map(_term, moved)), "now": uow.now})


async def log(uow: UnitOfWork, decided: Sequence[Registration], flags: Sequence[Flags]) -> None:
    """Keep decisions of which nothing was made: the registrations stay as they are."""
    rows = [
        {
            "case_id": item.case_id,
            "version": item.version,
            "person_id": item.person_id,
            "registration_id": item.registration_id,
            "cause": item.cause,
            "state": item.state,
            "outcome": item.outcome,
            "rule": item.rule,
            "rule_set": item.rule_set,
            "reasons": list(item.reasons),
            "flags": list(codes),
            "effective_on": item.effective_on,
            "recorded_at": item.recorded_at,
            "known_at": uow.now,
            "category": item.category,
            "region": item.region,
            "ended_on": item.ended_on,
        }
        for item, codes in zip(decided, flags, strict=True)
    ]
    if rows:
        await uow.execute(insert(decision), rows)


def _made(item: Registration, flags: Flags) -> tuple[object, ...]:
    gained = item.insertion
    return (
        item.registration_id,
        item.case_id,
        item.person_id,
        item.contract_id,
        item.school_year,
        item.cause,
        item.state,
        item.outcome,
        item.rule,
        item.rule_set,
        item.category,
        item.origin,
        item.region,
        item.effective_on,
        item.recorded_at,
        item.ended_on,
        gained.starts_on if gained else None,
        gained.days_lost if gained else None,
        item.gave_way_to,
        item.version,
        joined(item.reasons),
        joined(flags),
    )


def _term(kept: KeptTerm) -> tuple[object, ...]:
    return (
        kept.term_id,
        kept.registration_id,
        kept.person_id,
        kept.rule_id,
        kept.kind,
        kept.anchor_on,
        kept.due_on,
        kept.began_on,
        kept.state,
        kept.released_on,
        kept.due_told,
        kept.overdue_since,
        kept.waits,
        kept.met_on,
        kept.reason,
        kept.approved_by,
        kept.final,
        kept.version,
    )
