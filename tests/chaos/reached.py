"""Some of the people let themselves be reached digitally: what VDAB says of their addresses and consents, before a load begins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from devkit.partners import Partner
from devkit.population import Newcomer

_GIVEN = "2026-03-01T09:00:00Z"
_LOGGED_IN = "2026-02-20T09:00:00Z"
_PROCEDURE = "automaticRegistration"
_AT_ONCE = 8


async def by_mail(vdab: Partner, people: Sequence[Newcomer]) -> None:
    """These confirmed an address and consented to notices by e-mail."""

    async def one(person: Newcomer) -> None:
        point = await _gives_address(vdab, person, "email", f"{person.reference}@inwoner.test")
        await _consents(vdab, person, means="email", contactPointId=point)

    await _each(one, people)


async def by_portal(vdab: Partner, people: Sequence[Newcomer]) -> None:
    """These look into the portal, consented to it, and hear by SMS that something waits there."""

    async def one(person: Newcomer) -> None:
        account = {"activated": True, "lastLoginAt": _LOGGED_IN}
        body = {"sourceVersion": 1, "ssin": person.contract.ssin, "portalAccount": account}
        await vdab.put(f"/notification/v1/recipients/{person.reference}", body)
        await _gives_address(vdab, person, "mobile", f"+3247{person.contract.ssin[2:9]}")
        await _consents(vdab, person, means="portal")

    await _each(one, people)


async def _gives_address(vdab: Partner, person: Newcomer, kind: str, value: str) -> str:
    point = str(uuid5(NAMESPACE_URL, f"{person.reference} {kind}"))
    origin = {"origin": "person", "changedBy": "authenticated", "confirmedAt": _GIVEN}
    await vdab.put(f"/notification/v1/contactPoints/{point}", {"ssin": person.contract.ssin, "kind": kind, "value": value, **origin})
    return point


async def _consents(vdab: Partner, person: Newcomer, **to: Any) -> None:
    formalities = {"textVersion": "2026.1", "givenAt": _GIVEN, "authentication": "itsme", "source": "portal", "proof": "sha256:5f70bf18"}
    body = {"ssin": person.contract.ssin, "procedures": [_PROCEDURE], **formalities, **to}
    assert (await vdab.post("/notification/v1/consents", body))["effective"]


async def _each(do: Callable[[Newcomer], Awaitable[None]], people: Sequence[Newcomer]) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(person: Newcomer) -> None:
        async with gate:
            await do(person)

    await asyncio.gather(*map(one, people))
