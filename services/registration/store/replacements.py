"""Numbers that were replaced, on their way into the vault: asked for by a fact, done once the vault knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db import Connection
from chassis.intake.kinds import Record
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId, Ssin
from contracts.sealed import Sealed

_BATCH = 100

# A record that comes again is carried again, which does no harm: the vault answers the same.
_ASK = text("""
    INSERT INTO number_replacement AS r (organisation, reference, person_id, numbers)
    SELECT organisation, reference, person_id, numbers FROM jsonb_populate_recordset(NULL::number_replacement, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        person_id = excluded.person_id, numbers = excluded.numbers, asked = r.asked + 1, done_at = NULL
""").bindparams(bindparam("rows", type_=JSONB))
_TAKE_BACK = text("""
    DELETE FROM number_replacement AS r
    USING unnest(CAST(:organisations AS text[]), CAST(:references AS text[])) AS t (organisation, reference)
    WHERE (r.organisation, r.reference) = (t.organisation, t.reference) AND r.done_at IS NULL
""")
_OPEN = text("""
    SELECT organisation, reference, asked, person_id, numbers FROM number_replacement WHERE done_at IS NULL ORDER BY asked_at LIMIT :batch
""")
_DONE = text("""
    UPDATE number_replacement SET done_at = clock_timestamp()
    WHERE (organisation, reference, asked) = (:organisation, :reference, :asked) AND done_at IS NULL
""")
_WAITING = text("SELECT EXISTS (SELECT FROM number_replacement WHERE done_at IS NULL)")


class Numbers(BaseModel):
    """Which number took the place of which."""

    old: Ssin
    new: Ssin


@dataclass(frozen=True, slots=True)
class Replacement:
    """One that the vault may not know yet; `asked` tells two versions of a record apart."""

    organisation: str
    reference: str
    asked: int
    person_id: PersonId
    numbers: Sealed[Numbers]


async def ask(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep these for the worker."""
    if rows:
        await uow.execute(_ASK, {"rows": list(rows)})


async def take_back(uow: UnitOfWork, records: Iterable[Record]) -> None:
    """These records say something else now; what the vault knows already stays."""
    gone = list(records)
    if gone:
        await uow.execute(
            _TAKE_BACK, {"organisations": [record.organisation for record in gone], "references": [record.reference for record in gone]}
        )


async def unfinished(connection: Connection) -> list[Replacement]:
    """Those still to be carried, the oldest first."""
    rows = await connection.execute(_OPEN, {"batch": _BATCH})
    return [
        Replacement(row.organisation, row.reference, row.asked, PersonId(row.person_id), Sealed[Numbers].from_wire(row.numbers))
        for row in rows
    ]


async def done(uow: UnitOfWork, one: Replacement) -> None:
    """The vault knows this one."""
    await uow.execute(_DONE, {"organisation": one.organisation, "reference": one.reference, "asked": one.asked})


async def waiting(connection: Connection) -> bool:
    """Whether any is still on its way."""
    return bool((await connection.execute(_WAITING)).scalar_one())
