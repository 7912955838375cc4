"""Scenario 7: a mail that was accepted bounces three hours later: its effect is taken away, and a letter starts a new term."""

from tests.support.hub import Hub
from tests.support.reach import accepts_mail, tried


async def test_scenario_7_a_mail_that_bounces_three_hours_later_goes_on_paper(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await hub.agency.reports_participant(person)
    point, _ = await accepts_mail(hub, person)
    await hub.settled()
    now = await hub.clock.now()
    later = now.replace(hour=now.hour + 3)
    await hub.clock.order("email", contactPointId=point, dsn="failed", dsnStatus="5.1.1", heldUntil=later.isoformat())

    await hub.agency.reports_contract(person, signed_on="2026-03-02")
    await hub.settled()
    [notice] = await hub.notices_for(person)
    assert (notice["channel"], notice["state"], notice["legalEffect"]["basis"]) == ("email", "delivered", "emailAccepted")
    assert notice["appealTerm"]["from"] == "2026-03-02"
    assert [(one["requests"], one["taken"]) for one in await hub.clock.received("email")] == [(1, True)]

    await hub.clock.advance_to(later)
    [notice] = await hub.notices_for(person)
    assert notice["legalEffect"]["effective"] is False
    assert "appealTerm" not in notice
    assert tried(notice) == [("email", "content", "failed"), ("paper", "content", "relayed")]

    assert await hub.clock.print_run() == {"posted": 1, "refused": 0}
    [notice] = await hub.notices_for(person)
    assert (notice["legalEffect"]["basis"], notice["legalEffect"]["effective"]) == ("dayAfterPosting", True)
    assert notice["appealTerm"]["from"] == "2026-03-03"
    assert len(await hub.clock.received("email")) == 1
    steps = await hub.journey_of(notice["id"])
    effects = [(step["what"], step["basis"]) for step in (*steps.about("effectEstablished"), *steps.about("effectRevoked"))]
    assert effects == [
        ("effectEstablished", "emailAccepted"),
        ("effectEstablished", "dayAfterPosting"),
        ("effectRevoked", "emailAccepted"),
    ]
