"""How people of a story let themselves be reached digitally, through VDAB's doors."""

from typing import Any
from uuid import uuid4

from tests.support.hub import Body, Hub, Person

GIVEN = "2026-03-01T09:00:00Z"
PROCEDURE = "automaticRegistration"


async def gives_address(hub: Hub, person: Person, kind: str, value: str) -> str:
    """The person gave and confirmed an address after a strong login; its id."""
    point = str(uuid4())
    body = {
        "ssin": person.ssin,
        "kind": kind,
        "value": value,
        "origin": "person",
        "changedBy": "authenticated",
        "confirmedAt": GIVEN,
    }
    await hub.vdab.partner.put(f"/notification/v1/contactPoints/{point}", body)
    return point


async def consents(hub: Hub, person: Person, means: str, point: str | None = None) -> str:
    """The person consents with every formality; the consent's id."""
    body: dict[str, Any] = {
        "ssin": person.ssin,
        "means": means,
        "procedures": [PROCEDURE],
        "textVersion": "2026.1",
        "givenAt": GIVEN,
        "authentication": "itsme",
        "source": "portal",
        "proof": "sha256:5f70bf18",
    }
    said = await hub.vdab.partner.post("/notification/v1/consents", body if point is None else body | {"contactPointId": point})
    assert said["effective"], said
    return str(said["id"])


async def takes_back(hub: Hub, consent_id: str) -> None:
    """The person takes a consent back."""
    await hub.vdab.partner.post(f"/notification/v1/consents/{consent_id}/withdrawals", {})


async def accepts_mail(hub: Hub, person: Person) -> tuple[str, str]:
    """The person consents to notices by e-mail; the address and the consent."""
    point = await gives_address(hub, person, "email", f"{person.reference}@inwoner.test")
    return point, await consents(hub, person, "email", point)


async def accepts_portal(hub: Hub, person: Person) -> str:
    """The person logged in last month and consents to notices in the portal; the consent."""
    body = {"sourceVersion": 1, "ssin": person.ssin, "portalAccount": {"activated": True, "lastLoginAt": "2026-02-20T09:00:00Z"}}
    await hub.vdab.partner.put(f"/notification/v1/recipients/{person.reference}", body)
    return await consents(hub, person, "portal")


async def is_told(hub: Hub, person: Person, period: str) -> Body:
    """VDAB sends the person an ordinary letter; the notice as it stands once nothing is under way."""
    body = {
        "ssin": person.ssin,
        "familyName": person.family_name,
        "givenName": person.given_name,
        "purpose": "informationLetter",
        "procedure": PROCEDURE,
        "period": period,
        "subject": "Informatie",
        "paragraphs": ["Een zin."],
    }
    sent = await hub.vdab.partner.post("/notification/v1/notices", body)
    await hub.settled()
    return dict(await hub.vdab.partner.get(f"/notification/v1/notices/{sent['id']}"))


def tried(notice: Body) -> list[tuple[str, str, str]]:
    """Channel, kind and state of each delivery, in the order in which they were intended."""
    return [(one["channel"], one["kind"], one["state"]) for one in notice["deliveries"]]
