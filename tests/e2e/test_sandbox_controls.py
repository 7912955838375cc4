"""The sandbox's controls that have no story of their own: sources, switches, term calculations, identifier checks."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.hub import Hub


@pytest.fixture
async def sandbox(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{hub.work.addresses.sandbox}/sandbox/v1") as client:
        yield client


async def test_a_source_speaks_by_command_and_what_waited_for_it_goes_on(hub: Hub, sandbox: httpx.AsyncClient) -> None:
    await hub.clock.advance_to("2026-03-17T08:00")
    leaver = await hub.leaver(left_on="2026-03-02", reason="E", situation_after=5)
    await hub.settled()
    assert (await hub.schools.outcome_of(leaver))["reason"] == "waitingForSource"

    for name in (
        "enrolmentsCompulsory",
        "enrolmentsHigher",
        "enrolmentsAdult",
        "led",
        "workRegister",
        "vdabRegister",
        "populationRegister",
    ):
        assert (await sandbox.put(f"/sources/{name}", json={"state": "available"})).status_code == 204
        await hub.settled()
    [registration] = await hub.vdab.registrations_of(leaver)
    assert (registration["state"], registration["rule"]) == ("registered", "S18")
    assert (await sandbox.put("/sources/gossip", json={"state": "available"})).status_code == 404
    assert (await sandbox.put("/sources/led", json={"state": "asleep"})).status_code == 422


async def test_a_flow_and_a_rule_row_are_switched_wherever_they_are_kept(hub: Hub, sandbox: httpx.AsyncClient) -> None:
    await hub.starts_on("2026-03-17")
    assert (await sandbox.put("/dataProtocols/educationToRegistration", json={"active": False})).status_code == 204
    leaver = hub.someone(born="2006-06-10")
    said = await hub.schools.reports_departure(leaver, left_on="2026-03-02")
    assert (said["result"], said["reason"]) == ("parked", "protocolMissing")

    assert (await sandbox.put("/dataProtocols/educationToRegistration", json={"active": True})).status_code == 204
    said = await hub.schools.reports_departure(leaver, left_on="2026-03-02", version=2)
    assert said["result"] != "parked"
    for path in ("/dataProtocols/everythingToEveryone", "/ruleRows/lunchBreak"):
        assert (await sandbox.put(path, json={"active": True})).status_code == 404
    assert (await sandbox.put("/ruleRows/minAge", json={"active": False})).status_code == 204


async def test_a_term_is_calculated_and_a_number_is_checked_without_a_case(hub: Hub, sandbox: httpx.AsyncClient) -> None:
    await hub.clock.advance_to("2026-03-17T08:00")
    asked = {"ruleId": "nieuwkomer.inschrijving.wettelijk", "anchor": "2026-01-01"}
    term = {"started": True, "lastDay": "2026-03-02", "endsAt": "2026-03-02T23:00:00Z"}
    assert (await sandbox.post("/termCalculations", json=asked)).json() == {"ruleId": asked["ruleId"], **term}
    unknown = await sandbox.post("/termCalculations", json=asked | {"ruleId": "lunchBreak"})
    assert (unknown.status_code, "upperAge" in unknown.json()["detail"]) == (404, True)
    assert (await sandbox.post("/termCalculations", json={"ruleId": "insertionStart", "anchor": "2026-06-30"})).status_code == 400

    valid = (await sandbox.post("/identifierChecks", json={"value": "06641000507"})).json()
    assert (valid["valid"], valid["kind"], valid["century"]) == (True, "tst", 2000)
    # The hub's clock decides what lies in the future, not the machine's.
    for question in (
        {"value": "06641000508"},
        {"value": "06641000507", "mode": "production"},
        {"value": "06641000507", "at": "2006-04-09"},
    ):
        refused = (await sandbox.post("/identifierChecks", json=question)).json()
        assert (refused["valid"], bool(refused["reason"])) == (False, True)
