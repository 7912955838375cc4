"""The sandbox's token endpoint: client credentials with a signed assertion, tokens of five minutes."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from fastapi import APIRouter
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.clock import technical_now
from chassis.http.auth import ALGORITHMS, SANDBOX_ISSUER
from chassis.http.clients.tokens import ASSERTION_TYPE
from devkit.sandbox.clients import SandboxClient
from devkit.sandbox.keys import RegisteredClient, SandboxKeys

TOKEN_LIFE_S = 300
# The Flemish authorisation server's limit (`domain.md` 2.7).
_LONGEST_ASSERTION_S = 600
_LEEWAY_S = 5
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Refused(Exception):
    """An error answer of RFC 6749, section 5.2."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class _Grant:
    client: SandboxClient
    scopes: tuple[str, ...]


class Issuer:
    """Judges assertions and signs tokens."""

    def __init__(self, keys: SandboxKeys) -> None:
        self._keys = keys
        self._registry = JWSRegistry(algorithms=ALGORITHMS)
        self._used: dict[tuple[str, str], float] = {}

    def grant(self, form: dict[str, str], token_url: str) -> _Grant:
        """What a token request may have.

        Raises:
            Refused: the answer to give.
        """
        if form.get("grant_type") != "client_credentials":
            raise Refused("unsupported_grant_type", "grant_type is client_credentials")
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise Refused("invalid_client", f"client_assertion_type is {ASSERTION_TYPE}", 401)
        client = self._authenticated(form.get("client_assertion", ""), token_url)
        asked = tuple(form.get("scope", "").split()) or client.scopes
        if not set(asked) <= set(client.scopes):
            raise Refused("invalid_scope", "a scope was asked that this client does not have")
        return _Grant(client, asked)

    def sign(self, grant: _Grant) -> str:
        """An access token (RFC 9068); its audiences are those of its scopes."""
        now = int(technical_now().timestamp())
        claims = {
            "iss": SANDBOX_ISSUER,
            "sub": grant.client.client_id,
            "client_id": grant.client.client_id,
            "organisation": grant.client.organisation,
            "aud": sorted({scope.partition(".")[0] for scope in grant.scopes}),
            "scope": " ".join(grant.scopes),
            "iat": now,
            "exp": now + TOKEN_LIFE_S,
            "jti": str(uuid4()),
        }
        header = {"alg": "Ed25519", "kid": str(self._keys.issuer.kid)}
        return jwt.encode(header, claims, self._keys.issuer, algorithms=["Ed25519"], default_type="at+jwt")

    def _authenticated(self, assertion: str, token_url: str) -> SandboxClient:
        known: list[RegisteredClient] = []

        def key_of(assertion: Any) -> Key:
            known.append(self._keys.clients[assertion.headers()["kid"]])
            return known[0].key

        now = technical_now().timestamp()
        try:
            claims = jwt.decode(assertion, key_of, algorithms=ALGORITHMS, registry=self._registry).claims
            client = known[0].client
            jwt.JWTClaimsRegistry(
                now=int(now),
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": client.client_id},
                sub={"essential": True, "value": client.client_id},
                aud={"essential": True, "value": token_url},
                jti={"essential": True},
                iat={"essential": True},
                exp={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise Refused("invalid_client", "the assertion is not one of a known client for this endpoint", 401) from error
        if claims["exp"] - claims["iat"] > _LONGEST_ASSERTION_S:
            raise Refused("invalid_client", f"an assertion lives at most {_LONGEST_ASSERTION_S} seconds", 401)
        self._use(client.client_id, claims["jti"], float(claims["exp"]), now)
        return client

    def _use(self, client_id: str, jti: str, expires_at: float, now: float) -> None:
        """Let each assertion pass once."""
        self._used = {key: end for key, end in self._used.items() if end + _LEEWAY_S > now}
        if (client_id, jti) in self._used:
            raise Refused("invalid_client", "this assertion was used before", 401)
        self._used[client_id, jti] = expires_at


def router(keys: SandboxKeys) -> APIRouter:
    """The door `POST /sandbox/v1/token`."""
    issuer = Issuer(keys)
    doors = APIRouter(prefix="/sandbox/v1", tags=["Sandbox"])

    @doors.post("/token", operation_id="createToken", summary="An access token for a client of the sandbox")
    async def create_token(request: Request) -> Response:
        try:
            grant = issuer.grant(await _form(request), _address(request))
        except Refused as refused:
            return JSONResponse({"error": refused.code, "error_description": refused.why}, refused.status, _NO_STORE)
        answer = {
            "access_token": issuer.sign(grant),
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFE_S,
            "scope": " ".join(grant.scopes),
        }
        return JSONResponse(answer, headers=_NO_STORE)

    return doors


def _address(request: Request) -> str:
    """This endpoint as the client addressed it; a sandbox on a random port knows its own address no better."""
    return str(request.url.replace(query="")).lower().rstrip("/")


async def _form(request: Request) -> dict[str, str]:
    """The form of a token request; a repeated field is an error (RFC 6749, section 3.2)."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused("invalid_request", "a token request is application/x-www-form-urlencoded")
    try:
        fields = parse_qs((await request.body()).decode("ascii"), max_num_fields=20)
    except ValueError as error:
        raise Refused("invalid_request", "the form could not be read") from error
    if any(len(values) > 1 for values in fields.values()):
        raise Refused("invalid_request", "a field is given twice")
    return {name: values[0] for name, values in fields.items()}
