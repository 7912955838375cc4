"""From an announced leave to a registration with its letter, or to another answer."""

from tests.integration.leavers.office import Office


async def test_a_leaver_is_registered_as_of_the_day_the_feed_decided_and_gets_one_letter(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who, "2026-10-01")
    stands = await office.stands(who)
    assert (stands["state"], stands["outcome"], stands["rule"], stands["category"]) == ("registered", "registered", "S18", "jobseeker")
    assert (stands["effectiveOn"], stands["cause"]) == ("2026-10-01", "leaver")
    assert [(one["purpose"], one["period"]) for one in await office.notices(who)] == [("registrationConfirmation", "2025-2026")]
