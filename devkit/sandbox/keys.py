"""Makes the demo keys at first start: the sandbox's issuer and its clients, all marked so that production refuses them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import JWKRegistry, Key, OKPKey

from chassis import secrets
from chassis.http.clients.tokens import Credentials
from chassis.http.jwks import DEMO_MEMBER, DEMO_PREFIX
from devkit.sandbox.clients import CLIENTS, SandboxClient

ISSUER_JWKS = "issuer.jwks.json"
_ISSUER = "issuer.jwk.json"
_CLIENTS = "clients.json"
_CLIENT_KEYS = "clients"


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """A client as the issuer knows it."""

    client: SandboxClient
    key: Key


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """The issuer's signing key, and its clients by the id of their key."""

    folder: Path
    issuer: Key
    clients: Mapping[str, RegisteredClient]

    def credentials(self, client_id: str) -> Credentials:
        """A client's own credentials, for simulators and `hub token`.

        Raises:
            KeyError: no client of the sandbox is called so.
        """
        return Credentials.read(CLIENTS[client_id].client_id, self.folder / _CLIENT_KEYS / f"{client_id}.jwk.json")


def ensure(folder: Path) -> SandboxKeys:
    """The keys in this folder; what is missing is made, what is there stays."""
    if not _complete(folder):  # where keys were made beforehand, this process may not write to their folder
        with secrets.only_one(folder):
            if not _complete(folder):
                _make(folder)
    secrets.refuse_exposed(folder)
    issuer = JWKRegistry.import_key(json.loads((folder / _ISSUER).read_bytes()))
    return SandboxKeys(folder, issuer, _registered(json.loads((folder / _CLIENTS).read_bytes())))


def _complete(folder: Path) -> bool:
    """Whether every client is known with the scopes it has now; a newer version of the hub may have added some."""
    if not (folder / _CLIENTS).exists():
        return False
    stored = _registered(json.loads((folder / _CLIENTS).read_bytes())).values()
    return {one.client.client_id: one.client for one in stored} == dict(CLIENTS)


def demo_key() -> OKPKey:
    """A new Ed25519 key with the demo mark in its id and as a member."""
    key = OKPKey.generate_key("Ed25519")
    marked: dict[str, Any] = key.as_dict(private=True) | {"kid": DEMO_PREFIX + key.thumbprint()[:16], "use": "sig", DEMO_MEMBER: True}
    return OKPKey.import_key(marked)


def _make(folder: Path) -> None:
    """Write every file; `clients.json` comes last, so that a start that died half-way is finished by the next."""
    issuer = _key_at(folder / _ISSUER)
    _write_once(folder / ISSUER_JWKS, {"keys": [issuer.as_dict(private=False)]})
    (folder / _CLIENT_KEYS).mkdir(mode=0o700, exist_ok=True)
    entries = []
    for client in CLIENTS.values():
        key = _key_at(folder / _CLIENT_KEYS / f"{client.client_id}.jwk.json")
        entries.append(
            {
                "clientId": client.client_id,
                "organisation": client.organisation,
                "scopes": list(client.scopes),
                "key": key.as_dict(private=False),
            }
        )
    secrets.replace(folder / _CLIENTS, json.dumps({"clients": entries}, indent=1).encode())


def _key_at(path: Path) -> Key:
    if not path.exists():
        _write_once(path, demo_key().as_dict(private=True))
    return JWKRegistry.import_key(json.loads(path.read_bytes()))


def _write_once(path: Path, document: Mapping[str, Any]) -> None:
    if not path.exists():
        secrets.create(path, json.dumps(document, indent=1).encode())


def _registered(document: Mapping[str, Any]) -> Mapping[str, RegisteredClient]:
    found = {}
    for entry in document["clients"]:
        key = JWKRegistry.import_key(entry["key"])
        found[str(key.kid)] = RegisteredClient(SandboxClient(entry["clientId"], entry["organisation"], tuple(entry["scopes"])), key)
    return found
