"""Some of the people let their notices be mailed: what VDAB says of their addresses and consents, before the load begins."""

import asyncio
from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from devkit.partners import Partner
from devkit.population import Newcomer

_GIVEN = "2026-03-01T09:00:00Z"
_PROCEDURE = "automaticRegistration"
_AT_ONCE = 8


async def let_mail(vdab: Partner, people: Sequence[Newcomer]) -> None:
    """These confirmed an address and consented to notices by e-mail."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(person: Newcomer) -> None:
        async with gate:
            await _lets_mail(vdab, person)

    await asyncio.gather(*map(one, people))


async def _lets_mail(vdab: Partner, person: Newcomer) -> None:
    point, ssin = str(uuid5(NAMESPACE_URL, person.reference)), person.contract.ssin
    address = {"kind": "email", "value": f"{person.reference}@inwoner.test", "origin": "person", "changedBy": "authenticated"}
    await vdab.put(f"/notification/v1/contactPoints/{point}", {"ssin": ssin, **address, "confirmedAt": _GIVEN})
    formalities = {"textVersion": "2026.1", "givenAt": _GIVEN, "authentication": "itsme", "source": "portal", "proof": "sha256:5f70bf18"}
    consent = {"ssin": ssin, "means": "email", "contactPointId": point, "procedures": [_PROCEDURE], **formalities}
    assert (await vdab.post("/notification/v1/consents", consent))["effective"]
