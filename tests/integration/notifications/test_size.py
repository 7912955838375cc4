"""What the dispatcher looks for costs the same however many letters wait on another channel, also once PostgreSQL knows of them."""

from urllib.parse import urlsplit

from sqlalchemy import text

from chassis.db import Connection
from contracts.codes import Channel
from devkit.databases import administering
from services.notifications.store import deliveries
from tests.integration.notifications.office import Office
from tests.support.postgres import Postgres

_WAITING = 5000
_FILL = text("""
    INSERT INTO delivery (delivery_id, notice_id, person_id, channel, state, batch_id, intent_event_id, intended_at, sealed_ref, box)
    SELECT CAST(lpad(to_hex(n), 32, '0') AS uuid), CAST(md5('n' || n) AS uuid), CAST(md5('p' || n) AS uuid), 'paper',
           'submitted', CAST(md5('b') AS uuid), CAST(md5('i' || n) AS uuid),
           CAST('2026-01-01' AS timestamptz) + n * interval '1 minute', 'ref', ''
    FROM generate_series(1, :waiting) AS n
""")
_READ = text("SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relname = 'delivery'")


async def _read(connection: Connection) -> int:
    return int((await connection.execute(_READ)).scalar_one())


async def test_what_is_due_on_a_channel_is_found_without_reading_what_waits_on_another(office: Office, postgres: Postgres) -> None:
    async with office.parts.database.transaction() as connection:
        await connection.count(_FILL, {"waiting": _WAITING})
    async with administering(postgres.server.url(urlsplit(office.settings.database).path.lstrip("/"))) as owner:
        await owner.script("ANALYZE delivery")
    async with office.parts.database.transaction() as connection:
        before = await _read(connection)
        assert await deliveries.pending(connection, office.parts.clock.now()) == {Channel.PAPER}
        assert not await deliveries.due(connection, [Channel.EMAIL], office.parts.clock.now(), 50)
        assert await _read(connection) - before < 10
