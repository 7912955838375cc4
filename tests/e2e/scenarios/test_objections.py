"""Someone objects: nothing is registered or sent until a person decided, and that decision is a letter."""

from tests.support.hub import Hub
from tests.support.rights import decides, objects


async def test_nothing_is_sent_while_nobody_decided_and_the_answer_is_a_letter(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    newcomer = hub.someone()
    objection = await objects(hub, newcomer)
    await hub.vdab.knows_residence(newcomer)
    await hub.agency.reports_participant(newcomer)
    await hub.agency.reports_contract(newcomer, signed_on="2026-03-02")
    await hub.settled()
    assert [one["rule"] for one in await hub.vdab.registrations_of(newcomer)] == ["S17"]
    assert await hub.notices_for(newcomer) == []

    await decides(hub, objection, "rejected")

    assert [one["state"] for one in await hub.vdab.registrations_of(newcomer)] == ["registered"]
    told = {one["purpose"]: one for one in await hub.notices_for(newcomer)}
    assert set(told) == {"objectionOutcome", "registrationConfirmation"}
    assert {one["state"] for one in told.values()} == {"relayed"}
    assert told["objectionOutcome"]["aboutId"] == objection["id"]


async def test_a_registration_that_was_told_of_returns_without_a_second_letter(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()

    await decides(hub, await objects(hub, newcomer), "rejected")

    assert [one["state"] for one in await hub.vdab.registrations_of(newcomer)] == ["registered"]
    assert sorted(one["purpose"] for one in await hub.notices_for(newcomer)) == ["objectionOutcome", "registrationConfirmation"]
    assert [record for door in hub.inside for record in await door.parked()] == []


async def test_somebody_nobody_has_named_is_told_by_a_person(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    stranger = hub.someone()

    await decides(hub, await objects(hub, stranger), "upheld")

    [notice] = await hub.notices_for(stranger)
    assert (notice["purpose"], notice["state"], notice["reasons"]) == ("objectionOutcome", "refused", ["addresseeUnknown"])
    assert [task["kind"] for task in notice["tasks"]] == ["addresseeUnknown"]
