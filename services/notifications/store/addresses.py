"""The lawful postal address of each person, sealed, and who has died."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import text

from chassis.merging import Merged
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

_KNOWN = text("SELECT person_id, sealed_ref, box FROM postal_address WHERE person_id = ANY(CAST(:people AS uuid[])) AND box IS NOT NULL")
_KEEP = text("""
    INSERT INTO postal_address AS a (person_id, sealed_ref, box, version)
    SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:refs AS text[]), CAST(:boxes AS bytea[]), CAST(:versions AS bigint[]))
    ON CONFLICT (person_id) DO UPDATE SET
        sealed_ref = excluded.sealed_ref, box = excluded.box, version = excluded.version, deceased = false
    WHERE a.version < excluded.version
    RETURNING person_id
""")
_BURY = text("""
    INSERT INTO postal_address AS a (person_id, version, deceased)
    SELECT *, true FROM unnest(CAST(:people AS uuid[]), CAST(:versions AS bigint[]))
    ON CONFLICT (person_id) DO UPDATE SET sealed_ref = NULL, box = NULL, version = excluded.version, deceased = true
    WHERE a.version < excluded.version
""")
_DEAD = text("SELECT person_id FROM postal_address WHERE person_id = ANY(CAST(:people AS uuid[])) AND deceased")
_MERGE = text("""
    INSERT INTO postal_address AS a (person_id, sealed_ref, box, version, deceased)
    SELECT DISTINCT ON (survivor) survivor, sealed_ref, box, version, deceased
    FROM postal_address JOIN unnest(CAST(:people AS uuid[]), CAST(:survivors AS uuid[])) AS t (person_id, survivor) USING (person_id)
    ORDER BY survivor, version DESC, (box IS NULL)
    ON CONFLICT (person_id) DO UPDATE SET
        sealed_ref = excluded.sealed_ref, box = excluded.box, version = excluded.version, deceased = excluded.deceased
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


async def bury(uow: UnitOfWork, said: Sequence[tuple[PersonId, int]]) -> None:
    """Keep that these people died, until a higher version says otherwise; they have no address any more."""
    await uow.execute(_BURY, {"people": [person for person, _ in said], "versions": [version for _, version in said]})


async def dead(uow: UnitOfWork, people: Iterable[PersonId]) -> frozenset[PersonId]:
    """Those of these people who died."""
    return frozenset(PersonId(row.person_id) for row in await uow.all(_DEAD, {"people": list(set(people))}))


async def merge(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let letters to each survivor go where the register last said of any of its ids; registration soon says it better."""
    pairs = [(person, one.survivor) for one in merged for person in (one.survivor, *one.absorbed)]
    await uow.execute(_MERGE, {"people": [person for person, _ in pairs], "survivors": [survivor for _, survivor in pairs]})
