"""The lawful postal address of each person, sealed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from chassis.merging import Merged
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

_KNOWN = text("SELECT person_id, sealed_ref, box FROM postal_address WHERE person_id = ANY(CAST(:people AS uuid[])) AND box IS NOT NULL")
_KEEP = text("""
    INSERT INTO postal_address AS a (person_id, sealed_ref, box, version)
    SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:refs AS text[]), CAST(:boxes AS bytea[]), CAST(:versions AS bigint[]))
    ON CONFLICT (person_id) DO UPDATE SET sealed_ref = excluded.sealed_ref, box = excluded.box, version = excluded.version
    WHERE a.version < excluded.version
    RETURNING person_id
""")
_MERGE = text("""
    INSERT INTO postal_address AS a (person_id, sealed_ref, box, version)
    SELECT DISTINCT ON (survivor) survivor, sealed_ref, box, version
    FROM postal_address JOIN unnest(CAST(:people AS uuid[]), CAST(:survivors AS uuid[])) AS t (person_id, survivor) USING (person_id)
    ORDER BY survivor, version DESC, (box IS NULL)
    ON CONFLICT (person_id) DO UPDATE SET sealed_ref = excluded.sealed_ref, box = excluded.box, version = excluded.version
""")


async def known(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, Sealed[bytes]]:
    """Where letters to these people go; someone without an address is left out."""
    if not people:
        return {}
    rows = await uow.all(_KNOWN, {"people": list(people)})
    return {PersonId(row.person_id): Sealed.of(row.sealed_ref, row.box) for row in rows}


async def keep(uow: UnitOfWork, said: Sequence[tuple[PersonId, Sealed[bytes] | None, int]]) -> frozenset[PersonId]:
    """Keep what the register says; an older version changes nothing. Whose entry changed."""
    if not said:
        return frozenset()
    rows = await uow.all(
        _KEEP,
        {
            "people": [person for person, _, _ in said],
            "refs": [box.key_ref if box else None for _, box, _ in said],
            "boxes": [box.raw if box else None for _, box, _ in said],
            "versions": [version for _, _, version in said],
        },
    )
    return frozenset(PersonId(row.person_id) for row in rows)


async def merge(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let letters to each survivor go where the register last said of any of its ids; registration soon says it better."""
    pairs = [(person, one.survivor) for one in merged for person in (one.survivor, *one.absorbed)]
    await uow.execute(_MERGE, {"people": [person for person, _ in pairs], "survivors": [survivor for _, survivor in pairs]})
