"""Scenario 2: someone of 19 leaves school in the middle of the year for work that nobody knows of: registered after 14 days, by paper."""

from tests.support.hub import Hub

LEFT_ON = "2026-02-02"  # day 0; the 16th is day 14 and still inside


async def test_who_leaves_at_19_without_a_job_is_registered_when_day_15_begins_and_told_so_by_letter(hub: Hub) -> None:
    await hub.starts_on("2026-02-03")
    leaver = await hub.leaver(left_on=LEFT_ON, born="2006-06-10", reason="E", situation_after=5)

    await hub.starts_on("2026-02-16")
    assert await hub.vdab.registrations_of(leaver) == []
    assert (await hub.schools.outcome_of(leaver))["result"] == "waiting"

    await hub.starts_on("2026-02-17")
    [registration] = await hub.vdab.registrations_of(leaver)
    assert (registration["state"], registration["rule"], registration["effectiveOn"]) == ("registered", "S18", "2026-02-17")
    assert registration["category"] == "jobseeker"
    assert (await hub.schools.outcome_of(leaver))["result"] == "accepted"

    [notice] = await hub.notices_for(leaver)
    assert (notice["purpose"], notice["channel"], notice["period"]) == ("registrationConfirmation", "paper", "2025-2026")
    [delivery] = notice["deliveries"]
    assert (hub.print_folder / f"{delivery['id']}.pdf").read_bytes().startswith(b"%PDF-")
    assert (await hub.evidence_of(notice["id"])).report is not None


async def test_who_has_the_job_is_not_registered_and_school_is_told_the_same(hub: Hub) -> None:
    await hub.starts_on("2026-02-03")
    leaver = await hub.leaver(left_on=LEFT_ON, reason="E", situation_after=5)
    await hub.vdab.employs(leaver, since="2026-02-03")

    await hub.starts_on("2026-02-17")
    # Looked at once more after 30 days: until then the case waits.
    assert [one["state"] for one in await hub.vdab.registrations_of(leaver)] == ["waiting"]
    assert [(one["outcome"], one["rule"]) for one in await hub.vdab.decisions_on(leaver)] == [("working", "S16")]
    assert await hub.notices_for(leaver) == []
    told = await hub.schools.outcome_of(leaver)
    assert (told["result"], "reason" in told and told["reason"]) == ("accepted", False)


async def test_who_enrols_again_within_14_days_never_leaves_the_feed(hub: Hub) -> None:
    await hub.starts_on("2026-02-03")
    leaver = await hub.leaver(left_on=LEFT_ON, reason="E", situation_after=12)
    await hub.schools.reports_enrolment(leaver, part="other-school", starts_on="2026-02-16")

    await hub.starts_on("2026-02-17")
    assert await hub.vdab.decisions_on(leaver) == []
    assert (await hub.schools.outcome_of(leaver))["result"] == "accepted"
