"""Scenario 8: an SMS gateway reports that a message arrived before it has answered that it took it."""

from tests.support.hub import Hub
from tests.support.reach import accepts_portal, gives_address, tried


async def test_scenario_8_a_receipt_that_overtakes_the_answer_is_kept_and_applied(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    await hub.vdab.knows_residence(person)
    await hub.agency.reports_participant(person)
    await accepts_portal(hub, person)
    point = await gives_address(hub, person, "mobile", "+32470000001")
    await hub.clock.order("sms", contactPointId=point, state="delivered", reports=True, beforeAnswer=True)

    await hub.agency.reports_contract(person, signed_on="2026-03-02")
    await hub.settled()

    [notice] = await hub.notices_for(person)
    assert (notice["state"], notice["legalEffect"]["basis"]) == ("notified", "portalAvailable")
    assert tried(notice) == [("portal", "content", "available"), ("sms", "notification", "delivered")]
    assert [(one["requests"], one["taken"]) for one in await hub.clock.received("sms")] == [(1, True)]
    report = (await hub.evidence_of(notice["id"])).report
    assert report is not None
    sms = [event.name for event in report.events if event.leaf.channel == "sms"]
    assert sms == ["DispatchIntended", "ConsignmentNotification", "NotificationDelivered"]
