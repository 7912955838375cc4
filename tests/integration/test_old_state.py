"""Databases that another version of the hub made are recognised before anything is done to them."""

import asyncio
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from chassis import migrations
from chassis.errors import OtherTables
from devkit import ground
from devkit.databases import BUS, DATABASES, SERVICES, VAULT, DatabaseUrls, administering
from devkit.errors import OtherHub
from devkit.home import Home
from devkit.migrate import location, of_home, upgrade_all
from tests.support.postgres import Postgres, Template


async def _migrated(urls: DatabaseUrls) -> None:
    await upgrade_all(of_home(urls))


MIGRATED = Template("old_state", _migrated)
OF_ANOTHER_VERSION = dict.fromkeys((*SERVICES, VAULT), "COMMENT ON TABLE alembic_version IS 'another'") | {
    BUS: "COMMENT ON TABLE topic IS 'another'"
}
OF_THE_FIRST_VERSIONS = {database: statement.replace("'another'", "NULL") for database, statement in OF_ANOTHER_VERSION.items()}


@pytest.mark.parametrize("statements", [OF_ANOTHER_VERSION, OF_THE_FIRST_VERSIONS], ids=["another", "the-first"])
@pytest.mark.parametrize("database", DATABASES)
async def test_tables_of_another_version_are_named_and_left_alone(postgres: Postgres, database: str, statements: dict[str, str]) -> None:
    async with postgres.fresh(MIGRATED) as urls:
        await _migrated(urls)  # ours are no other version
        async with administering(urls.owner(database)) as connection:
            await connection.script(statements[database])
        with pytest.raises(OtherTables, match=database):
            await _migrated(urls)


async def test_a_column_more_is_another_version(postgres: Postgres, tmp_path: Path) -> None:
    history = _history(tmp_path, "CREATE TABLE thing (id int)")
    async with postgres.fresh(MIGRATED) as urls:
        await asyncio.to_thread(migrations.upgrade, urls.owner(BUS), history)
        await asyncio.to_thread(migrations.upgrade, urls.owner(BUS), history)
        changed = _history(tmp_path, "CREATE TABLE thing (id int, name text)")
        with pytest.raises(OtherTables):
            await asyncio.to_thread(migrations.upgrade, urls.owner(BUS), changed)


def _history(folder: Path, statement: str) -> Path:
    (folder / "versions").mkdir(exist_ok=True)
    (folder / "env.py").write_text("from chassis import migrations\n\nmigrations.run()\n")
    (folder / "versions" / "first.py").write_text(
        f"from alembic import op\n\nrevision = 'first'\ndown_revision = None\n\n\ndef upgrade():\n    op.execute({statement!r})\n"
    )
    return folder


@pytest.mark.parametrize("database", [*SERVICES, VAULT])
def test_the_fingerprint_of_a_history_is_the_same_each_time(database: str) -> None:
    history = ScriptDirectory(str(location(database)))
    assert migrations.fingerprints(history) == migrations.fingerprints(history)


async def test_a_home_of_another_version_says_how_to_begin_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "a home")
    try:
        laid = await ground.lay(home)
        async with administering(laid.urls.owner(BUS)) as connection:
            await connection.script(OF_ANOTHER_VERSION[BUS])
        with pytest.raises(OtherHub, match=f"database bus .* rm -rf '{home.folder}'"):
            await ground.lay(home)
    finally:
        await asyncio.to_thread(ground.lift, home)
