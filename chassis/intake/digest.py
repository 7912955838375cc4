"""Tells whether two deliveries of one version say the same, without keeping what they say.

The digest is keyed: content about a person has so little to guess that a plain one would tell it, also after the person was erased.
"""

import hmac
import json
import secrets
from pathlib import Path

from chassis import secrets as secret_files
from chassis.intake.kinds import FactBody

_FILE = "intake-digest.key"
_BYTES = 32
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def digest_key(keys: Path) -> bytes:
    """The key in this folder, made at the first start; it is never rotated, or every repeated delivery would look changed."""
    path = keys / _FILE
    if not path.exists():  # where keys were made beforehand, a service may not write to their folder
        with secret_files.only_one(keys):
            if not path.exists():
                secret_files.create(path, secrets.token_bytes(_BYTES))
    secret_files.refuse_exposed(path)
    return path.read_bytes()


def content(body: FactBody) -> bytes:
    """The body in one canonical form: members sorted, defaults left out."""
    return _canonical(body.said).encode()


def digest(key: bytes, operation: str, said: bytes) -> bytes:
    """The digest of an operation with this content."""
    return hmac.digest(key, operation.encode() + b"\0" + said, "sha256")
