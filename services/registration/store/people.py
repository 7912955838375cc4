"""How each person stands in the registers, as it is read and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts, Residence
from contracts.sealed import Sealed
from services.registration.store.tables import register_person

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_PERSONS = select(register_person).where(register_person.c.person_id == any_(_PEOPLE))
_SAVE = text("""
    INSERT INTO register_person
    SELECT * FROM jsonb_populate_recordset(NULL::register_person, :rows)
    ON CONFLICT (person_id) DO UPDATE SET
        identity = excluded.identity, identity_on = excluded.identity_on, residence = excluded.residence,
        residence_on = excluded.residence_on, region = excluded.region, region_since = excluded.region_since,
        region_before = excluded.region_before, ended = excluded.ended, ended_on = excluded.ended_on,
        "unknown" = excluded."unknown", version = excluded.version
""").bindparams(bindparam("rows", type_=JSONB))


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """A person as the registers know them now; `identity` and `residence` are sealed."""

    identity: Sealed[PersonFacts] | None = None
    identity_on: date | None = None
    residence: Sealed[Residence] | None = None
    residence_on: date | None = None
    region: str | None = None
    region_since: date | None = None
    region_before: str | None = None
    ended: str | None = None
    ended_on: date | None = None
    unknown: bool = False
    version: int = 0


async def persons(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, RegisterPerson]:
    """What the registers say of each; one they never spoke of maps to an empty record."""
    rows = {row.person_id: row for row in await uow.all(_PERSONS, {"people": people})}
    return {person: _person(rows[person]) if person in rows else RegisterPerson() for person in people}


def _person(row: Row) -> RegisterPerson:
    return RegisterPerson(
        identity=Sealed.from_wire(row.identity) if row.identity else None,
        identity_on=row.identity_on,
        residence=Sealed.from_wire(row.residence) if row.residence else None,
        residence_on=row.residence_on,
        region=row.region,
        region_since=row.region_since,
        region_before=row.region_before,
        ended=row.ended,
        ended_on=row.ended_on,
        unknown=row.unknown,
        version=row.version,
    )


async def save(uow: UnitOfWork, changed: Mapping[PersonId, RegisterPerson]) -> None:
    """Keep these as they are now."""
    if changed:
        await uow.execute(_SAVE, {"rows": [_row(person, kept) for person, kept in changed.items()]})


def _row(person: PersonId, kept: RegisterPerson) -> dict[str, object]:
    return {
        "person_id": str(person),
        "identity": kept.identity.wire if kept.identity else None,
        "identity_on": _day(kept.identity_on),
        "residence": kept.residence.wire if kept.residence else None,
        "residence_on": _day(kept.residence_on),
        "region": kept.region,
        "region_since": _day(kept.region_since),
        "region_before": kept.region_before,
        "ended": kept.ended,
        "ended_on": _day(kept.ended_on),
        "unknown": kept.unknown,
        "version": kept.version,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
