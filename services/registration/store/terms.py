"""The terms of registrations: one statement per batch."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, any_, bindparam, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.registration.domain.terms import KeptTerm, Standing, TermKind
from services.registration.store.term_tables import term

_IDS = bindparam("ids", type_=ARRAY(SQL_UUID))
_OF_REGISTRATIONS = select(term).where(term.c.registration_id == any_(_IDS)).order_by(term.c.due_on, term.c.kind)
_BY_IDS = select(term).where(term.c.term_id == any_(_IDS))
_WAITING = select(term).where(term.c.waits)
_SAVE = text("""
    INSERT INTO term (term_id, registration_id, person_id, rule_id, kind, anchor_on, due_on, began_on, state, released_on, due_told,
                      overdue_since, waits, met_on, reason, approved_by, final, version)
    SELECT term_id, registration_id, person_id, rule_id, kind, anchor_on, due_on, began_on, state, released_on, due_told, overdue_since,
           waits, met_on, reason, approved_by, final, version
    FROM jsonb_populate_recordset(NULL::term, :rows)
    ON CONFLICT (term_id) DO UPDATE SET
        due_on = excluded.due_on, state = excluded.state, released_on = excluded.released_on, due_told = excluded.due_told,
        overdue_since = excluded.overdue_since, waits = excluded.waits, met_on = excluded.met_on, reason = excluded.reason,
        approved_by = excluded.approved_by, final = excluded.final, version = excluded.version
""").bindparams(bindparam("rows", type_=JSONB))


async def of_registrations(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, tuple[KeptTerm, ...]]:
    """The terms of each of these registrations, soonest first."""
    found: dict[UUID, tuple[KeptTerm, ...]] = dict.fromkeys(ids, ())
    for row in await uow.all(_OF_REGISTRATIONS, {"ids": list(ids)}):
        found[UUID(str(row.registration_id))] += (_read(row),)
    return found


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, KeptTerm]:
    """These terms."""
    return {row.term_id: _read(row) for row in await uow.all(_BY_IDS, {"ids": list(ids)})}


async def waiting(uow: UnitOfWork) -> Sequence[KeptTerm]:
    """The terms that passed while the register that would know was silent."""
    return [_read(row) for row in await uow.all(_WAITING)]


async def deadlines(
    uow: UnitOfWork, *, state: Standing | None, due_before: date | None, after: tuple[date, UUID] | None, count: int
) -> Sequence[KeptTerm]:
    """Terms in the order of their last days, after that one."""
    wanted = select(term).order_by(term.c.due_on, term.c.term_id).limit(count)
    if state is not None:
        wanted = wanted.where(term.c.state == state)
    if due_before is not None:
        wanted = wanted.where(term.c.due_on < due_before)
    if after is not None:
        last = tuple_(bindparam("due_on", after[0], Date), bindparam("term_id", after[1], SQL_UUID))
        wanted = wanted.where(tuple_(term.c.due_on, term.c.term_id) > last)
    return [_read(row) for row in await uow.all(wanted)]


async def save(uow: UnitOfWork, changed: Sequence[KeptTerm]) -> None:
    """Keep these as they are now."""
    if changed:
        await uow.execute(_SAVE, {"rows": [_row(kept) for kept in changed]})


def _row(kept: KeptTerm) -> dict[str, object]:
    return {
        "term_id": str(kept.term_id),
        "registration_id": str(kept.registration_id),
        "person_id": str(kept.person_id),
        "rule_id": kept.rule_id,
        "kind": kept.kind,
        "anchor_on": kept.anchor_on.isoformat(),
        "due_on": kept.due_on.isoformat(),
        "began_on": kept.began_on.isoformat(),
        "state": kept.state,
        "released_on": kept.released_on.isoformat() if kept.released_on else None,
        "due_told": kept.due_told,
        "overdue_since": kept.overdue_since.isoformat() if kept.overdue_since else None,
        "waits": kept.waits,
        "met_on": kept.met_on.isoformat() if kept.met_on else None,
        "reason": kept.reason,
        "approved_by": kept.approved_by,
        "final": kept.final,
        "version": kept.version,
    }


def _read(row: Row) -> KeptTerm:
    return KeptTerm(
        term_id=row.term_id,
        registration_id=row.registration_id,
        person_id=PersonId(row.merged_into or row.person_id),
        rule_id=row.rule_id,
        kind=TermKind(row.kind),
        anchor_on=row.anchor_on,
        due_on=row.due_on,
        began_on=row.began_on,
        state=Standing(row.state),
        released_on=row.released_on,
        due_told=row.due_told,
        overdue_since=row.overdue_since,
        waits=row.waits,
        met_on=row.met_on,
        reason=row.reason,
        approved_by=row.approved_by,
        final=row.final,
        version=row.version,
    )
