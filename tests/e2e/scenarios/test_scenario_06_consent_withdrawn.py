"""Scenario 6: a consent is taken back after the notice was submitted (A.1) and before it was made available (D.1)."""

import pytest

from tests.support.eventually import eventually
from tests.support.hub import Hub
from tests.support.reach import accepts_portal, takes_back, tried


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the portal puts off is tried again soon, by the technical clock, which nothing moves; in between the hub comes to rest."""
    monkeypatch.setenv("HUB_RETRY_FIRST_S", "5")
    monkeypatch.setenv("HUB_RETRY_LAST_S", "5")


async def test_scenario_6_a_consent_taken_back_before_the_portal_had_the_notice_sends_it_on_paper(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await hub.agency.reports_participant(person)
    consent = await accepts_portal(hub, person)
    await hub.clock.order("portal", status=503)
    await hub.agency.reports_contract(person, signed_on="2026-03-02")
    await hub.settled()
    [notice] = await hub.notices_for(person)
    assert (notice["channel"], notice["channelFinal"], tried(notice)) == ("portal", False, [("portal", "content", "submitted")])
    assert notice["legalEffect"]["effective"] is False

    await takes_back(hub, consent)

    async def on_paper() -> bool:
        [now] = await hub.notices_for(person)
        return tried(now) == [("portal", "content", "withdrawn"), ("paper", "content", "relayed")]

    await eventually(on_paper)
    await hub.settled()
    [notice] = await hub.notices_for(person)
    assert (notice["channel"], notice["channelRule"], notice["channelFinal"]) == ("paper", "channel.noConsent", True)
    assert [fault["channel"] for fault in notice["systemFaults"]] == ["portal"]
    assert all("to" in fault for fault in notice["systemFaults"])
    assert not any(one["taken"] for one in await hub.clock.received("portal"))
    report = (await hub.evidence_of(notice["id"])).report
    assert report is not None
    names = [event.name for event in report.events]
    assert names[0] == "SubmissionAcceptance"
    assert names[-2:] == ["DispatchIntended", "RelayToNonERDS"]
    steps = await hub.journey_of(notice["id"])
    assert [step["means"] for step in steps.about("consentGiven")] == ["portal"]
    assert [step["consentId"] for step in steps.about("consentWithdrawn")] == [consent]
    moved = {step["channel"]: (step["state"], step["reasons"]) for step in steps.about("deliveryMoved")}
    assert moved == {"portal": ("withdrawn", ["consentWithdrawn"]), "paper": ("relayed", [])}

    assert await hub.clock.print_run() == {"posted": 1, "refused": 0}
    [notice] = await hub.notices_for(person)
    assert (notice["legalEffect"]["basis"], notice["legalEffect"]["effective"]) == ("dayAfterPosting", True)
