"""A vault client from settings."""

from base64 import b64encode
from pathlib import Path

import pytest

from chassis.settings import Settings
from vault.client import Vault
from vault.connect import connect
from vault.errors import KeysMissing


def settings(mode: str, keys: Path) -> Settings:
    address = "postgresql://nobody@127.0.0.1:1/none"
    return Settings.model_validate({"mode": mode, "database": address, "vault_database": address, "bus": address, "keys": keys})


async def test_a_sandbox_makes_its_keys(tmp_path: Path) -> None:
    vault = connect(settings("sandbox", tmp_path / "keys"), "registration")

    assert isinstance(vault, Vault)
    assert (tmp_path / "keys" / "complete").exists()
    await vault.close()


def test_production_without_keys_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing):
        connect(settings("production", tmp_path / "keys"), "registration")


async def test_keys_from_the_environment_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = b64encode(b"k" * 32).decode()
    monkeypatch.setenv("HUB_VAULT_KEKS", f"a:{key}")
    monkeypatch.setenv("HUB_VAULT_PEPPERS", f"1:{key}")

    vault = connect(settings("production", tmp_path / "keys"), "registration")

    assert not (tmp_path / "keys").exists()
    await vault.close()
