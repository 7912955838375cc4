"""Who gets in: only a token of the issuer, for this API, in time, with the scope of the door."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from chassis.clock import technical_now
from chassis.http.auth import SANDBOX_ISSUER, Authenticator
from chassis.http.clients.issuer import key_source
from chassis.http.jwks import DemoKeyRefused, IssuerKeys, KeysUnavailable, file_source
from chassis.http.problems import ExpiredAccessToken, InvalidAccessToken, MissingScope, NoAccessToken
from tests.support.tokens import Tokens

DOOR = "/registration/v1/registrations/1"


async def refused(anyone: httpx.AsyncClient, authorization: str | None) -> tuple[int, str, str]:
    headers = {"Authorization": authorization} if authorization is not None else {}
    response = await anyone.get(DOOR, headers=headers)
    return response.status_code, response.json()["type"].rpartition(":")[2], response.headers.get("www-authenticate", "")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer  ", "Basic dXNlcjpwYXNz", "eyJhbGciOiJub25lIn0.e30."])
async def test_without_a_token_the_answer_asks_for_one(anyone: httpx.AsyncClient, authorization: str | None) -> None:
    assert await refused(anyone, authorization) == (401, "noAccessToken", "Bearer")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "notification"},
        {"aud": ["integrationFeed", "notification"]},
        {"aud": None},
        {"aud": {"registration": 1}},
        {"iss": "urn:someone:else"},
        {"iss": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"client_id": None},
        {"client_id": 7},
        {"organisation": None},
        {"organisation": ""},
        {"scope": ["registration.read"]},
    ],
)
async def test_a_token_with_a_wrong_claim_is_invalid(anyone: httpx.AsyncClient, tokens: Tokens, changed: dict[str, Any]) -> None:
    answer = await refused(anyone, f"Bearer {tokens.token('vdab', **changed)}")

    assert answer == (401, "invalidAccessToken", 'Bearer error="invalid_token"')


async def test_an_expired_token_says_so(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    status, kind, challenge = await refused(anyone, f"Bearer {tokens.token('vdab', iat=1, exp=2)}")

    assert (status, kind) == (401, "expiredAccessToken")
    assert challenge.startswith('Bearer error="invalid_token"')


async def test_a_missing_scope_is_named(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    response = await anyone.get(DOOR, headers=tokens.bearer("vdab", scope="registration.write"))

    assert (response.status_code, response.json()["requiredScopes"]) == (403, ["registration.read"])
    assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


async def test_a_stranger_learns_nothing_before_the_token_is_judged(anyone: httpx.AsyncClient) -> None:
    response = await anyone.post("/registration/v1/registrations/query?nonsense=1", content=b"{", headers={"Content-Type": "text/plain"})

    assert response.status_code == 401


def unsigned(header: Mapping[str, object], claims: Mapping[str, object]) -> str:
    def part(document: Mapping[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
async def test_an_unsigned_token_is_invalid(anyone: httpx.AsyncClient, tokens: Tokens, algorithm: str) -> None:
    token = unsigned({"alg": algorithm, "kid": tokens.key.kid}, tokens.claims("vdab"))

    assert (await refused(anyone, f"Bearer {token}"))[:2] == (401, "invalidAccessToken")


async def test_a_token_signed_with_the_public_key_as_a_secret_is_invalid(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    secret = OctKey.import_key({"kty": "oct", "k": str(tokens.key.as_dict(private=False)["x"])})
    token = jwt.encode({"alg": "HS256", "kid": str(tokens.key.kid)}, tokens.claims("vdab"), secret)

    assert (await refused(anyone, f"Bearer {token}"))[:2] == (401, "invalidAccessToken")


async def test_a_token_of_another_key_under_the_issuers_key_id_is_invalid(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    token = Tokens().token("vdab", header={"kid": str(tokens.key.kid)})

    assert (await refused(anyone, f"Bearer {token}"))[:2] == (401, "invalidAccessToken")


async def test_a_changed_token_is_invalid(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    head, _, signature = tokens.token("vdab").split(".")
    claims = unsigned({}, tokens.claims("operator1")).split(".")[1]

    assert (await refused(anyone, f"Bearer {head}.{claims}.{signature}"))[:2] == (401, "invalidAccessToken")


@pytest.mark.parametrize("token", ["a", "a.b", "a.b.c", "e30.e30.e30", "x" * 9000, "....", "é.é.é"])
async def test_what_is_no_token_is_invalid(tokens: Tokens, token: str) -> None:
    with pytest.raises(InvalidAccessToken):
        await tokens.authenticator().caller(f"Bearer {token}", "registration")


async def test_an_unknown_key_id_is_invalid(anyone: httpx.AsyncClient) -> None:
    assert (await refused(anyone, f"Bearer {Tokens().token('vdab')}"))[:2] == (401, "invalidAccessToken")


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(ECKey.generate_key("P-256", {"kid": "ec"}), "ES256"), (RSAKey.generate_key(2048, {"kid": "rsa"}), "RS256")],
)
async def test_the_other_algorithms_of_the_list_are_taken(tokens: Tokens, key: Key, algorithm: str) -> None:
    async def source() -> bytes:
        return json.dumps({"keys": [key.as_dict(private=False)]}).encode()

    authenticator = Authenticator(IssuerKeys(source, production=False), SANDBOX_ISSUER, production=False)
    token = jwt.encode({"alg": algorithm, "kid": str(key.kid)}, tokens.claims("agii"), key, algorithms=[algorithm])

    caller = await authenticator.caller(f"Bearer {token}", "integrationFeed")

    assert (caller.client_id, caller.organisation) == ("agii", "0543307391")
    caller.require("integrationFeed.write")
    with pytest.raises(MissingScope):
        caller.require("registration.read")


async def test_a_token_is_remembered_for_its_own_audience_only(tokens: Tokens) -> None:
    authenticator = tokens.authenticator()
    bearer = tokens.bearer("agii")["Authorization"]

    first = await authenticator.caller(bearer, "integrationFeed")

    assert await authenticator.caller(bearer, "integrationFeed") is first
    with pytest.raises(InvalidAccessToken):
        await authenticator.caller(bearer, "registration")


async def test_a_remembered_token_still_expires(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    authenticator = tokens.authenticator()
    bearer = tokens.bearer("agii")["Authorization"]
    await authenticator.caller(bearer, "integrationFeed")

    later = technical_now() + timedelta(minutes=7)
    monkeypatch.setattr("chassis.http.auth.technical_now", lambda: later)

    with pytest.raises(ExpiredAccessToken):
        await authenticator.caller(bearer, "integrationFeed")


async def test_a_new_key_is_found_when_a_token_names_it(tmp_path: Path) -> None:
    old, new = Tokens(), Tokens()
    path = tmp_path / "issuer.jwks.json"
    path.write_bytes(await old.key_set())
    authenticator = Authenticator(IssuerKeys(file_source(path), production=False, reread_after_s=0), SANDBOX_ISSUER, production=False)
    await authenticator.caller(old.bearer()["Authorization"], "integrationFeed")

    path.write_bytes(await new.key_set())

    assert (await authenticator.caller(new.bearer()["Authorization"], "integrationFeed")).client_id == "agii"
    with pytest.raises(InvalidAccessToken):  # the old key is gone, and with it what was remembered
        await authenticator.caller(old.bearer()["Authorization"], "integrationFeed")


async def test_unknown_key_ids_do_not_make_us_read_the_keys_each_time() -> None:
    known = Tokens()
    reads = 0

    async def counted() -> bytes:
        nonlocal reads
        reads += 1
        return await known.key_set()

    authenticator = Authenticator(IssuerKeys(counted, production=False), SANDBOX_ISSUER, production=False)
    for _ in range(5):
        with pytest.raises(InvalidAccessToken):
            await authenticator.caller(Tokens().bearer()["Authorization"], "integrationFeed")

    assert reads == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": []}', b'{"keys": [3]}', b'{"keys": [{"kty": "OKP"}]}', b"\xff"])
async def test_keys_that_cannot_be_read_are_unavailable_not_invalid(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)

    with pytest.raises(KeysUnavailable):
        await IssuerKeys(file_source(path), production=False).present()
    with pytest.raises(KeysUnavailable):
        await IssuerKeys(file_source(tmp_path / "missing.json"), production=False).present()


async def test_no_token_is_no_token_even_when_the_keys_are_away(tmp_path: Path) -> None:
    authenticator = Authenticator(IssuerKeys(file_source(tmp_path / "missing"), production=False), SANDBOX_ISSUER, production=False)

    with pytest.raises(NoAccessToken):
        await authenticator.caller(None, "registration")


async def test_production_refuses_the_sandbox_issuer_and_its_keys(tokens: Tokens) -> None:
    with pytest.raises(DemoKeyRefused):
        Authenticator(IssuerKeys(tokens.key_set, production=True), SANDBOX_ISSUER, production=True)
    with pytest.raises(DemoKeyRefused):
        await IssuerKeys(tokens.key_set, production=True).present()


@pytest.mark.parametrize("kept", [("kty", "crv", "x", "kid"), ("kty", "crv", "x", "demo")])
async def test_either_mark_of_a_demo_key_is_enough(tokens: Tokens, kept: tuple[str, ...]) -> None:
    key = {name: value for name, value in tokens.key.as_dict(private=False).items() if name in kept}

    async def source() -> bytes:
        return json.dumps({"keys": [key]}).encode()

    with pytest.raises(DemoKeyRefused):
        await IssuerKeys(source, production=True).present()


async def test_production_takes_a_real_issuers_key() -> None:
    tokens = Tokens(OKPKey.generate_key("Ed25519", {"kid": "2026-11"}), "https://issuer.example.test")
    authenticator = Authenticator(IssuerKeys(tokens.key_set, production=True), tokens.issuer, production=True)

    assert (await authenticator.caller(tokens.bearer()["Authorization"], "integrationFeed")).client_id == "agii"


@pytest.mark.parametrize(
    "location",
    [
        "http://issuer.example.test/jwks",
        "ftp://issuer.example.test/jwks",
        "http://127.0.0.1.example.test/",
        "http://127.0.0.1:80@example.test/",
    ],
)
def test_the_issuers_keys_never_come_in_the_clear(location: str) -> None:
    with pytest.raises(KeysUnavailable):
        key_source(location)
