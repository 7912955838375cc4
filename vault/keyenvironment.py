"""Keys from environment secrets, for platforms that hand secrets to a process instead of a folder."""

from base64 import b64decode
from collections.abc import Mapping

from vault.errors import KeyMalformed, KeysMissing
from vault.keys import KEY_BYTES, NEWEST_VERSION, KeyRing, LocalKeyEncryption, Pepper

KEKS = "HUB_VAULT_KEKS"
PEPPERS = "HUB_VAULT_PEPPERS"


def keys_from(environment: Mapping[str, str]) -> KeyRing | None:
    """The keys in `HUB_VAULT_KEKS` ("id:base64,id:base64", the last one wraps) and `HUB_VAULT_PEPPERS` ("version:base64,..."), if set.

    Raises:
        KeysMissing: one is set without the other.
        KeyMalformed: a variable does not hold keys of 32 bytes.
    """
    if not environment.get(KEKS) and not environment.get(PEPPERS):
        return None
    if missing := [name for name in (KEKS, PEPPERS) if not environment.get(name)]:
        raise KeysMissing(missing)
    keks = _parse(KEKS, environment[KEKS])
    peppers = {_version(name): key for name, key in _parse(PEPPERS, environment[PEPPERS]).items()}
    encryption = LocalKeyEncryption(keks, list(keks)[-1])
    return KeyRing(encryption, tuple(Pepper(version, peppers[version]) for version in sorted(peppers)))


def _parse(name: str, value: str) -> dict[str, bytes]:
    pairs = [item.partition(":") for item in value.split(",")]
    try:
        keys = {key_id.strip(): b64decode(encoded.strip(), validate=True) for key_id, _, encoded in pairs}
    except ValueError:
        raise KeyMalformed(name) from None
    if not all(key_id and len(key) == KEY_BYTES for key_id, key in keys.items()) or len(keys) != len(pairs):
        raise KeyMalformed(name)
    return keys


def _version(name: str) -> int:
    if not name.isascii() or not name.isdigit() or not 1 <= int(name) <= NEWEST_VERSION:
        raise KeyMalformed(PEPPERS)
    return int(name)
