"""The vault's database functions, one statement and one round trip per call."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text

from chassis.db import Database, StatementFailed
from chassis.errors import Unavailable
from chassis.rows import Row
from vault.errors import UnknownPerson, VaultUnavailable
from vault.keys import Pepper

Answer = Row
Answers = Sequence[Answer]

_UNKNOWN_PEPPERS = text("SELECT * FROM vault.unknown_peppers(:peppers, :fingerprints)")
_PEOPLE = text("SELECT * FROM vault.people(:slots, :hmacs, :peppers)")
_SURVIVORS = text("SELECT * FROM vault.survivors(:people)")
_SEALING_KEYS = text("SELECT * FROM vault.sealing_keys(:people, :classes, :fresh, :kek)")
_OPENING_KEYS = text("SELECT * FROM vault.opening_keys(:purpose, :organisation, :items, :people, :classes, :wanted)")
_BOTH_KEYS = text("""
    SELECT * FROM vault.opening_keys(:purpose, :organisation, :items, :people, :classes, :wanted)
    UNION ALL SELECT * FROM vault.sealing_keys(:sealing_people, :sealing_classes, :fresh, :kek)
""")
_QUARANTINE_SEALING_KEY = text("SELECT * FROM vault.quarantine_sealing_key(:partner, :fresh, :kek)")
_QUARANTINE_OPENING_KEYS = text("SELECT * FROM vault.quarantine_opening_keys(:purpose, :organisation, :items, :keys)")
_MERGE_PEOPLE = text("SELECT * FROM vault.merge_people(:one, :other)")
_REPLACE_NUMBER = text("SELECT * FROM vault.replace_number(:person, :hmacs, :peppers)")
_MERGES_SINCE = text("SELECT * FROM vault.merges_since(:after, :at_most)")
_HOLD = text("SELECT vault.hold(:person, :classes, :held)")
_ERASE = text("SELECT * FROM vault.erase(:subject, :classes, :ground, CAST(:reference AS uuid))")

_FOREIGN_KEY = "23503"  # foreign_key_violation (PostgreSQL manual, appendix A); our functions raise it too


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """Keys that are wanted, and a fresh one for each that there is none of yet, wrapped under `kek`."""

    people: Sequence[UUID]
    classes: Sequence[str]
    fresh: Sequence[bytes]
    kek: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is opened and why; `wanted` marks the keys the caller does not hold."""

    purpose: str
    organisation: str | None
    items: int
    people: Sequence[str]  # as the names of keys have them
    classes: Sequence[str]
    wanted: Sequence[bool]


class Calls:
    """What a service role may ask of the vault's database; the functions say the rest (`vault/migrations`)."""

    def __init__(self, database: Database, timeout_s: float) -> None:
        self._database = database
        self._timeout_s = timeout_s

    async def unknown_peppers(self, peppers: Sequence[Pepper]) -> list[int]:
        """Versions that this database knows under another fingerprint."""
        given = {"peppers": [pepper.version for pepper in peppers], "fingerprints": [pepper.fingerprint for pepper in peppers]}
        return [row[0] for row in await self._ask(_UNKNOWN_PEPPERS, given)]

    async def people(self, slots: Sequence[int], hmacs: Sequence[bytes], peppers: Sequence[int]) -> Answers:
        """slot, recorded_id, survivor_id, absorbed, merge_no."""
        return await self._ask(_PEOPLE, {"slots": slots, "hmacs": hmacs, "peppers": peppers})

    async def survivors(self, people: Sequence[UUID]) -> Answers:
        """recorded_id, survivor_id, absorbed, merge_no."""
        return await self._ask(_SURVIVORS, {"people": people})

    async def sealing_keys(self, wanted: SealingKeys) -> Answers:
        """person_id, class, generation, wrapped, kek_id; the fresh keys are kept where there was none."""
        return await self._ask(_SEALING_KEYS, {name: getattr(wanted, name) for name in ("people", "classes", "fresh", "kek")})

    async def opening_keys(self, opening: Opening, sealing: SealingKeys | None) -> Answers:
        """person_id, class, generation, wrapped, kek_id of those wanted; logs the opening of all. Keys for sealing come with them."""
        given = {name: getattr(opening, name) for name in ("purpose", "organisation", "items", "people", "classes", "wanted")}
        if sealing is None:
            return await self._ask(_OPENING_KEYS, given)
        also = {"sealing_people": sealing.people, "sealing_classes": sealing.classes, "fresh": sealing.fresh, "kek": sealing.kek}
        return await self._ask(_BOTH_KEYS, given | also)

    async def quarantine_sealing_key(self, partner: str, fresh: bytes, kek: str) -> Answer:
        """key_id, wrapped, kek_id of today's key."""
        return (await self._ask(_QUARANTINE_SEALING_KEY, {"partner": partner, "fresh": fresh, "kek": kek}))[0]

    async def quarantine_opening_keys(self, purpose: str, organisation: str | None, items: int, keys: Sequence[UUID]) -> Answers:
        """key_id, wrapped, kek_id of those younger than 30 days; logs the opening."""
        given = {"purpose": purpose, "organisation": organisation, "items": items, "keys": keys}
        return await self._ask(_QUARANTINE_OPENING_KEYS, given)

    async def merge_people(self, one: UUID, other: UUID) -> Answers:
        """merge_no, survivor_id, absorbed_id, merged_at of the survivor's last merge."""
        return await self._ask(_MERGE_PEOPLE, {"one": one, "other": other})

    async def replace_number(self, person: UUID, hmacs: Sequence[bytes], peppers: Sequence[int]) -> Answers:
        """The merge it caused, if any."""
        return await self._ask(_REPLACE_NUMBER, {"person": person, "hmacs": hmacs, "peppers": peppers})

    async def merges_since(self, after: int, at_most: int) -> Answers:
        """merge_no, survivor_id, absorbed_id, merged_at in order."""
        return await self._ask(_MERGES_SINCE, {"after": after, "at_most": at_most})

    async def hold(self, person: UUID, classes: Sequence[str], *, held: bool) -> int:
        """How many keys are now held, or released."""
        return int((await self._ask(_HOLD, {"person": person, "classes": classes, "held": held}))[0][0])

    async def erase(self, subject: UUID, classes: Sequence[str], ground: str, reference: UUID | None) -> Answer:
        """erasure_no, erased_at, person_id, people, destroyed, held."""
        return (await self._ask(_ERASE, {"subject": subject, "classes": classes, "ground": ground, "reference": reference}))[0]

    async def _ask(self, statement: TextClause, given: Mapping[str, object]) -> Answers:
        """One statement that commits by itself: no BEGIN and COMMIT around it, so one round trip."""
        try:
            async with asyncio.timeout(self._timeout_s), self._database.statement() as connection:
                return (await connection.execute(statement, given)).all()
        except (Unavailable, TimeoutError) as error:
            raise VaultUnavailable(type(error).__name__) from error
        except StatementFailed as error:
            if error.sqlstate != _FOREIGN_KEY:
                raise
            raise UnknownPerson from None
