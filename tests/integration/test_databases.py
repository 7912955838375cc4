"""Roles and rights of the hub's databases on a real server."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from chassis.db import Database, StatementFailed
from chassis.errors import DatabaseUnavailable
from devkit.databases import DATABASES, OWNER, SERVICES, DatabaseUrls, administering, create_all, run
from tests.support.postgres import Postgres

TABLE = "CREATE TABLE box (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text)"
FUNCTION = "CREATE FUNCTION whisper() RETURNS text LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT said FROM box LIMIT 1; END"


async def execute(url: str, *statements: str) -> list[object]:
    """Run statements as whoever the address says; returns the first column of the last one."""
    database = Database(url, "test", pool_size=1)
    try:
        async with database.transaction() as connection:
            *before, last = statements
            for statement in before:
                await connection.execute(text(statement))
            return (await connection.execute(text(last))).scalars()
    finally:
        await database.close()


async def refused(url: str, statement: str) -> None:
    with pytest.raises(StatementFailed, match="permission denied"):
        await execute(url, statement)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_changes_data_in_its_own_database_but_not_its_tables(empty_databases: DatabaseUrls, service: str) -> None:
    await execute(empty_databases.owner(service), TABLE)

    said = await execute(empty_databases.own(service), "INSERT INTO box (said) VALUES ('a')", "UPDATE box SET said = 'b' RETURNING said")

    assert said == ["b"]
    await refused(empty_databases.own(service), "CREATE TABLE mine (id int)")
    with pytest.raises(StatementFailed, match="must be owner"):
        await execute(empty_databases.own(service), "DROP TABLE box")


async def test_no_service_enters_the_database_of_another(empty_databases: DatabaseUrls) -> None:
    for visitor in SERVICES:
        for host in set(SERVICES) - {visitor}:
            login, _, place = urlsplit(empty_databases.own(visitor)).netloc.rpartition("@")
            await_refusal = f"postgresql://{login}@{place}/{host}{empty_databases.suffix}"
            with pytest.raises(StatementFailed, match="permission denied for database"):
                await execute(await_refusal, "SELECT 1")


async def test_m10_a_database_that_lets_nobody_in_is_away_and_no_fault_of_the_data(
    empty_databases: DatabaseUrls, postgres: Postgres
) -> None:
    visitor = empty_databases.own("registration")
    async with administering(postgres.server.url()) as server:
        await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS false", f"registration{empty_databases.suffix}")
        with pytest.raises(DatabaseUnavailable):
            await execute(visitor, "SELECT 1")
        await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS true", f"registration{empty_databases.suffix}")
    assert await execute(visitor, "SELECT 1") == [1]

    with pytest.raises(DatabaseUnavailable):
        await execute(visitor.replace(empty_databases.passwords["registration"], "no-longer"), "SELECT 1")


async def test_in_the_vault_a_service_only_calls_functions(empty_databases: DatabaseUrls) -> None:
    await execute(empty_databases.owner("vault"), TABLE, "INSERT INTO box (said) VALUES ('secret')", FUNCTION)

    assert await execute(empty_databases.vault("registration"), "SELECT whisper()") == ["secret"]
    await refused(empty_databases.vault("registration"), "SELECT said FROM box")
    await refused(empty_databases.vault("registration"), "INSERT INTO box (said) VALUES ('x')")


async def test_every_service_writes_to_the_bus(empty_databases: DatabaseUrls) -> None:
    await execute(empty_databases.owner("bus"), TABLE)

    for service in SERVICES:
        await execute(empty_databases.bus(service), "INSERT INTO box (said) VALUES ('hello')")

    assert await execute(empty_databases.bus("registration"), "SELECT count(*) FROM box") == [len(SERVICES)]


async def test_creating_twice_changes_nothing_and_sets_the_passwords(postgres: Postgres, empty_databases: DatabaseUrls) -> None:
    await execute(empty_databases.owner("registration"), TABLE)
    await execute(empty_databases.owner("vault"), TABLE, FUNCTION, "REVOKE EXECUTE ON FUNCTION whisper() FROM notifications")

    again = await create_all(postgres.server.url(), postgres.passwords, empty_databases.suffix)

    assert await execute(again.own("registration"), "SELECT count(*) FROM box") == [0]
    await refused(again.vault("notifications"), "SELECT whisper()")


async def test_addresses_do_not_show_passwords_when_printed(postgres: Postgres, empty_databases: DatabaseUrls) -> None:
    shown = f"{empty_databases!r} {postgres.server!r}"

    assert not any(password in shown for password in (*postgres.passwords.values(), postgres.server.password))


async def test_everything_belongs_to_the_owner(postgres: Postgres, empty_databases: DatabaseUrls) -> None:
    owners = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = '{}'"

    owned = await execute(postgres.server.url(), owners.format(OWNER))

    assert {database + empty_databases.suffix for database in DATABASES} <= set(owned)
