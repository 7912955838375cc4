"""Scenario 14: two agencies push the same contract; one obligation, one registration, one notice, and each hears about its own record."""

from dataclasses import replace

from tests.support.hub import Hub

SIGNED_ON = "2026-03-02"


async def test_a_double_push_makes_one_obligation_one_registration_and_one_notice(hub: Hub) -> None:
    await hub.starts_on(SIGNED_ON)
    newcomer = hub.someone()
    to_atlas = replace(newcomer, reference=f"atlas-{newcomer.reference}")
    await hub.vdab.knows_residence(newcomer)
    await hub.agency.reports_participant(newcomer)
    await hub.settled()

    await hub.agency.reports_contract(newcomer, signed_on=SIGNED_ON)
    await hub.atlas.reports_contract(to_atlas, signed_on=SIGNED_ON, agency="atlas")
    await hub.settled()

    seen_by_agii, seen_by_atlas = await hub.agency.obligation_of(newcomer), await hub.atlas.obligation_of(newcomer)
    assert seen_by_agii is not None
    assert seen_by_atlas is not None
    assert seen_by_agii["id"] == seen_by_atlas["id"]
    [registration] = await hub.vdab.registrations_of(newcomer)
    assert (registration["state"], registration["effectiveOn"]) == ("registered", SIGNED_ON)
    [notice] = await hub.notices_for(newcomer)
    assert notice["purpose"] == "registrationConfirmation"

    for agency, person in ((hub.agency, newcomer), (hub.atlas, to_atlas)):
        told = await agency.outcome_of(person)
        assert (told["result"], told["details"]["registered"], told["details"]["registeredOn"]) == ("registered", True, SIGNED_ON)


async def test_neither_agency_hears_of_the_others_record(hub: Hub) -> None:
    await hub.starts_on(SIGNED_ON)
    newcomer = await hub.newcomer(signed_on=SIGNED_ON)
    to_atlas = replace(newcomer, reference=f"atlas-{newcomer.reference}")
    await hub.atlas.reports_contract(to_atlas, signed_on=SIGNED_ON, agency="atlas")
    await hub.settled()

    assert {told["reference"] for told in await hub.agency.outcomes()} == {newcomer.reference}
    assert {told["reference"] for told in await hub.atlas.outcomes()} == {to_atlas.reference}


async def test_a_second_push_long_after_changes_nothing_and_sends_nothing(hub: Hub) -> None:
    await hub.starts_on(SIGNED_ON)
    newcomer = await hub.newcomer(signed_on=SIGNED_ON)
    await hub.starts_on("2026-04-20")
    [before] = await hub.notices_for(newcomer)

    said = await hub.atlas.reports_contract(replace(newcomer, reference="atlas-late"), signed_on=SIGNED_ON, agency="atlas")
    await hub.settled()

    assert said["result"] != "parked"
    assert [notice["id"] for notice in await hub.notices_for(newcomer)] == [before["id"]]
    assert len(await hub.vdab.registrations_of(newcomer)) == 1
    assert (await hub.atlas.outcome_of(replace(newcomer, reference="atlas-late")))["details"]["registeredOn"] == SIGNED_ON
