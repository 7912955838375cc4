"""Scenario 5: a provisional number is replaced between contract and registration, when both numbers are known already."""

import pytest

from tests.support.hub import Hub


@pytest.mark.parametrize("first", ["contract", "replacement"])
async def test_a_number_replaced_between_contract_and_registration_leaves_one_person_one_obligation_one_letter(
    hub: Hub, first: str
) -> None:
    await hub.starts_on("2026-03-02")
    await hub.partners["vdab"].put(
        "/registration/v1/sourceStates/vdabRegister", {"sourceVersion": 999_999, "state": "unavailable", "completeUntil": "2026-03-01"}
    )
    old = await hub.newcomer(signed_on="2026-02-24")
    new = hub.someone()
    await hub.vdab.knows_residence(new)
    if first == "contract":
        await hub.atlas.reports_contract(new, signed_on="2026-02-24", agency="atlas")
    await hub.settled()
    assert [await hub.notices_for(old), await hub.notices_for(new)] == [[], []]

    await hub.vdab.replaces_number(old, new, on="2026-03-02")
    await hub.settled()
    if first == "replacement":
        await hub.atlas.reports_contract(new, signed_on="2026-02-24", agency="atlas")
        await hub.settled()
    await hub.partners["vdab"].put(
        "/registration/v1/sourceStates/vdabRegister", {"sourceVersion": 1_000_000, "state": "available", "completeUntil": "2026-03-02"}
    )
    await hub.settled()

    made = await hub.vdab.registrations_of(new)
    assert made == await hub.vdab.registrations_of(old)
    assert [one["state"] for one in made if one["state"] != "withdrawn"] == ["registered"]
    assert len(await hub.notices_for(old)) == 1
    assert await hub.notices_for(new) == await hub.notices_for(old)
    obligation = await hub.agency.obligation_of(new)
    assert obligation is not None
    assert obligation == await hub.agency.obligation_of(old)
    assert (await hub.agency.outcome_of(old))["result"] == "registered"
    assert (await hub.atlas.outcome_of(new))["result"] == "registered"


async def test_people_who_were_both_registered_get_no_letter_more_when_they_turn_out_to_be_one(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    old, new = await hub.newcomer(signed_on="2026-02-24"), await hub.newcomer(signed_on="2026-02-24")
    await hub.settled()
    assert [len(await hub.notices_for(one)) for one in (old, new)] == [1, 1]

    await hub.vdab.replaces_number(old, new, on="2026-03-02")
    await hub.settled()

    assert sorted(one["state"] for one in await hub.vdab.registrations_of(new)) == ["registered", "withdrawn"]
    letters = await hub.notices_for(new)
    assert len(letters) == 2
    for letter in letters:
        assert (await hub.evidence_of(letter["id"])).bundle  # the evidence of both stays, and opens
