"""Wrapped data keys per person and class, the log of openings, erasure, and quarantine keys (`mechanics.md` 5, 6)."""

from alembic import op

revision = "0002"
down_revision = "0001"

# An erased key leaves its row behind without the key: what was sealed under that generation is erased, not unknown.
DATA_KEY = """
CREATE TABLE vault.data_key (
    person_id uuid NOT NULL REFERENCES vault.person,
    class text NOT NULL CHECK (class IN ('intake', 'dossier', 'notice', 'evidence')),
    generation smallint NOT NULL DEFAULT 1,
    wrapped bytea,
    kek_id text,
    hold boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at timestamptz,
    PRIMARY KEY (person_id, class),
    CHECK ((wrapped IS NULL) = (kek_id IS NULL) AND (wrapped IS NULL) = (erased_at IS NOT NULL))
)
"""

# Serves re-wrapping after a rotation of the key-encryption key.
DATA_KEY_KEK = "CREATE INDEX data_key_kek ON vault.data_key (kek_id) WHERE wrapped IS NOT NULL"

OPENING = """
CREATE TABLE vault.opening (
    opening_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    service name NOT NULL DEFAULT session_user,
    purpose text NOT NULL,
    organisation text,
    items integer NOT NULL,
    people uuid[] NOT NULL,
    classes text[] NOT NULL
)
"""

ERASURE = """
CREATE TABLE vault.erasure (
    erasure_no bigint PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    service name NOT NULL DEFAULT session_user,
    person_id uuid NOT NULL REFERENCES vault.person,
    people uuid[] NOT NULL,
    classes text[] NOT NULL,
    ground text NOT NULL,
    destroyed integer NOT NULL,
    held text[] NOT NULL,
    reference uuid UNIQUE
)
"""

# One key per partner and day, so that no record waits much longer than 30 days for its key to go.
QUARANTINE_KEY = """
CREATE TABLE vault.quarantine_key (
    key_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    partner text NOT NULL,
    made_on date NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')::date,
    wrapped bytea NOT NULL,
    kek_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (partner, made_on)
)
"""

# By the index, as those that look for people.
SEALING_KEYS = """
CREATE FUNCTION vault.sealing_keys(people uuid[], classes text[], fresh bytea[], kek text)
RETURNS TABLE (person_id uuid, class text, generation smallint, wrapped bytea, kek_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO data_key AS there (person_id, class, wrapped, kek_id)
        SELECT given.person_id, given.class, given.fresh, kek
        FROM unnest(people, classes, fresh) AS given (person_id, class, fresh)
        WHERE NOT EXISTS (
            SELECT FROM data_key AS live
            WHERE live.person_id = given.person_id AND live.class = given.class AND live.wrapped IS NOT NULL
        )
        ORDER BY given.person_id, given.class
        ON CONFLICT (person_id, class) DO UPDATE
            SET wrapped = excluded.wrapped, kek_id = excluded.kek_id, generation = there.generation + 1,
                created_at = clock_timestamp(), erased_at = NULL
            WHERE there.wrapped IS NULL;
    RETURN QUERY
        SELECT live.person_id, live.class, live.generation, live.wrapped, live.kek_id
        FROM unnest(people, classes) AS given (person_id, class)
        JOIN data_key AS live USING (person_id, class)
        WHERE live.wrapped IS NOT NULL;
END
$$
"""

# The only way to a key for opening writes the log row in the same statement. `wanted` marks the keys the caller does not hold.
OPENING_KEYS = """
CREATE FUNCTION vault.opening_keys(
    purpose text, organisation text, items integer, people uuid[], classes text[], wanted boolean[]
)
RETURNS TABLE (person_id uuid, class text, generation smallint, wrapped bytea, kek_id text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    INSERT INTO opening (purpose, organisation, items, people, classes)
        VALUES ($1, $2, $3, $4, ARRAY(SELECT DISTINCT used FROM unnest($5) AS used ORDER BY used));
    SELECT held.person_id, held.class, held.generation, held.wrapped, held.kek_id
    FROM unnest($4, $5, $6) AS given (person_id, class, wanted)
    JOIN data_key AS held USING (person_id, class)
    WHERE given.wanted
$$
"""

HOLD = """
CREATE FUNCTION vault.hold(person uuid, classes text[], held boolean) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
    WITH family AS (
        SELECT other.person_id
        FROM person AS given
        JOIN person AS other ON coalesce(other.merged_into, other.person_id) = coalesce(given.merged_into, given.person_id)
        WHERE given.person_id = $1
    ), changed AS (
        UPDATE data_key SET hold = $3
        WHERE person_id IN (SELECT person_id FROM family) AND class = ANY ($2) AND wrapped IS NOT NULL
        RETURNING 1
    )
    SELECT count(*)::integer FROM changed
$$
"""

