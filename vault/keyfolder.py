"""The key folder: keys made once at first start, outside every database, and rotated by adding files (`mechanics.md` 29)."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from chassis.clock import technical_now
from chassis.secrets import create, only_one, refuse_exposed, replace
from vault import logkey
from vault.errors import DemoKeysRefused, KeyMalformed, KeysMissing
from vault.keys import KEY_BYTES, NEWEST_VERSION, KeyRing, LocalKeyEncryption, Pepper
from vault.logkey import LogKey

# Says that every key was made. From then on a missing file is a loss to repair, never a reason to make a new key.
COMPLETE = "complete"

Kind = Literal["kek", "pepper"]


class KeyFile(BaseModel):
    """What a key file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    kind: Kind
    version: int = Field(ge=1, le=NEWEST_VERSION)
    id: str
    created: AwareDatetime
    demo: bool
    key: bytes = Field(repr=False, min_length=KEY_BYTES, max_length=KEY_BYTES)


def ensure_keys(folder: Path, *, sandbox: bool, origin: str = logkey.SANDBOX_ORIGIN) -> KeyRing:
    """The keys of this installation; a sandbox makes them at its first start.

    Raises:
        KeysMissing: production has none, or files of a complete folder are gone.
        DemoKeysRefused: production found keys of a sandbox.
        SecretExposed: production found keys that others on the machine can read.
        KeyMalformed: a file does not hold a key.
    """
    if sandbox and not (folder / COMPLETE).exists():
        create_keys(folder, demo=True, origin=origin)
    return load_keys(folder, sandbox=sandbox)


def create_keys(folder: Path, *, demo: bool, origin: str) -> None:
    """Make what is missing of a new installation's keys; repeated or concurrent calls make one set.

    Raises:
        KeysMissing: the folder was complete once and has lost files.
    """
    with only_one(folder):
        missing = [name for name in ("kek-0001.json", "pepper-0001.json", logkey.PEM) if not (folder / name).exists()]
        if (folder / COMPLETE).exists():
            _refuse_lost(folder)
            return
        for kind in ("kek", "pepper"):
            if f"{kind}-0001.json" in missing:
                _add(folder, kind, 1, demo=demo)
        if logkey.PEM in missing:
            create(folder / logkey.PEM, logkey.new(origin, demo=demo).to_pem())
        replace(folder / logkey.VKEY, logkey.read(folder / logkey.PEM).vkey.encode() + b"\n")
        create(folder / COMPLETE, b"")


def load_keys(folder: Path, *, sandbox: bool) -> KeyRing:
    """The key-encryption keys and peppers of a folder that exists; raises as `ensure_keys` does."""
    keks, peppers = _files(folder, "kek", sandbox=sandbox), _files(folder, "pepper", sandbox=sandbox)
    encryption = LocalKeyEncryption({file.id: file.key for file in keks}, keks[-1].id)
    return KeyRing(encryption, tuple(Pepper(file.version, file.key) for file in peppers))


def load_log_key(folder: Path, *, sandbox: bool) -> LogKey:
    """The key that signs the evidence log; raises as `ensure_keys` does."""
    path = folder / logkey.PEM
    _check(folder, [path], path.name, sandbox=sandbox)
    key = logkey.read(path)
    if key.demo and not sandbox:
        raise DemoKeysRefused(path.name)
    return key


def rotate_kek(folder: Path) -> str:
    """The id of a new key-encryption key: it wraps new data keys in every process started from now on; `rewrap` moves the old ones."""
    return _rotate(folder, "kek").id


def rotate_pepper(folder: Path) -> int:
    """The version of a new pepper: numbers move to it when they are next seen, so the old one stays until none is left under it."""
    return _rotate(folder, "pepper").version


def rotate_log_key(folder: Path, *, origin: str | None = None) -> LogKey:
    """A new signing key, for the same log unless an origin is given; the old pair is kept beside it under its key id."""
    with only_one(folder):
        old = load_log_key(folder, sandbox=True)
        new = logkey.new(origin or old.origin, demo=old.demo)
        replace(folder / f"log-{old.key_id.hex()}.pem", old.to_pem())
        replace(folder / f"log-{old.key_id.hex()}.vkey", old.vkey.encode() + b"\n")
        replace(folder / logkey.PEM, new.to_pem())
        replace(folder / logkey.VKEY, new.vkey.encode() + b"\n")
        return new


def _rotate(folder: Path, kind: Kind) -> KeyFile:
    with only_one(folder):
        newest = _files(folder, kind, sandbox=True)[-1]
        return _add(folder, kind, newest.version + 1, demo=newest.demo)


def _add(folder: Path, kind: Kind, version: int, *, demo: bool) -> KeyFile:
    file = KeyFile.model_construct(
        kind=kind,
        version=version,
        id=f"{kind}-{version:04}-{secrets.token_hex(4)}",  # the random part tells it from the same version of another installation
        created=technical_now(),
        demo=demo,
        key=secrets.token_bytes(KEY_BYTES),
    )
    create(folder / f"{kind}-{version:04}.json", file.model_dump_json().encode())
    return file


def _files(folder: Path, kind: Kind, *, sandbox: bool) -> Sequence[KeyFile]:
    """Every key of a kind, oldest first."""
    paths = sorted(folder.glob(f"{kind}-*.json"))
    _check(folder, paths, kind, sandbox=sandbox)
    files = [_read(path) for path in paths]
    for file in files:
        if file.demo and not sandbox:
            raise DemoKeysRefused(file.id)
    return files


def _read(path: Path) -> KeyFile:
    try:
        return KeyFile.model_validate_json(path.read_bytes())
    except ValidationError:
        raise KeyMalformed(path.name) from None  # its details would show the key


def _check(folder: Path, paths: Sequence[Path], name: str, *, sandbox: bool) -> None:
    if not all(path.exists() for path in paths) or not paths:
        raise KeysMissing([name])
    if not sandbox:
        for path in (folder, *paths):
            refuse_exposed(path)


def _refuse_lost(folder: Path) -> None:
    gone = [kind for kind in ("kek", "pepper") if not any(folder.glob(f"{kind}-*.json"))]
    gone += [logkey.PEM] if not (folder / logkey.PEM).exists() else []
    if gone:
        raise KeysMissing(gone)
