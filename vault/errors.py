"""What can go wrong in the vault.

HubError
└── VaultError
    ├── VaultUnavailable     the vault's database cannot be reached: doors answer 503, consumers pause (also a chassis `Unavailable`)
    ├── SealBroken           a box does not open under the key it names: it was changed, moved, or sealed elsewhere
    ├── UnknownKey           no such data key was ever made here
    ├── UnknownPerson        a person_id the vault never gave out
    └── KeysUnusable         the keys of this installation cannot be used
        ├── KeysMissing      files are absent and must not be made silently
        ├── DemoKeysRefused  keys of a sandbox in production
        ├── KeyMalformed     a key file or variable does not hold a key
        ├── UnknownKek       a data key is wrapped by a key-encryption key that is not here
        └── WrongPepper      the database was filled under another pepper
"""

from collections.abc import Iterable

from chassis.errors import HubError, Unavailable


class VaultError(HubError):
    """Root of the vault's errors."""


class VaultUnavailable(VaultError, Unavailable):
    """The vault's database cannot be reached; the same call will succeed later."""


class SealBroken(VaultError):
    """A box does not open under the key it names: it was changed, moved, or sealed elsewhere."""

    def __init__(self, key_ref: str) -> None:
        super().__init__(f"the box under {key_ref} does not open")


class UnknownKey(VaultError):
    """No such data key was ever made here."""

    def __init__(self, key_ref: str) -> None:
        super().__init__(f"no data key {key_ref} was ever made in this vault")


class UnknownPerson(VaultError):
    """A person_id the vault never gave out."""

    def __init__(self) -> None:
        super().__init__("a person_id that this vault never gave out")


class KeysUnusable(VaultError):
    """The keys of this installation cannot be used."""


class KeysMissing(KeysUnusable):
    """Key files are absent and must not be made silently."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"no {', '.join(names)} in the key folder; restore the folder, or run `hub keys create` for a new installation")


class DemoKeysRefused(KeysUnusable):
    """Keys made for a sandbox are never used in production."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was made for a sandbox; production needs its own: `hub keys create`")


class KeyMalformed(KeysUnusable):
    """A key file or variable does not hold a key."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} does not hold a key of its kind")


class UnknownKek(KeysUnusable):
    """A data key is wrapped by a key-encryption key that is not here."""

    def __init__(self, kek_id: str) -> None:
        super().__init__(f"data keys are wrapped by {kek_id}, which is not among the keys of this process")


class WrongPepper(KeysUnusable):
    """The database was filled under another pepper; going on would give everyone a second identity."""

    def __init__(self, versions: Iterable[int]) -> None:
        shown = ", ".join(str(version) for version in versions)
        super().__init__(f"the vault was filled under another pepper {shown}; restore the key folder that belongs to this database")
