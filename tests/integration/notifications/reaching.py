"""What VDAB says at the doors of consents, addresses and recipients, in a test's short words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts.codes import Channel
from services.notifications.channels.port import Fate, Outcome, Parcel
from tests.integration.notifications.office import Office

API = "/notification/v1"
PROCEDURE = "automaticRegistration"
_keys = count()


def key() -> dict[str, str]:
    """A fresh Idempotency-Key."""
    return {"Idempotency-Key": f"reaching-{next(_keys):08}"}


def consent(office: Office, person: int = 0, **changed: Any) -> dict[str, Any]:
    """A consent to the portal that meets every formality; None leaves a member out."""
    said = {
        "ssin": office.numbers[person].value,
        "means": "portal",
        "procedures": [PROCEDURE],
        "textVersion": "2026.1",
        "givenAt": "2026-06-01T09:00:00Z",
        "authentication": "itsme",
        "source": "portal",
        "proof": "sha256:5f70bf18",
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


def address(office: Office, person: int = 0, **changed: Any) -> dict[str, Any]:
    """A confirmed e-mail address that the person gave."""
    said = {
        "ssin": office.numbers[person].value,
        "kind": "email",
        "value": f"tst{person}@inwoner.test",
        "origin": "person",
        "changedBy": "authenticated",
        "confirmedAt": "2026-06-01T09:00:00Z",
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


def recipient(office: Office, person: int = 0, version: int = 1, **changed: Any) -> dict[str, Any]:
    """Someone who logged in last month."""
    said = {
        "sourceVersion": version,
        "ssin": office.numbers[person].value,
        "portalAccount": {"activated": True, "lastLoginAt": "2026-05-20T09:00:00Z"},
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


async def gives(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """A consent as it was answered."""
    answer = await client.post(f"{API}/consents", json=body, headers=key())
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def takes_back(client: httpx.AsyncClient, consent_id: str) -> httpx.Response:
    """A withdrawal of a consent."""
    return await client.post(f"{API}/consents/{consent_id}/withdrawals", json={}, headers=key())


async def puts(client: httpx.AsyncClient, body: dict[str, Any], point: UUID | None = None, **headers: str) -> httpx.Response:
    """An address, under an id of its own unless one is given."""
    return await client.put(f"{API}/contactPoints/{point or uuid4()}", json=body, headers=headers)


async def tells(client: httpx.AsyncClient, body: dict[str, Any], reference: str = "recipient-1") -> httpx.Response:
    """What is known of a recipient."""
    return await client.put(f"{API}/recipients/{reference}", json=body)


@dataclass(slots=True)
class Mailboxes:
    """A portal of the test's own, behind the port that every carrier stands behind."""

    channels: frozenset[Channel] = frozenset({Channel.PORTAL})
    repeatable: bool = True
    at_most: int = 50
    stood: list[Parcel] = field(default_factory=list)

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Put each in its mailbox."""
        self.stood += parcels
        return [Outcome(delivery_id=parcel.delivery_id, fate=Fate.AVAILABLE) for parcel in parcels]
