"""Scenario 16: a notice that lacks what the law says about appeal is refused before it is accepted, by the name of what is missing."""

from typing import Any

from tests.support.hub import HOME_ADDRESS, Hub, Person

_APPEAL = {"body": "Arbeidsrechtbank Gent, afdeling Kortrijk", "bodyKind": "court", "term": "P3M", "manner": "Met een verzoekschrift."}


def _letter(person: Person, **more: Any) -> dict[str, Any]:
    said = {
        "ssin": person.ssin,
        "familyName": person.family_name,
        "address": HOME_ADDRESS,
        "purpose": "informationLetter",
        "legalEffectIntended": True,
        "subject": "Beslissing",
        "paragraphs": ["Een zin."],
        "informant": "Dienst Registratie",
        "reason": "Een reden.",
        "noticeDate": "2026-03-02",
        "dossierNumber": "2026/17",
        "privacyBlock": "Een privacyverklaring.",
    }
    return said | more


async def test_scenario_16_a_notice_without_appeal_information_is_refused_and_never_sent(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    vdab = hub.vdab.partner
    without = await vdab.post("/notification/v1/notices", _letter(person, period="without"))
    half = await vdab.post("/notification/v1/notices", _letter(person, period="half", appeal=_APPEAL | {"term": None}))
    whole = await vdab.post("/notification/v1/notices", _letter(person, period="whole", appeal=_APPEAL))
    await hub.settled()
    await hub.clock.print_run()

    assert (without["state"], without["deliveries"]) == ("refused", [])
    assert without["reasons"] == ["missingAppealBody", "missingAppealBodyKind", "missingAppealTerm", "missingAppealManner"]
    assert (half["state"], half["reasons"]) == ("refused", ["missingAppealTerm"])
    notices = {one["period"]: one for one in await hub.notices_for(person)}
    assert [notices[period]["state"] for period in ("without", "half", "whole")] == ["refused", "refused", "posted"]
    assert notices["whole"]["appealTerm"] == {"started": True, "from": "2026-03-03", "lastDay": "2026-06-03"}
    assert len(list(hub.print_folder.glob("*.pdf"))) == 1
    assert whole["state"] == "submitted"
    report = (await hub.evidence_of(without["id"])).report
    assert report is not None
    assert [event.name for event in report.events] == ["SubmissionRejection"]


async def test_scenario_16_a_letter_posted_elsewhere_starts_its_term_by_what_it_said_of_appeal(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    person = hub.someone()
    said: dict[str, Any] = {
        "whole": _APPEAL,
        "decree": {"bodyKind": "decreeBody", "term": "P1M"},
        "court": _APPEAL | {"manner": None},
        "nothing": None,
    }
    for period, appeal in said.items():
        body = _letter(person, period=period, appeal=appeal, imported={"postedOn": "2026-02-26"})
        notice = await hub.vdab.partner.post("/notification/v1/notices", body)
        assert (notice["state"], notice["deliveries"], notice["tasks"]) == ("posted", [], [])
    await hub.settled()

    notices = {one["period"]: one for one in await hub.notices_for(person)}
    assert {one["legalEffect"]["basis"] for one in notices.values()} == {"dayAfterPosting"}
    assert {one["legalEffect"]["moment"] for one in notices.values()} == {"2026-02-26T23:00:00Z"}  # midnight in Brussels
    assert {period: one["appealTerm"] for period, one in notices.items()} == {
        "whole": {"started": True, "from": "2026-02-27", "lastDay": "2026-05-27"},
        "decree": {"started": True, "from": "2026-06-27", "lastDay": "2026-07-27"},
        "court": {"started": False},
        "nothing": {"started": False},
    }
    assert not hub.print_folder.exists() or not list(hub.print_folder.glob("*.pdf"))