# Erasing anyone of a merged family erases the whole family. A held key stays, and the answer says which class. Repeated under its reference
# it destroys nothing more: what came in between was sealed under new keys, which nobody asked to destroy.
ERASE = """
CREATE FUNCTION vault.erase(subject uuid, classes text[], ground text, reference uuid)
RETURNS TABLE (erasure_no bigint, erased_at timestamptz, person_id uuid, people uuid[], destroyed integer, held text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
#variable_conflict use_column
DECLARE
    survivor uuid;
    family uuid[];
    kept text[];
    number bigint;
    gone integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('vault.merge', 0));
    RETURN QUERY
        SELECT done.erasure_no, done.erased_at, done.person_id, done.people, done.destroyed, done.held
        FROM erasure AS done WHERE done.reference = $4;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT coalesce(given.merged_into, given.person_id) INTO survivor FROM person AS given WHERE given.person_id = subject;
    IF survivor IS NULL THEN
        RAISE EXCEPTION 'unknown person' USING ERRCODE = 'foreign_key_violation';
    END IF;
    family := ARRAY(
        SELECT other.person_id FROM person AS other
        WHERE other.person_id = survivor OR other.merged_into = survivor ORDER BY other.identity
    );
    PERFORM FROM data_key AS due
        WHERE due.person_id = ANY (family) AND due.class = ANY (classes) ORDER BY due.person_id, due.class FOR UPDATE;
    kept := ARRAY(
        SELECT DISTINCT due.class FROM data_key AS due
        WHERE due.person_id = ANY (family) AND due.class = ANY (classes) AND due.hold AND due.wrapped IS NOT NULL ORDER BY due.class
    );
    UPDATE data_key AS due SET wrapped = NULL, kek_id = NULL, erased_at = clock_timestamp()
        WHERE due.person_id = ANY (family) AND due.class = ANY (classes) AND NOT due.hold AND due.wrapped IS NOT NULL;
    GET DIAGNOSTICS gone = ROW_COUNT;
    SELECT coalesce(max(done.erasure_no), 0) + 1 INTO number FROM erasure AS done;
    RETURN QUERY
        INSERT INTO erasure AS done (erasure_no, person_id, people, classes, ground, destroyed, held, reference)
        VALUES (number, survivor, family, classes, ground, gone, kept, $4)
        RETURNING done.erasure_no, done.erased_at, done.person_id, done.people, done.destroyed, done.held;
END
$$
"""

# Expired keys go first, so that a key past its 30 days cannot be handed out again.
QUARANTINE_SEALING_KEY = """
CREATE FUNCTION vault.quarantine_sealing_key(partner text, fresh bytea, kek text)
RETURNS TABLE (key_id uuid, wrapped bytea, kek_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
#variable_conflict use_column
BEGIN
    DELETE FROM quarantine_key AS old WHERE old.created_at < clock_timestamp() - interval '30 days';
    INSERT INTO quarantine_key AS there (partner, wrapped, kek_id) VALUES ($1, fresh, kek) ON CONFLICT (partner, made_on) DO NOTHING;
    RETURN QUERY
        SELECT today.key_id, today.wrapped, today.kek_id FROM quarantine_key AS today
        WHERE today.partner = $1 ORDER BY today.made_on DESC LIMIT 1;
END
$$
"""

QUARANTINE_OPENING_KEYS = """
CREATE FUNCTION vault.quarantine_opening_keys(purpose text, organisation text, items integer, keys uuid[])
RETURNS TABLE (key_id uuid, wrapped bytea, kek_id text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
    INSERT INTO opening (purpose, organisation, items, people, classes) VALUES ($1, $2, $3, $4, ARRAY['quarantine']);
    SELECT held.key_id, held.wrapped, held.kek_id FROM quarantine_key AS held
    WHERE held.key_id = ANY ($4) AND held.created_at >= clock_timestamp() - interval '30 days'
$$
"""


def upgrade() -> None:
    """Make the tables and functions; rights are given in 0003."""
    for statement in (DATA_KEY, DATA_KEY_KEK, OPENING, ERASURE, QUARANTINE_KEY):
        op.execute(statement)
    for statement in (SEALING_KEYS, OPENING_KEYS, HOLD, ERASE, QUARANTINE_SEALING_KEY, QUARANTINE_OPENING_KEYS):
        op.execute(statement)
