"""Keys handed over as environment secrets."""

from base64 import b64encode

import pytest

from vault.errors import KeyMalformed, KeysMissing
from vault.keyenvironment import keys_from

KEY = b64encode(b"k" * 32).decode()
OTHER = b64encode(b"o" * 32).decode()


def test_without_variables_there_are_none() -> None:
    assert keys_from({}) is None
    assert keys_from({"HUB_VAULT_KEKS": "", "HUB_VAULT_PEPPERS": ""}) is None


def test_the_last_key_wraps_and_peppers_are_in_order() -> None:
    ring = keys_from({"HUB_VAULT_KEKS": f"a:{KEY}, b:{OTHER}", "HUB_VAULT_PEPPERS": f"10:{KEY},9:{OTHER}"})

    assert ring is not None
    assert ring.encryption.current == "b"
    assert [pepper.version for pepper in ring.peppers] == [9, 10]


def test_one_without_the_other_is_refused() -> None:
    with pytest.raises(KeysMissing, match="HUB_VAULT_PEPPERS"):
        keys_from({"HUB_VAULT_KEKS": f"a:{KEY}"})


@pytest.mark.parametrize("keks", ["a", "a:", f":{KEY}", "a:c2hvcnQ=", f"a:{KEY},a:{OTHER}", "a:not base64", f"a:{KEY},"])
def test_what_is_no_key_is_refused_and_not_shown(keks: str) -> None:
    with pytest.raises(KeyMalformed, match=r"^HUB_VAULT_KEKS does not hold a key of its kind$"):
        keys_from({"HUB_VAULT_KEKS": keks, "HUB_VAULT_PEPPERS": f"1:{KEY}"})


@pytest.mark.parametrize("version", ["0", "-1", "32768", "one", "²", "1.0"])
def test_a_pepper_needs_a_version(version: str) -> None:
    with pytest.raises(KeyMalformed):
        keys_from({"HUB_VAULT_KEKS": f"a:{KEY}", "HUB_VAULT_PEPPERS": f"{version}:{KEY}"})
