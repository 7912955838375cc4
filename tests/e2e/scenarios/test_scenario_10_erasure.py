"""Someone is erased: no service can open them any more, and everything that was ever proven still is."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from proof.cli import verify_main
from tests.support.figures import Figure, Guarantee
from tests.support.hub import Hub
from tests.support.rights import EVERYTHING, erase

# A minute in production; here every process drops its keys sooner, and an erasure waits as long as that.
CACHE_S = 1.5


@pytest.fixture(autouse=True)
def _keys_are_dropped_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set before the hub starts: autouse comes first."""
    monkeypatch.setenv("HUB_KEY_CACHE_S", str(CACHE_S))


async def test_m05_an_erased_person_cannot_be_opened_and_the_chain_still_verifies(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], figure: Figure
) -> None:
    await hub.starts_on("2026-03-02")
    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()
    [notice] = await hub.notices_for(newcomer)
    [registration] = await hub.vdab.registrations_of(newcomer)
    before = await hub.evidence_of(notice["id"])

    erasure = await erase(hub, newcomer)

    asked, effective, done = (datetime.fromisoformat(erasure[name]) for name in ("erasedAt", "effectiveAt", "doneAt"))
    assert (effective - asked, done >= effective) == (timedelta(seconds=CACHE_S), True)
    assert (erasure["classes"], erasure["held"]) == (list(EVERYTHING), [])

    # What was decided and sent stays, and tells nobody's name.
    [after_it] = await hub.vdab.registrations_of(newcomer)
    assert {key: value for key, value in after_it.items() if key != "terms"} == {
        key: value for key, value in registration.items() if key != "terms"
    }
    assert {(term["state"], term["reason"]) for term in after_it["terms"]} == {("closed", "erased")}
    [kept] = await hub.notices_for(newcomer)
    assert (kept["state"], kept["contentDigest"]) == (notice["state"], notice["contentDigest"])
    journey = await hub.journey_of(registration["id"])
    assert newcomer.family_name not in str(journey)
    assert newcomer.ssin not in str(journey)

    after = await hub.evidence_of(notice["id"])
    policy = tmp_path / "policy"
    policy.write_bytes(hub.policy)
    shown = ""
    for name, bundle in (("before", before.bundle), ("after", after.bundle)):
        (tmp_path / name).write_bytes(bundle)
        assert verify_main(["bundle", str(tmp_path / name), "--policy", str(policy)]) == 0
        shown = capsys.readouterr().out
        assert (newcomer.family_name in shown) is (name == "before")
    assert "ContentErased" in shown
    assert "recipient: erased, as event 4 says" in shown
    assert newcomer.family_name.encode() not in after.bundle
    assert [record for door in hub.inside for record in await door.parked()] == []
    figure(Guarantee.ERASURE, "an erased person's name is in no view and no bundle; both bundles, from before and after, still verify")


async def test_m05_what_is_told_after_an_erasure_is_followed_under_new_keys(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()
    [notice] = await hub.notices_for(newcomer)
    await erase(hub, newcomer)

    await hub.vdab.knows_residence(newcomer, on="2026-03-03", version=2)
    await hub.agency.reports_participant(newcomer, version=2)
    await hub.agency.reports_contract(newcomer, signed_on="2026-03-02", version=2)
    await hub.settled()

    assert (await hub.agency.outcome_of(newcomer))["result"] == "registered"
    assert [one["id"] for one in await hub.notices_for(newcomer)] == [notice["id"]]
    assert [record for door in hub.inside for record in await door.parked()] == []


async def test_m05_a_case_that_still_waits_is_declined_and_nobody_is_reminded(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    await hub.switch_rule_row("autoRegistrationBasis", active=False)
    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()

    await erase(hub, newcomer)

    [registration] = await hub.vdab.registrations_of(newcomer)
    assert registration["state"] in ("declined", "withdrawn")
    assert [one["reasons"] for one in await hub.vdab.decisions_on(newcomer)][-1] == ["erased"]
    obligation = await hub.agency.obligation_of(newcomer)
    assert obligation is not None
    assert obligation["outcome"] == "closed"
    await hub.clock.advance_to(datetime.fromisoformat("2026-06-01T08:00"))
    await hub.settled()
    assert await hub.notices_for(newcomer) == []


async def test_m05_a_notice_that_still_waits_is_withdrawn(hub: Hub) -> None:
    await hub.starts_on("2026-03-02")
    someone = hub.someone()
    letter = {
        "ssin": someone.ssin,
        "familyName": someone.family_name,
        "purpose": "informationLetter",
        "period": "2026",
        "subject": "Uw dossier",
        "paragraphs": ["U hoort later meer."],
    }
    await hub.partners["operator1"].post("/notification/v1/notices", letter)
    await hub.settled()

    erasure = await erase(hub, someone, ["notice"])

    assert (erasure["classes"], erasure["held"]) == (["notice"], [])
    [notice] = await hub.notices_for(someone)
    assert (notice["state"], notice["reasons"]) == ("withdrawn", ["erased"])


async def test_two_people_stand_for_an_erasure_and_nobody_else_hears_of_it(hub: Hub) -> None:
    body = {"ssin": hub.someone().ssin, "ground": "art17Gdpr", "classes": ["intake"], "requestedBy": "dpo.1", "approvedBy": "DPO.1"}
    operator, vdab = hub.partners["operator1"], hub.partners["vdab"]
    path = "/registration/v1/erasures"
    assert (await operator.doors.post(operator.addresses.services["registration"] + path, body)).status_code == 400
    assert (await vdab.doors.post(vdab.addresses.services["registration"] + path, body)).status_code == 403
