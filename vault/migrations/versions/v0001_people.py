"""People, the numbers that lead to them, and the gap-free list of merges (`mechanics.md` 2, 3)."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMA = "CREATE SCHEMA vault"

# `identity` decides who is older when two people turn out to be one. `merged_into` always names the survivor itself, never another absorbed
# person; `merge_no` on a survivor is the last merge it took part in.
PERSON = """
CREATE TABLE vault.person (
    person_id uuid PRIMARY KEY,
    identity bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    merged_into uuid REFERENCES vault.person,
    merge_no bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (merged_into <> person_id)
)
"""

PERSON_ABSORBED = "CREATE INDEX person_absorbed ON vault.person (merged_into) WHERE merged_into IS NOT NULL"

# One row per number and pepper version. Several numbers of one person are aliases. The reference is checked at commit, because a number is
# written before the person it introduces (see `vault.introduce`).
PERSON_NUMBER = """
CREATE TABLE vault.person_number (
    hmac bytea PRIMARY KEY CHECK (octet_length(hmac) = 32),
    pepper smallint NOT NULL,
    person_id uuid NOT NULL REFERENCES vault.person DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""

PERSON_NUMBER_PERSON = "CREATE INDEX person_number_person ON vault.person_number (person_id)"

MERGE = """
CREATE TABLE vault.merge (
    merge_no bigint PRIMARY KEY,
    survivor_id uuid NOT NULL REFERENCES vault.person,
    absorbed_id uuid NOT NULL REFERENCES vault.person,
    merged_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    merged_by name NOT NULL DEFAULT session_user
)
"""

# A pepper is recognised by a fingerprint, so that a lost key folder cannot quietly give everyone a second identity.
PEPPER = """
CREATE TABLE vault.pepper (
    pepper smallint PRIMARY KEY,
    fingerprint bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""

UNKNOWN_PEPPERS = """
CREATE FUNCTION vault.unknown_peppers(peppers smallint[], fingerprints bytea[]) RETURNS SETOF smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO pepper (pepper, fingerprint)
        SELECT * FROM unnest(peppers, fingerprints) AS given (pepper, fingerprint) ORDER BY pepper
        ON CONFLICT DO NOTHING;
    RETURN QUERY
        SELECT given.pepper
        FROM unnest(peppers, fingerprints) AS given (pepper, fingerprint)
        JOIN pepper AS known USING (pepper)
        WHERE known.fingerprint <> given.fingerprint;
END
$$
"""

# First sight of numbers. Every pepper's row of a number is written, in one global order, so that concurrent callers queue up on a row
# instead of deadlocking; whoever comes second finds the other's person and takes it. A proposal that lost was never visible to anyone.
INTRODUCE = """
CREATE FUNCTION vault.introduce(slots integer[], hmacs bytea[], peppers smallint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, vault, pg_temp
SET enable_hashjoin = on SET enable_mergejoin = on AS $$
#variable_conflict use_column
DECLARE
    fresh_slots integer[];
    fresh_people uuid[];
BEGIN
    WITH given AS (
        SELECT * FROM unnest(slots, hmacs, peppers) AS row (slot, hmac, pepper)
    ), known AS (
        SELECT DISTINCT ON (slot) slot, person_id
        FROM given JOIN person_number USING (hmac) JOIN person USING (person_id)
        ORDER BY slot, identity
    ), proposal AS (
        SELECT slot, coalesce(known.person_id, gen_random_uuid()) AS person_id, known.person_id IS NULL AS fresh
        FROM (SELECT DISTINCT slot FROM given) AS wanted LEFT JOIN known USING (slot)
    ), written AS (
        INSERT INTO person_number (hmac, pepper, person_id)
            SELECT given.hmac, given.pepper, proposal.person_id
            FROM given JOIN proposal USING (slot)
            WHERE NOT EXISTS (SELECT FROM person_number AS there WHERE there.hmac = given.hmac)
            ORDER BY given.pepper, given.hmac
            ON CONFLICT DO NOTHING
    )
    SELECT array_agg(slot), array_agg(person_id) INTO fresh_slots, fresh_people FROM proposal WHERE fresh;

    UPDATE person_number AS ours SET person_id = theirs.person_id
    FROM (
        SELECT DISTINCT ON (fresh.slot) fresh.person_id AS proposed, number.person_id
        FROM unnest(fresh_slots, fresh_people) AS fresh (slot, person_id)
        JOIN unnest(slots, hmacs) AS given (slot, hmac) USING (slot)
        JOIN person_number AS number USING (hmac)
        WHERE number.person_id <> fresh.person_id
        ORDER BY fresh.slot, number.person_id
    ) AS theirs
    WHERE ours.person_id = theirs.proposed;

    INSERT INTO person (person_id)
        SELECT fresh.person_id
        FROM unnest(fresh_people) AS fresh (person_id)
        WHERE EXISTS (SELECT FROM person_number AS number WHERE number.person_id = fresh.person_id);
END
$$
"""

# A session keeps the plans of its functions: one made while there were few people must not read them all once there are many. So those that
# look for some among all go by the index, whatever PostgreSQL thinks of the sizes; `introduce` joins what is given with itself, too.
PEOPLE = """
CREATE FUNCTION vault.people(slots integer[], hmacs bytea[], peppers smallint[])
RETURNS TABLE (slot integer, recorded_id uuid, survivor_id uuid, absorbed uuid[], merge_no bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (
        SELECT FROM unnest(hmacs) AS given (hmac)
        WHERE NOT EXISTS (SELECT FROM person_number AS number WHERE number.hmac = given.hmac)
    ) THEN
        PERFORM introduce(slots, hmacs, peppers);
    END IF;
    RETURN QUERY
        SELECT DISTINCT ON (given.slot) given.slot, recorded.person_id, survivor.person_id,
            ARRAY(SELECT other.person_id FROM person AS other WHERE other.merged_into = survivor.person_id ORDER BY other.identity),
            survivor.merge_no
        FROM unnest(slots, hmacs) AS given (slot, hmac)
        JOIN person_number AS number USING (hmac)
        JOIN person AS recorded ON recorded.person_id = number.person_id
        JOIN person AS survivor ON survivor.person_id = coalesce(recorded.merged_into, recorded.person_id)
        ORDER BY given.slot, recorded.identity;
END
$$
"""

SURVIVORS = """
CREATE FUNCTION vault.survivors(people uuid[])
RETURNS TABLE (recorded_id uuid, survivor_id uuid, absorbed uuid[], merge_no bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT recorded.person_id, survivor.person_id,
        ARRAY(SELECT other.person_id FROM person AS other WHERE other.merged_into = survivor.person_id ORDER BY other.identity),
        survivor.merge_no
    FROM person AS recorded
    JOIN person AS survivor ON survivor.person_id = coalesce(recorded.merged_into, recorded.person_id)
    WHERE recorded.person_id = ANY (people)
$$
"""

# The lock is held to the commit, so numbers have no gaps and become visible in order.
MERGE_PEOPLE = """
CREATE FUNCTION vault.merge_people(one uuid, other uuid)
RETURNS TABLE (merge_no bigint, survivor_id uuid, absorbed_id uuid, merged_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
#variable_conflict use_column
DECLARE
    survivor uuid;
    absorbed uuid;
    number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('vault.merge', 0));
    SELECT whole.person_id INTO survivor
        FROM person AS given JOIN person AS whole ON whole.person_id = coalesce(given.merged_into, given.person_id)
        WHERE given.person_id IN (one, other) ORDER BY whole.identity LIMIT 1;
    SELECT whole.person_id INTO absorbed
        FROM person AS given JOIN person AS whole ON whole.person_id = coalesce(given.merged_into, given.person_id)
        WHERE given.person_id IN (one, other) ORDER BY whole.identity DESC LIMIT 1;
    IF (SELECT count(*) FROM person WHERE person_id IN (one, other)) < 2 AND one <> other OR survivor IS NULL THEN
        RAISE EXCEPTION 'unknown person' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF survivor <> absorbed THEN
        SELECT coalesce(max(done.merge_no), 0) + 1 INTO number FROM merge AS done;
        INSERT INTO merge (merge_no, survivor_id, absorbed_id) VALUES (number, survivor, absorbed);
        UPDATE person SET merged_into = survivor WHERE person_id = absorbed OR merged_into = absorbed;
        UPDATE person SET merge_no = number WHERE person_id = survivor;
    END IF;
    RETURN QUERY
        SELECT done.merge_no, done.survivor_id, done.absorbed_id, done.merged_at
        FROM merge AS done JOIN person AS whole ON whole.person_id = survivor AND whole.merge_no = done.merge_no;
END
$$
"""

# A replaced number leads to the same person. When both numbers were known, their people become one.
REPLACE_NUMBER = """
CREATE FUNCTION vault.replace_number(person uuid, hmacs bytea[], peppers smallint[])
RETURNS TABLE (merge_no bigint, survivor_id uuid, absorbed_id uuid, merged_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
DECLARE
    holder uuid;
BEGIN
    INSERT INTO person_number (hmac, pepper, person_id)
        SELECT given.hmac, given.pepper, person FROM unnest(hmacs, peppers) AS given (hmac, pepper)
        ORDER BY given.pepper, given.hmac
        ON CONFLICT DO NOTHING;
    SELECT number.person_id INTO holder
        FROM person_number AS number WHERE number.hmac = ANY (hmacs) AND number.person_id <> person LIMIT 1;
    IF holder IS NOT NULL THEN
        RETURN QUERY SELECT * FROM merge_people(person, holder);
    END IF;
END
$$
"""

MERGES_SINCE = """
CREATE FUNCTION vault.merges_since(after_no bigint, at_most integer)
RETURNS TABLE (merge_no bigint, survivor_id uuid, absorbed_id uuid, merged_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, vault, pg_temp AS $$
    SELECT done.merge_no, done.survivor_id, done.absorbed_id, done.merged_at
    FROM merge AS done WHERE done.merge_no > after_no ORDER BY done.merge_no LIMIT at_most
$$
"""


def upgrade() -> None:
    """Make the tables and functions; rights are given in 0003."""
    for statement in (SCHEMA, PERSON, PERSON_ABSORBED, PERSON_NUMBER, PERSON_NUMBER_PERSON, MERGE, PEPPER):
        op.execute(statement)
    for statement in (UNKNOWN_PEPPERS, INTRODUCE, PEOPLE, SURVIVORS, MERGE_PEOPLE, REPLACE_NUMBER, MERGES_SINCE):
        op.execute(statement)
