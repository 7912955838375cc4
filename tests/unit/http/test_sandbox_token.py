"""The sandbox's token endpoint, from the making of its keys to a token that opens a door."""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt

from chassis.clock import technical_now
from chassis.http.auth import SANDBOX_ISSUER, Authenticator
from chassis.http.clients.tokens import ASSERTION_TYPE, TokenSource
from chassis.http.jwks import DemoKeyRefused, IssuerKeys, file_source
from devkit.sandbox import token
from devkit.sandbox.clients import CLIENTS
from devkit.sandbox.keys import ISSUER_JWKS, SandboxKeys, ensure
from tests.support.doors import calling

URL = "http://hub.test/sandbox/v1/token"


@pytest.fixture
def keys(tmp_path: Path) -> SandboxKeys:
    return ensure(tmp_path / "keys")


@pytest.fixture
async def anyone(keys: SandboxKeys) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(token.router(keys))
    async with calling(app) as client:
        yield client


def assertion(keys: SandboxKeys, who: str = "agii", **changed: Any) -> str:
    credentials = keys.credentials(who)
    now = int(technical_now().timestamp())
    claims = {"iss": who, "sub": who, "aud": URL, "jti": str(uuid4()), "iat": now, "exp": now + 60} | changed
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "Ed25519", "kid": str(credentials.key.kid)}, kept, credentials.key, algorithms=["Ed25519"])


def form(proof: str, **changed: str) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": proof} | changed


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = ensure(folder)
    second = ensure(folder)

    assert first.issuer.as_dict(private=True) == second.issuer.as_dict(private=True)
    assert {known.client.client_id for known in second.clients.values()} == set(CLIENTS)
    assert all(stat.S_IMODE(path.stat().st_mode) in (0o600, 0o700) for path in [folder, *folder.rglob("*")])


def test_a_first_start_that_died_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = ensure(folder)
    (folder / "clients.json").unlink()
    (folder / "clients" / "vdab.jwk.json").unlink()

    second = ensure(folder)

    assert second.issuer.thumbprint() == first.issuer.thumbprint()
    assert second.credentials("agii").key.thumbprint() == first.credentials("agii").key.thumbprint()
    assert second.credentials("vdab").key.thumbprint() not in {known.key.thumbprint() for known in first.clients.values()}


def test_public_files_hold_no_private_key(keys: SandboxKeys) -> None:
    published = json.loads((keys.folder / ISSUER_JWKS).read_bytes())["keys"]
    registered = [entry["key"] for entry in json.loads((keys.folder / "clients.json").read_bytes())["clients"]]

    assert all("d" not in key for key in [*published, *registered])


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_enterprise_numbers_have_the_right_check_digits(client: Any) -> None:
    assert 97 - int(client.organisation[:8]) % 97 == int(client.organisation[8:])


async def test_a_token_opens_the_doors_of_its_audiences(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    source = TokenSource(keys.credentials("agii"), URL, anyone)
    issuer = IssuerKeys(file_source(keys.folder / ISSUER_JWKS), production=False)

    caller = await Authenticator(issuer, SANDBOX_ISSUER, production=False).caller(f"Bearer {await source.token()}", "integrationFeed")

    assert (caller.client_id, caller.organisation) == ("agii", "0543307391")
    assert caller.scopes == set(CLIENTS["agii"].scopes)


async def test_production_refuses_the_keys_of_a_sandbox(keys: SandboxKeys) -> None:
    with pytest.raises(DemoKeyRefused):
        await IssuerKeys(file_source(keys.folder / ISSUER_JWKS), production=True).present()


async def test_a_token_lives_five_minutes_and_is_never_kept_by_caches(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    response = await anyone.post(URL, data=form(assertion(keys), scope="integrationFeed.read"))

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    granted = response.json()
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", 300, "integrationFeed.read")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "http://hub.test/other"},
        {"aud": None},
        {"iss": "vdab"},
        {"sub": "vdab"},
        {"sub": None},
        {"jti": None},
        {"jti": 7},
        {"exp": None},
        {"iat": None},
        {"iat": 1, "exp": 2},
        {"exp": int(technical_now().timestamp()) + 1000},
    ],
)
async def test_a_wrong_assertion_is_an_invalid_client(anyone: httpx.AsyncClient, keys: SandboxKeys, changed: dict[str, Any]) -> None:
    response = await anyone.post(URL, data=form(assertion(keys, **changed)))

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("proof", ["", "a.b.c", "x" * 200_000])
async def test_no_assertion_is_an_invalid_client(anyone: httpx.AsyncClient, proof: str) -> None:
    response = await anyone.post(URL, data=form(proof))

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_a_client_cannot_speak_for_another(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    credentials = keys.credentials("education")
    now = int(technical_now().timestamp())
    claims = {"iss": "operator1", "sub": "operator1", "aud": URL, "jti": "x", "iat": now, "exp": now + 60}
    proof = jwt.encode({"alg": "Ed25519", "kid": str(credentials.key.kid)}, claims, credentials.key, algorithms=["Ed25519"])

    assert (await anyone.post(URL, data=form(proof))).status_code == 401


async def test_an_assertion_is_good_for_one_use(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    proof = assertion(keys)

    first = await anyone.post(URL, data=form(proof))
    second = await anyone.post(URL, data=form(proof))

    assert [first.status_code, second.status_code] == [200, 401]


async def test_a_scope_of_another_client_is_not_granted(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    response = await anyone.post(URL, data=form(assertion(keys), scope="integrationFeed.read registration.read"))

    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")


async def test_other_grants_and_forms_are_refused(anyone: httpx.AsyncClient, keys: SandboxKeys) -> None:
    other_grant = await anyone.post(URL, data=form(assertion(keys), grant_type="password"))
    not_a_form = await anyone.post(URL, json=form(assertion(keys)))
    not_ascii = await anyone.post(URL, content=b"\xff", headers={"Content-Type": "application/x-www-form-urlencoded"})
    twice = await anyone.post(URL, content="scope=a&scope=b", headers={"Content-Type": "application/x-www-form-urlencoded"})

    errors = [response.json()["error"] for response in (other_grant, not_a_form, not_ascii, twice)]
    assert errors == ["unsupported_grant_type", "invalid_request", "invalid_request", "invalid_request"]
