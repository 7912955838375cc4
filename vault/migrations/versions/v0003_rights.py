"""Who may call what: services get functions only, and only registration changes who is who or erases (`mechanics.md` 6)."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Functions are executable by everyone unless told otherwise; the default can only be changed for the whole database.
CLOSED = (
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
)

# The roles exist before the databases are migrated.
SERVICES = (
    "GRANT USAGE ON SCHEMA vault TO education_feed, integration_feed, registration, notifications",
    """
    GRANT EXECUTE ON FUNCTION
        vault.unknown_peppers(smallint[], bytea[]),
        vault.people(integer[], bytea[], smallint[]),
        vault.survivors(uuid[]),
        vault.merges_since(bigint, integer),
        vault.sealing_keys(uuid[], text[], bytea[], text),
        vault.opening_keys(text, text, integer, uuid[], text[], boolean[]),
        vault.quarantine_sealing_key(text, bytea, text),
        vault.quarantine_opening_keys(text, text, integer, uuid[])
    TO education_feed, integration_feed, registration, notifications
    """,
)

REGISTRATION = """
GRANT EXECUTE ON FUNCTION
    vault.merge_people(uuid, uuid),
    vault.replace_number(uuid, bytea[], smallint[]),
    vault.hold(uuid, text[], boolean),
    vault.erase(uuid, text[], text, uuid)
TO registration
"""


def upgrade() -> None:
    """Close everything, then open what each service needs."""
    for statement in (*CLOSED, *SERVICES, REGISTRATION):
        op.execute(statement)
