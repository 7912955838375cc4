"""A death that is reported while a notice still waits: the notice is withdrawn and nothing more is sent."""

from datetime import datetime

from tests.support.hub import Hub, Person

NO_ADDRESS = {"kind": "residence", "on": "2025-01-05", "nis": "34022"}


async def _waiting_for_an_address(hub: Hub) -> Person:
    """A newcomer who was registered, and whose letter waits because the register has no address of theirs."""
    newcomer = hub.someone()
    body = {"sourceVersion": 1, "ssin": newcomer.ssin, **NO_ADDRESS}
    await hub.partners["vdab"].put(f"/registration/v1/personChanges/{newcomer.reference}-home", body)
    await hub.agency.reports_participant(newcomer)
    await hub.settled()
    await hub.agency.reports_contract(newcomer, signed_on="2026-03-02")
    await hub.settled()
    return newcomer


async def test_a_death_withdraws_a_notice_that_still_waits(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    newcomer = await _waiting_for_an_address(hub)
    [pending] = await hub.notices_for(newcomer)
    assert (pending["state"], [task["kind"] for task in pending["tasks"]]) == ("submitted", ["contactDataOutdated"])

    await hub.vdab.reports_death(newcomer, on="2026-03-01")
    await hub.settled()

    [withdrawn] = await hub.notices_for(newcomer)
    assert (withdrawn["state"], withdrawn["reasons"], withdrawn["deliveries"], withdrawn["tasks"]) == ("withdrawn", ["deceased"], [], [])
    evidence = await hub.evidence_of(withdrawn["id"])
    assert evidence.report is not None
    assert [event.name for event in evidence.report.events] == ["SubmissionAcceptance", "SubmissionWithdrawn"]


async def test_nobody_who_died_is_reminded_or_registered_later(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    await hub.switch_rule_row("autoRegistrationBasis", active=False)
    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()
    await hub.vdab.reports_death(newcomer, on="2026-03-05")
    await hub.settled()

    await hub.switch_rule_row("autoRegistrationBasis", active=True)
    await hub.clock.advance_to(datetime.fromisoformat("2026-06-01T08:00"))
    await hub.settled()

    assert await hub.notices_for(newcomer) == []
    assert [one["state"] for one in await hub.vdab.registrations_of(newcomer)] in (["declined"], ["withdrawn"])
    obligation = await hub.agency.obligation_of(newcomer)
    assert obligation is not None
    assert (obligation["outcome"], any(term.get("overdueSince") for term in obligation["terms"])) == ("closed", False)


async def test_a_leaver_who_died_inside_the_window_is_registered_by_nobody(hub: Hub) -> None:
    await hub.starts_on("2026-02-02")
    leaver = await hub.leaver(left_on="2026-02-02")
    await hub.settled()

    await hub.vdab.reports_death(leaver, on="2026-02-10")
    await hub.settled()
    await hub.starts_on("2026-03-02")

    assert [one["state"] for one in await hub.vdab.registrations_of(leaver) if one["state"] != "declined"] == []
    assert await hub.notices_for(leaver) == []
