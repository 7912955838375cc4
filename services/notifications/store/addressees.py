"""Who a person is, as registration last said, sealed as it came: for letters that nobody sends a name along with."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed

_KNOWN = text("""
    SELECT DISTINCT ON (person_id) person_id, sealed_ref, box
    FROM (
        SELECT person_id, sealed_ref, box, heard_at FROM addressee
        WHERE person_id = ANY(CAST(:people AS uuid[])) AND merged_into IS NULL
        UNION ALL SELECT merged_into, sealed_ref, box, heard_at FROM addressee WHERE merged_into = ANY(CAST(:people AS uuid[]))
    ) AS told
    ORDER BY person_id, heard_at DESC
""")
# Arrays are counted and not asked for existence: that could become a hash of a whole table (docs/decisions/0010).
_KEEP = text("""
    INSERT INTO addressee (person_id, sealed_ref, box)
    SELECT * FROM unnest(CAST(:people AS uuid[]), CAST(:refs AS text[]), CAST(:boxes AS bytea[]))
    ON CONFLICT (person_id) DO UPDATE SET sealed_ref = excluded.sealed_ref, box = excluded.box, heard_at = clock_timestamp()
    RETURNING person_id,
        cardinality(ARRAY(SELECT 1 FROM postal_address p WHERE p.person_id = addressee.person_id AND p.deceased)) > 0 AS deceased,
        cardinality(ARRAY(
            SELECT 1 FROM stopped_registration s WHERE coalesce(s.merged_into, s.person_id) = addressee.person_id)) > 0 AS stopped
""")


async def known(uow: UnitOfWork, people: list[PersonId]) -> Mapping[PersonId, Sealed[PersonFacts]]:
    """Who these people are; somebody nobody has named is left out."""
    return {PersonId(row.person_id): Sealed.of(row.sealed_ref, row.box) for row in await uow.all(_KNOWN, {"people": people})}


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Those of some people who died, and those of whom some registration was stopped."""

    dead: frozenset[PersonId] = frozenset()
    stopped: frozenset[PersonId] = frozenset()


async def keep(uow: UnitOfWork, said: Mapping[PersonId, Sealed[PersonFacts]]) -> Exceptions:
    """Keep what was said last; nothing is opened for it. Who is not simply told more, as the same statement shows."""
    if not said:
        return Exceptions()
    facts = said.values()
    given = {"people": list(said), "refs": [box.key_ref for box in facts], "boxes": [box.raw for box in facts]}
    rows = await uow.all(_KEEP, given)
    return Exceptions(
        dead=frozenset(PersonId(row.person_id) for row in rows if row.deceased),
        stopped=frozenset(PersonId(row.person_id) for row in rows if row.stopped),
    )
