"""Access tokens for tests, signed at once by an issuer in memory or by a sandbox's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import Key

from chassis.clock import technical_now
from chassis.http.auth import SANDBOX_ISSUER, Authenticator
from chassis.http.jwks import IssuerKeys
from devkit.sandbox.clients import CLIENTS
from devkit.sandbox.keys import demo_key


@dataclass(slots=True)
class Tokens:
    """An issuer; `Tokens()` makes its own key, `Tokens(keys.issuer)` signs as a sandbox does."""

    key: Key = field(default_factory=demo_key)
    issuer: str = SANDBOX_ISSUER

    def claims(self, who: str = "agii", /, **changed: Any) -> dict[str, Any]:
        """The claims of a client of the sandbox with all its scopes; a keyword replaces a claim, None removes it."""
        client = CLIENTS[who]
        now = int(technical_now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": who,
            "client_id": who,
            "organisation": client.organisation,
            "aud": sorted({scope.partition(".")[0] for scope in client.scopes}),
            "scope": " ".join(client.scopes),
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in (claims | changed).items() if value is not None}

    def token(self, who: str = "agii", /, *, header: Mapping[str, str] | None = None, **changed: Any) -> str:
        """A signed token."""
        fields = {"alg": "Ed25519", "kid": str(self.key.kid)} | dict(header or {})
        return jwt.encode(fields, self.claims(who, **changed), self.key, algorithms=["Ed25519"], default_type="at+jwt")

    def bearer(self, who: str = "agii", /, **changed: Any) -> dict[str, str]:
        """The header that carries such a token."""
        return {"Authorization": f"Bearer {self.token(who, **changed)}"}

    async def key_set(self) -> bytes:
        """The public key set, as a `Source`."""
        return json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()

    def authenticator(self) -> Authenticator:
        """Judges this issuer's tokens, as a sandbox."""
        return Authenticator(IssuerKeys(self.key_set, production=False), self.issuer, production=False)
