"""Digital roads through a whole hub: its providers speak SMTP and HTTP, and what they were asked is counted where it arrived."""

from typing import Any
from uuid import uuid4

from tests.support.hub import Hub, Person

_GIVEN = "2026-03-01T09:00:00Z"


async def _accepts_mail(hub: Hub, person: Person) -> str:
    """The person gave an address and consents to notices there."""
    point = str(uuid4())
    vdab = hub.vdab.partner
    await vdab.put(
        f"/notification/v1/contactPoints/{point}",
        {
            "ssin": person.ssin,
            "kind": "email",
            "value": f"{person.reference}@inwoner.test",
            "origin": "person",
            "changedBy": "authenticated",
            "confirmedAt": _GIVEN,
        },
    )
    consent: dict[str, Any] = {
        "ssin": person.ssin,
        "means": "email",
        "contactPointId": point,
        "procedures": ["automaticRegistration"],
        "textVersion": "2026.1",
        "givenAt": _GIVEN,
        "authentication": "itsme",
        "source": "portal",
        "proof": "sha256:5f70bf18",
    }
    await vdab.post("/notification/v1/consents", consent)
    return point


async def test_scenario_7_a_mail_that_bounces_three_hours_later_goes_on_paper(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await hub.agency.reports_participant(person)
    point = await _accepts_mail(hub, person)
    await hub.settled()
    now = await hub.clock.now()
    later = now.replace(hour=now.hour + 3)
    await hub.clock.order("email", contactPointId=point, dsn="failed", dsnStatus="5.1.1", heldUntil=later.isoformat())

    await hub.agency.reports_contract(person, signed_on="2026-03-02")
    await hub.settled()
    [notice] = await hub.notices_for(person)
    assert (notice["channel"], notice["state"], notice["legalEffect"]["basis"]) == ("email", "delivered", "emailAccepted")
    assert [(one["requests"], one["taken"]) for one in await hub.clock.received("email")] == [(1, True)]

    await hub.clock.advance_to(later)
    [notice] = await hub.notices_for(person)
    assert notice["legalEffect"]["effective"] is False
    assert [(one["channel"], one["state"]) for one in notice["deliveries"]] == [("email", "failed"), ("paper", "relayed")]
    assert await hub.clock.print_run() == {"posted": 1, "refused": 0}
    [notice] = await hub.notices_for(person)
    assert (notice["legalEffect"]["basis"], notice["legalEffect"]["effective"]) == ("dayAfterPosting", True)
    assert len(await hub.clock.received("email")) == 1
