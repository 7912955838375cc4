"""Keys rotate while the database is in use (`mechanics.md` 29)."""

import asyncio
import secrets
from pathlib import Path

import pytest
from sqlalchemy import Text, literal_column, select, table, text
from typer.testing import CliRunner

from chassis.db import Database
from devkit.cli import app
from devkit.databases import DatabaseUrls
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from vault.errors import UnknownKek
from vault.keyfolder import load_keys, rotate_kek, rotate_pepper
from vault.keys import KeyRing
from vault.rotation import numbers_left_under, rewrap
from vault.values import DataClass, Purpose

TEST = Purpose("vaultTest")


async def test_m29_after_a_rotation_of_the_key_encryption_key_the_old_one_can_go(vaults: Vaults, key_folder: Path, owner: Database) -> None:
    vault = vaults.open()
    ids = [person.person_id for person in (await vault.people(tst_numbers(7))).values()]
    sealed = await vault.seal([(person, DataClass.DOSSIER, person.bytes) for person in ids])
    quarantined = await vault.quarantine.seal("0206731645", [b"x"])
    await vault.erase(ids[0], {DataClass.DOSSIER}, "art17Gdpr")

    rotate_kek(key_folder)
    both = load_keys(key_folder, sandbox=True)
    assert await rewrap(owner, both.encryption, batch=2) == 7
    assert await rewrap(owner, both.encryption, batch=2) == 0
    (key_folder / "kek-0001.json").unlink()

    after = vaults.open(ring=load_keys(key_folder, sandbox=True))
    assert await after.open(sealed[1:], bytes, TEST) == [person.bytes for person in ids[1:]]
    assert await after.quarantine.open(quarantined, TEST) == [b"x"]


async def test_m29_a_key_encryption_key_that_went_too_early_is_named(vaults: Vaults, key_folder: Path) -> None:
    vault = vaults.open()
    ids = [person.person_id for person in (await vault.people(tst_numbers(1))).values()]
    sealed = await vault.seal([(ids[0], DataClass.DOSSIER, b"x")])
    rotate_kek(key_folder)
    (key_folder / "kek-0001.json").unlink()

    with pytest.raises(UnknownKek, match="kek-0001-"):
        await vaults.open(ring=load_keys(key_folder, sandbox=True)).open(sealed, bytes, TEST)


async def test_m29_a_pepper_rotates_as_numbers_are_seen_again(vaults: Vaults, key_folder: Path, owner: Database) -> None:
    numbers = tst_numbers(10)
    before = await vaults.open().people(numbers)
    rotate_pepper(key_folder)
    both = load_keys(key_folder, sandbox=True)

    await vaults.open(ring=both).people(numbers[:4])
    assert await numbers_left_under(owner, old=1, newest=2) == 6
    await vaults.open(ring=both).people(numbers)
    assert await numbers_left_under(owner, old=1, newest=2) == 0

    alone = KeyRing(both.encryption, both.peppers[1:])
    assert await vaults.open(ring=alone).people(numbers) == before


async def test_m29_an_operator_moves_the_vault_to_new_keys_and_sees_when_the_old_ones_may_go(
    vaults: Vaults, key_folder: Path, urls: DatabaseUrls
) -> None:
    async def hub_keys(*words: str) -> str:
        where = {"HUB_MIGRATION_VAULT": urls.owner("vault"), "HUB_KEYS": str(key_folder), "HUB_MODE": "sandbox"}
        said = await asyncio.to_thread(CliRunner().invoke, app, ["keys", *words], env=where)
        assert said.exit_code == 0, said.output
        return said.output

    numbers = tst_numbers(5)
    people = (await vaults.open().people(numbers)).values()
    sealed = await vaults.open().seal([(person.person_id, DataClass.DOSSIER, b"x") for person in people])
    assert await hub_keys("left") == "there is one pepper only\n"

    await hub_keys("rotate", "kek")
    await hub_keys("rotate", "pepper")
    newest = load_keys(key_folder, sandbox=True)
    assert await hub_keys("rewrap") == f"5 data keys moved to {newest.encryption.current}\n"
    assert "0 data keys moved" in await hub_keys("rewrap")
    assert await hub_keys("left") == "pepper 1: 5 numbers stand under it alone\n"
    await vaults.open(ring=newest).people(numbers)
    assert await hub_keys("left") == "pepper 1: 0 numbers stand under it alone; it may go\n"

    (key_folder / "kek-0001.json").unlink()
    (key_folder / "pepper-0001.json").unlink()
    after = vaults.open(ring=load_keys(key_folder, sandbox=True))
    assert await after.open(sealed, bytes, TEST) == [b"x"] * 5
    assert len({person.person_id for person in (await after.people(numbers)).values()} & {person.person_id for person in people}) == 5


async def test_m29_no_key_and_no_number_stands_in_the_database(vaults: Vaults, owner: Database, ring: KeyRing) -> None:
    vault, marker = vaults.open(), secrets.token_bytes(16)
    (number,) = tst_numbers(1)
    (person,) = (await vault.people([number])).values()
    await vault.seal([(person.person_id, DataClass.DOSSIER, marker)])

    found = ""
    async with owner.transaction() as connection:
        for name in (await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'vault'"))).scalars():
            rows = (await connection.execute(select(literal_column("*", Text)).select_from(table(name, schema="vault")))).all()
            found += " ".join(value.hex() if isinstance(value, bytes) else str(value) for row in rows for value in row)

    assert str(person.person_id) in found
    assert number.value not in found
    for secret in (ring.peppers[0].key, marker):
        assert secret.hex() not in found
