"""A service's vault client from its settings, with keys from the environment or the key folder."""

import os

from chassis.db import Database
from chassis.settings import Settings
from vault.client import Vault
from vault.keyenvironment import keys_from
from vault.keyfolder import ensure_keys


def connect(settings: Settings, service: str) -> Vault:
    """The client; a sandbox makes its keys at its first start, production refuses to (raises as `ensure_keys` does)."""
    keys = keys_from(os.environ) or ensure_keys(settings.keys, sandbox=settings.sandbox)
    database = Database(settings.vault_database, f"{service} vault", settings.vault_pool_size)
    return Vault(database, keys, kept_s=settings.key_cache_s)
