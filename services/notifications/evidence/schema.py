"""Creates the evidence tables, with the walls that keep what was logged from being changed."""

from typing import TYPE_CHECKING

from services.notifications.evidence.tables import metadata

if TYPE_CHECKING:
    from alembic.operations import Operations  # the migration tool; no service loads it

_REFUSE = """
    CREATE FUNCTION evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: record a correction as a new event', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END
    $$
"""
# Per statement, so that an insert pays nothing and a change is refused even when it touches no row.
_EVENTS = """
    CREATE TRIGGER evidence_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON evidence_event
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_append_only()
"""
_ENTRIES = """
    CREATE TRIGGER log_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_append_only()
"""
# The service's role cannot drop a trigger of the owner; without the right it does not even get that far.
_REVOKE = """
    DO $$
    BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'notifications') THEN
            REVOKE UPDATE, DELETE, TRUNCATE ON evidence_event, log_entry FROM notifications;
        END IF;
    END
    $$
"""


# Hashes do not compress: keep the database from trying.
_PLAIN = "ALTER TABLE log_tile ALTER COLUMN data SET STORAGE EXTERNAL"


def create(op: "Operations") -> None:
    """Create the tables; a migration of the notifications service calls it."""
    metadata.create_all(op.get_bind())
    for statement in (_REFUSE, _EVENTS, _ENTRIES, _REVOKE, _PLAIN):
        op.execute(statement)
