"""The vault of an installation moved to its newest keys, and what still stands under the old ones."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.db import Database
from devkit import ground
from devkit.databases import VAULT
from devkit.home import Home
from devkit.migrate import owner_of
from vault import rotation
from vault.keyenvironment import keys_from
from vault.keyfolder import load_keys
from vault.keys import KeyRing


async def rewrap(home: Home, keys: Path) -> tuple[int, str]:
    """Wrap every data key under the newest key-encryption key; how many moved, and the name of that key."""
    encryption = _ring(keys).encryption
    async with _vault(home) as database:
        return await rotation.rewrap(database, encryption), encryption.current


async def numbers_left(home: Home, keys: Path) -> Mapping[int, int]:
    """Of each pepper but the newest, the oldest first, how many numbers stand under it alone."""
    *old, newest = [pepper.version for pepper in _ring(keys).peppers]
    async with _vault(home) as database:
        return {version: await rotation.numbers_left_under(database, version, newest) for version in old}


def _ring(keys: Path) -> KeyRing:
    return keys_from(os.environ) or load_keys(keys, sandbox=os.environ.get("HUB_MODE", "sandbox") != "production")


@asynccontextmanager
async def _vault(home: Home) -> AsyncIterator[Database]:
    """The vault as its owner: of HUB_MIGRATION_VAULT, else of the hub in the state folder, which need not run."""
    named = owner_of(VAULT)
    database = Database(named or (await ground.lay(home)).urls.owner(VAULT), "key rotation", pool_size=1)
    try:
        yield database
    finally:
        await database.close()
        if not named:
            ground.lift_unless_used(home)
