"""Who calls: OAuth2 bearer tokens (RFC 6750, RFC 9068) judged by the issuer's keys on the technical clock."""

import hashlib
from dataclasses import dataclass

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from chassis.clock import technical_now
from chassis.http.jwks import DemoKeyRefused, IssuerKeys
from chassis.http.problems import ExpiredAccessToken, InvalidAccessToken, MissingScope, NoAccessToken

SANDBOX_ISSUER = "urn:hub:sandbox:issuer"
# Ed25519 is the name of RFC 9864; the older name "EdDSA" is deprecated there. "none" and shared secrets are not on the list.
ALGORITHMS = ("Ed25519", "ES256", "RS256")
_LEEWAY_S = 5
_LONGEST_TOKEN = 8 * 1024
_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """The client behind a request, the organisation it acts for (enterprise number), and what it may do."""

    client_id: str
    organisation: str
    scopes: frozenset[str]

    def require(self, scope: str) -> None:
        """Refuse the request unless the token carries this scope.

        Raises:
            MissingScope: it does not.
        """
        if scope not in self.scopes:
            raise MissingScope(scope)


@dataclass(frozen=True, slots=True)
class _Judged:
    caller: Caller
    expires_at: float
    keys: KeySet


class Authenticator:
    """Judges the bearer tokens of one issuer; a token judged once is remembered until it expires or the keys change."""

    def __init__(self, keys: IssuerKeys, issuer: str, *, production: bool) -> None:
        if production and issuer == SANDBOX_ISSUER:
            raise DemoKeyRefused
        self._keys = keys
        self._issuer = issuer
        self._registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        self._judged: dict[bytes, _Judged] = {}

    async def caller(self, authorization: str | None, audience: str) -> Caller:
        """The caller named by an `Authorization` header, for an API of this audience.

        Raises:
            NoAccessToken, InvalidAccessToken, ExpiredAccessToken: the answer to give.
            KeysUnavailable: the issuer's keys cannot be read.
        """
        token = _bearer(authorization)
        keys = await self._keys.present()
        digest = hashlib.sha256(f"{audience} {token}".encode()).digest()
        known = self._judged.get(digest)
        if known is not None and known.keys is keys and known.expires_at > technical_now().timestamp():
            return known.caller
        return await self._judge(token, audience, keys, digest)

    async def _judge(self, token: str, audience: str, keys: KeySet, digest: bytes) -> Caller:
        try:
            try:
                claims = self._verified(token, audience, keys)
            except InvalidKeyIdError:
                newer = await self._keys.newer_than(keys)
                if newer is None:
                    raise
                claims = self._verified(token, audience, newer)
                keys = newer
            caller = _caller(claims)
        except ExpiredTokenError as error:
            raise ExpiredAccessToken from error
        except (JoseError, ValueError) as error:
            raise InvalidAccessToken from error
        if len(self._judged) >= _REMEMBERED:
            self._judged.clear()
        self._judged[digest] = _Judged(caller, _seconds(claims["exp"]), keys)
        return caller

    def _verified(self, token: str, audience: str, keys: KeySet) -> dict[str, object]:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS, registry=self._registry).claims
        jwt.JWTClaimsRegistry(
            now=int(technical_now().timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
            client_id={"essential": True},
            organisation={"essential": True},
        ).validate(claims)
        return claims


def _bearer(authorization: str | None) -> str:
    """The token of the header.

    Raises:
        NoAccessToken: there is none, or it is of another scheme.
        InvalidAccessToken: it cannot be one.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoAccessToken
    if len(token) > _LONGEST_TOKEN:
        raise InvalidAccessToken
    return token.strip()


def _caller(claims: dict[str, object]) -> Caller:
    """The caller as the claims of RFC 9068 name it, plus `organisation`.

    Raises:
        ValueError: a claim has the wrong type.
    """
    client_id, organisation, scope = claims["client_id"], claims["organisation"], claims.get("scope", "")
    if not (isinstance(client_id, str) and isinstance(organisation, str) and isinstance(scope, str)):
        raise ValueError("client_id, organisation and scope are strings")  # noqa: TRY004 - a claim of the wrong type is a bad value
    return Caller(client_id, organisation, frozenset(scope.split()))


def _seconds(claim: object) -> float:
    """A NumericDate (RFC 7519, section 2) that the claims check has let through."""
    assert isinstance(claim, int | float)
    return float(claim)
