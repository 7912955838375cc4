"""Moving the database to new keys, run under the owner role while services go on."""

from sqlalchemy import TextClause, text

from chassis.db import Database
from vault.calls import Answer
from vault.keys import KeyEncryption

_DATA_KEYS = text("""
    SELECT person_id || ':' || class AS context, person_id, class, wrapped, kek_id FROM vault.data_key
    WHERE wrapped IS NOT NULL AND kek_id <> :current ORDER BY person_id, class LIMIT :batch FOR UPDATE SKIP LOCKED
""")
_REWRAP_DATA_KEYS = text("""
    UPDATE vault.data_key AS there SET wrapped = moved.wrapped, kek_id = :current
    FROM unnest(CAST(:people AS uuid[]), CAST(:classes AS text[]), CAST(:wrapped AS bytea[])) AS moved (person_id, class, wrapped)
    WHERE there.person_id = moved.person_id AND there.class = moved.class
""")
_QUARANTINE_KEYS = text("""
    SELECT 'quarantine' AS context, key_id, 'quarantine', wrapped, kek_id FROM vault.quarantine_key
    WHERE kek_id <> :current ORDER BY key_id LIMIT :batch FOR UPDATE SKIP LOCKED
""")
_REWRAP_QUARANTINE_KEYS = text("""
    UPDATE vault.quarantine_key AS there SET wrapped = moved.wrapped, kek_id = :current
    FROM unnest(CAST(:people AS uuid[]), CAST(:classes AS text[]), CAST(:wrapped AS bytea[])) AS moved (key_id, class, wrapped)
    WHERE there.key_id = moved.key_id
""")
_UNDER_OLD_PEPPERS = text("""
    SELECT count(*) FILTER (WHERE pepper = :old) - count(*) FILTER (WHERE pepper = :newest) FROM vault.person_number
""")


async def rewrap(database: Database, encryption: KeyEncryption, batch: int = 1000) -> int:
    """Wrap every data key under the current key-encryption key; how many moved.

    Once every process has the new key and nothing moves any more, the old one may be taken away. Data keys stay, so nothing sealed changes.
    """
    moved = 0
    for find, store in ((_DATA_KEYS, _REWRAP_DATA_KEYS), (_QUARANTINE_KEYS, _REWRAP_QUARANTINE_KEYS)):
        while count := await _move(database, encryption, find, store, batch):
            moved += count
    return moved


async def numbers_left_under(database: Database, old: int, newest: int) -> int:
    """Numbers that stand under an old pepper alone, because they were not seen since `newest` came; at 0 the old one may be taken away."""
    async with database.transaction() as connection:
        return int((await connection.execute(_UNDER_OLD_PEPPERS, {"old": old, "newest": newest})).scalar_one())


async def _move(database: Database, encryption: KeyEncryption, find: TextClause, store: TextClause, batch: int) -> int:
    async with database.transaction() as connection:
        rows = (await connection.execute(find, {"current": encryption.current, "batch": batch})).all()
        if rows:
            people, classes = [row[1] for row in rows], [row[2] for row in rows]
            wrapped = [_rewrapped(row, encryption) for row in rows]
            await connection.execute(store, {"people": people, "classes": classes, "wrapped": wrapped, "current": encryption.current})
        return len(rows)


def _rewrapped(row: Answer, encryption: KeyEncryption) -> bytes:
    return encryption.wrap(encryption.unwrap(row.kek_id, row.wrapped, row.context), row.context)
