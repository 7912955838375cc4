"""What one newcomer costs does not grow with how many are kept: every statement reads the rows it is about, and hardly any other."""

from sqlalchemy import text

from tests.integration.newcomers.house import House
from tests.support.eventually import eventually

_KEPT = 4000
# People with one contract each; p, c and o are the ids of person, contract and obligation.
_FILL = (
    text("""
       INSERT INTO person (person_id) SELECT p
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO newcomer (person_id, region, register_version) SELECT p, 'flanders', 1
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO contract (organisation, reference, contract_id, person_id, source_version, agency) SELECT 'o', n::text, c,
       p, 1, 'agii'
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p,
                    CAST(md5('c' || n) AS uuid) AS c FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO termination SELECT 'o', n::text, 1, 'stopped', '2026-01-01'
       FROM (SELECT n FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO participant (organisation, reference, person_id, agency, status, vdab_component, titles) SELECT 'o',
       n::text, p, 'agii', 'obliged', true, '[]'
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO obligation (obligation_id, person_id, contract_id, organisation, reference, agency, state, outcome, rule,
       rule_set, reasons, effective_on, received_on, terms, flags, reminded, overdue_waits, version) SELECT o, p, c, 'o',
       n::text, 'agii', 'met', 'satisfied', 'N13', 'set', '{}', '2026-01-01', '2026-01-01', '[]', '{}', '{}', false, 1
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p,
                    CAST(md5('c' || n) AS uuid) AS c, CAST(md5('o' || n) AS uuid) AS o FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO outcome (organisation, kind, reference, source_version, person_id, result, recorded_at, position) SELECT
       'o', 'contract', n::text, 1, p, 'registered', now(), n
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO fact_record SELECT 'o', 'contract', n::text
       FROM (SELECT n FROM generate_series(1, :kept) AS n) AS kept
    """),
    text("""
       INSERT INTO fact (organisation, kind, reference, source_version, operation, digest, person_id, client_id, received_at,
       recorded_at) SELECT 'o', 'contract', n::text, 1, 'put', '', p, 'c', now(), now()
       FROM (SELECT n, CAST(md5('p' || n) AS uuid) AS p FROM generate_series(1, :kept) AS n) AS kept
    """),
)
# Rows of each table that were read, one after the other or through an index, and written.
_COUNTED = text("""
    SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read, n_tup_ins AS written FROM pg_stat_user_tables
    WHERE relname IN ('person', 'newcomer', 'contract', 'termination', 'participant', 'obligation', 'outcome', 'fact_record', 'fact')
""")
_WRITTEN = ("person", "newcomer", "contract", "participant", "obligation", "outcome", "fact_record", "fact")


async def _counted(house: House) -> dict[str, tuple[int, int]]:
    async with house.feed.parts.database.transaction() as connection:
        return {row.relname: (row.read, row.written) for row in await connection.execute(_COUNTED)}


async def _told_of_more_than(house: House, before: dict[str, tuple[int, int]], rows: int) -> dict[str, tuple[int, int]]:
    """The server's counts once they hold what was written since; it counts a moment later than it writes."""

    async def holds() -> bool:
        now = await _counted(house)
        return all(now[table][1] >= before[table][1] + rows for table in _WRITTEN)

    await eventually(holds)
    return await _counted(house)


async def test_a_journey_reads_a_handful_of_rows_however_many_are_kept(house: House) -> None:
    await house.newcomer("2026-10-15")  # plans are made while the tables are small
    empty = await _counted(house)
    async with house.feed.parts.database.transaction() as connection:
        for statement in _FILL:
            await connection.execute(statement, {"kept": _KEPT})
    before = await _told_of_more_than(house, empty, _KEPT)
    who = await house.newcomer("2026-10-15")
    assert await house.registered(who) == ["2026-10-20"]
    after = await _told_of_more_than(house, before, 1)
    grown = {table: read - before[table][0] for table, (read, _) in after.items()}
    assert {table: rows for table, rows in grown.items() if rows > _KEPT / 4} == {}
