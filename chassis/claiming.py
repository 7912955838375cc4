"""The claim: locks people for one unit, in sorted order, and finds the merges that this service has not applied (`mechanics.md` 1, 2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chassis.db import Connection
from chassis.merging import Merged, Whole
from chassis.rows import Row
from contracts.identifiers import PersonId

# What came is remembered with whom it is about, events first: an old and a new owner of a partition queue up on them instead of
# interleaving (`mechanics.md` 9). The update of a person is a row lock, taken in the order of the sorted ids, so two units never wait for
# each other crosswise.
_CLAIM = text("""
    WITH fresh AS (
        INSERT INTO inbox (event_id) SELECT unnest(CAST(:events AS uuid[])) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING event_id
    ), claimed AS (
        INSERT INTO person AS p (person_id)
        SELECT unnest(CAST(:people AS uuid[])) ORDER BY 1
        ON CONFLICT (person_id) DO UPDATE SET claims = p.claims + 1
        RETURNING person_id, blocked > 0 AS blocked, merged_into, merge_number
    )
    SELECT event_id, NULL::uuid AS person_id, NULL::boolean AS blocked, NULL::uuid AS merged_into, NULL::bigint AS merge_number FROM fresh
    UNION ALL SELECT NULL, person_id, blocked, merged_into, merge_number FROM claimed
""")
_ABSORBED = text("SELECT person_id FROM person WHERE merged_into = ANY(CAST(:survivors AS uuid[]))")
_APPLIED = text("""
    UPDATE person AS p SET merged_into = nullif(t.survivor_id, p.person_id), merge_number = greatest(p.merge_number, t.number)
    FROM unnest(CAST(:people AS uuid[]), CAST(:survivors AS uuid[]), CAST(:numbers AS bigint[])) AS t (person_id, survivor_id, number)
    WHERE p.person_id = t.person_id
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who was locked: the survivor of each id, which survivors wait behind a parked record, and the merges that are news here."""

    survivors: Mapping[PersonId, PersonId]
    blocked: frozenset[PersonId]
    merged: Sequence[Merged]
    fresh: frozenset[UUID]  # of the events that came with the claim, those never seen before


async def claim(
    connection: Connection, people: Iterable[PersonId], wholes: Mapping[PersonId, Whole], events: Collection[UUID] = ()
) -> Claimed:
    """Lock these people as a whole until the commit, absorbed ids included, and remember the events that are about them, in one statement.

    A unit that asked the vault before a merge, and comes here after another one applied it, finds that in the absorbed row and follows to
    the survivor. Only then is the order of locks broken: should two units meet crosswise, PostgreSQL ends one and its edge repeats it.
    """
    known = {person: wholes.get(person, Whole(person)) for person in people}
    leads = {other: whole.person_id for person, whole in known.items() for other in (person, whole.person_id, *whole.absorbed)}
    fresh, rows = await _claimed(connection, leads, events)
    while ahead := _ahead(known.values(), rows):
        absorbed = await connection.execute(_ABSORBED, {"survivors": sorted(ahead)})
        missing = (ahead | {PersonId(row.person_id) for row in absorbed}) - rows.keys()
        if not missing:
            break
        rows |= (await _claimed(connection, missing))[1]

    def survivor(person: PersonId) -> PersonId:
        lead = leads.get(person, person)
        return PersonId(rows[lead].merged_into or lead)

    survivors = {person: survivor(person) for person in rows}
    blocked = frozenset(survivors[person] for person, row in rows.items() if row.blocked)
    return Claimed(survivors, blocked, await _applied(connection, known.values(), rows), fresh)


async def _claimed(
    connection: Connection, people: Iterable[PersonId], events: Iterable[UUID] = ()
) -> tuple[frozenset[UUID], dict[PersonId, Row]]:
    """The events that are new, and the row of each person."""
    found = (await connection.execute(_CLAIM, {"events": sorted(set(events)), "people": sorted(people)})).all()
    fresh = frozenset(row.event_id for row in found if row.event_id is not None)
    return fresh, {PersonId(row.person_id): row for row in found if row.event_id is None}


def _ahead(wholes: Iterable[Whole], rows: Mapping[PersonId, Row]) -> set[PersonId]:
    """Survivors of whom another unit applied a merge after the vault was asked here."""
    standing = [(whole, rows[whole.person_id]) for whole in wholes]
    return {
        PersonId(row.merged_into or whole.person_id) for whole, row in standing if row.merged_into or row.merge_number > whole.merge_number
    }


async def _applied(connection: Connection, wholes: Iterable[Whole], rows: Mapping[PersonId, Row]) -> Sequence[Merged]:
    """The merges that are news here, noted as applied with this unit."""
    standing = {whole.person_id: (whole, rows[whole.person_id]) for whole in wholes}
    merged = [
        Merged(whole.person_id, whole.absorbed, whole.merge_number)
        for whole, row in standing.values()
        if row.merged_into is None and whole.merge_number > row.merge_number
    ]
    ids = [(person, one) for one in merged for person in (one.survivor, *one.absorbed)]
    if ids:
        await connection.execute(
            _APPLIED,
            {
                "people": [person for person, _ in ids],
                "survivors": [one.survivor for _, one in ids],
                "numbers": [one.number for _, one in ids],
            },
        )
    return merged
