"""Access tokens by client credentials with a signed assertion (RFC 6749 section 4.4, RFC 7523, private_key_jwt)."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import JWKRegistry, Key

from chassis.clock import technical_now
from chassis.http.clients.errors import PeerUnavailable, TokenRefused
from chassis.http.clients.retry import RetryPolicy, send

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE_S = 60
# A token is renewed so long before its end that no request carries one that expires on the way.
_RENEW_BEFORE_S = 30.0
_ALGORITHMS = {"OKP": "Ed25519", "EC": "ES256", "RSA": "RS256"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at the token endpoint: a client and its private key."""

    client_id: str
    key: Key

    @classmethod
    def read(cls, client_id: str, path: Path) -> Self:
        """The credentials with the private JWK in this file."""
        return cls(client_id, JWKRegistry.import_key(json.loads(path.read_bytes())))

    def assertion(self, token_url: str) -> str:
        """A fresh proof of who we are, for this endpoint only and for one use."""
        now = int(technical_now().timestamp())
        header = {"alg": _ALGORITHMS[self.key.key_type], "kid": str(self.key.kid)}
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": token_url.lower().rstrip("/"),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + _ASSERTION_LIFE_S,
        }
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])


class TokenSource:
    """The present access token of one client, fetched when needed and shared until shortly before it ends."""

    def __init__(
        self, credentials: Credentials, token_url: str, http: httpx.AsyncClient, scope: str | None = None, policy: RetryPolicy | None = None
    ) -> None:
        self._credentials = credentials
        self._url = token_url
        self._http = http
        self._scope = scope
        self._policy = policy or RetryPolicy()
        self._token = ""
        self._renew_at = 0.0
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """A token that holds for at least half a minute more.

        Raises:
            TokenRefused: the endpoint refuses us.
            PeerUnavailable: it does not answer.
        """
        async with self._fetching:
            if technical_now().timestamp() >= self._renew_at:
                await self._fetch()
            return self._token

    def forget(self, token: str) -> None:
        """Fetch anew at the next use: a door refused this token."""
        if token == self._token:
            self._renew_at = 0.0

    async def _fetch(self) -> None:
        response = await send(self._ask, self._policy)
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise PeerUnavailable(f"token endpoint: {response.status_code}")
        if response.status_code != httpx.codes.OK:
            raise TokenRefused(self._credentials.client_id, response.status_code, _code(response))
        try:
            granted = response.json()
            token, lasts_s = str(granted["access_token"]), float(granted["expires_in"])
        except (ValueError, KeyError, TypeError) as error:  # a portal in between, or a wrong address: it may pass, or be put right
            raise PeerUnavailable("token endpoint: its answer holds no token") from error
        self._token, self._renew_at = token, technical_now().timestamp() + max(lasts_s - _RENEW_BEFORE_S, 1.0)

    async def _ask(self) -> httpx.Response:
        """One request; each attempt carries an assertion of its own, because an assertion is good for one use."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._credentials.assertion(self._url),
        }
        return await self._http.post(self._url, data=form | ({"scope": self._scope} if self._scope else {}))


def _code(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return "no code"
