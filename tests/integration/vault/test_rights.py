"""A service role calls its functions and reads no table."""

import pytest
from sqlalchemy import text

from chassis.db import Database, StatementFailed
from devkit.databases import SERVICES, DatabaseUrls
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from vault.client import Vault
from vault.values import DataClass

TABLES = ("person", "person_number", "merge", "pepper", "data_key", "opening", "erasure", "quarantine_key")


async def refused(url: str, statement: str) -> None:
    database = Database(url, "visitor", pool_size=1)
    try:
        with pytest.raises(StatementFailed, match="permission denied"):
            async with database.transaction() as connection:
                await connection.execute(text(statement))
    finally:
        await database.close()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("statement", ["SELECT * FROM vault.{}", "DELETE FROM vault.{}", "TRUNCATE vault.{}"])
async def test_m06_no_service_reaches_a_table(urls: DatabaseUrls, service: str, statement: str) -> None:
    for table in TABLES:
        await refused(urls.vault(service), statement.format(table))


async def test_every_table_is_in_that_list(owner: Database) -> None:
    async with owner.transaction() as connection:
        names = (await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'vault'"))).scalars()
    assert set(names) == set(TABLES)


async def test_every_function_pins_its_search_path_and_is_closed_to_the_public(owner: Database) -> None:
    found = text("""
        SELECT proname FROM pg_proc WHERE pronamespace = 'vault'::regnamespace
        AND (NOT coalesce(proconfig, '{}') @> ARRAY['search_path=pg_catalog, vault, pg_temp']
             OR has_function_privilege('public', oid, 'EXECUTE'))
    """)
    async with owner.transaction() as connection:
        assert (await connection.execute(found)).all() == []


@pytest.mark.parametrize("service", ["education_feed", "integration_feed", "notifications"])
async def test_only_registration_merges_and_erases(vaults: Vaults, service: str) -> None:
    visitor: Vault = vaults.open(service)
    found = await visitor.people(tst_numbers(2))
    one, other = [person.person_id for person in found.values()]

    for call in (visitor.merge(one, other), visitor.erase(one, {DataClass.DOSSIER}, "x"), visitor.replace_number(*found)):
        with pytest.raises(StatementFailed, match="permission denied"):
            await call


async def test_the_helper_that_writes_numbers_cannot_be_called_directly(urls: DatabaseUrls) -> None:
    await refused(urls.vault("registration"), "SELECT vault.introduce('{}', '{}', '{}')")
