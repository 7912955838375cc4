"""The terms of registrations, as they are read; `ledger` writes them."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, any_, bindparam, select, tuple_
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
