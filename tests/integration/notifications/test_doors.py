"""The doors of notices and of the log: submitted once, refused by name, withdrawn in time, unseen by others."""

from typing import Any

import pytest

from contracts.notification import EffectEstablished, NoticeSubmitted
from proof.checkpoints import opened
from proof.inclusion import TlogProof
from services.notifications.evidence.signer import LogSigner
from services.notifications.main import dispatcher
from tests.integration.notifications.office import HOME, Office

_NOTICES = "/notification/v1/notices"
_LEGAL = {
    "informant": "Bel ons.",
    "reason": "Uw bezwaar werd onderzocht.",
    "noticeDate": "2026-06-22",
    "dossierNumber": "D-1",
    "appeal": {"body": "de arbeidsrechtbank", "bodyKind": "court", "term": "P3M", "manner": "Met een verzoekschrift."},
    "privacyBlock": "Wij verwerken uw gegevens.",
}


def _body(office: Office, **changed: Any) -> dict[str, Any]:
    said = {
        "ssin": office.numbers[3].value,
        "familyName": "Öztürk",
        "givenName": "Şükrü",
        "address": HOME.model_dump(by_alias=True, exclude_none=True),
        "purpose": "objectionOutcome",
        "period": "objection-1",
        "subject": "Uw bezwaar",
        "paragraphs": ["Uw bezwaar wordt aanvaard."],
    }
    return {name: value for name, value in (said | _LEGAL | changed).items() if value is not None}


def _key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": f"notice-{name}"}


async def test_a_notice_is_submitted_once_for_a_person_purpose_and_period(office: Office) -> None:
    async with office.calling() as vdab:
        first = await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))
        again = await vdab.post(_NOTICES, json=_body(office), headers=_key("two"))
        found = await vdab.post(f"{_NOTICES}/query", json={"ssin": office.numbers[3].value})
        none = await vdab.post(f"{_NOTICES}/query", json={"ssin": office.numbers[3].value, "purpose": "informationLetter"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == f"{_NOTICES}/{first.json()['id']}"
    assert [item["id"] for item in found.json()["items"]] == [first.json()["id"]]
    assert none.json() == {"items": []}
    async with office.at_work():
        await office.settled()
    assert len(office.letters()) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"informant": None}, "missingInformant"),
        ({"reason": None}, "missingReason"),
        ({"noticeDate": None}, "missingNoticeDate"),
        ({"dossierNumber": None}, "missingDossierNumber"),
        ({"privacyBlock": None}, "missingPrivacyBlock"),
        ({"appeal": {**_LEGAL["appeal"], "body": None}}, "missingAppealBody"),  # type: ignore[dict-item]
        ({"appeal": {**_LEGAL["appeal"], "manner": None}}, "missingAppealManner"),  # type: ignore[dict-item]
        ({"appeal": {**_LEGAL["appeal"], "term": None}}, "missingAppealTerm"),  # type: ignore[dict-item]
    ],
)
async def test_a_missing_legal_field_is_refused_by_its_name(office: Office, changed: dict[str, Any], reason: str) -> None:
    async with office.calling() as vdab:
        refused = await vdab.post(_NOTICES, json=_body(office, **changed), headers=_key("refused"))
        mended = await vdab.post(_NOTICES, json=_body(office), headers=_key("mended"))
    assert (refused.json()["state"], refused.json()["reasons"]) == ("refused", [reason])
    assert mended.json()["state"] == "submitted"  # a refused notice stands in nobody's way


async def test_without_legal_effect_nothing_of_that_is_needed(office: Office) -> None:
    bare = dict.fromkeys(_LEGAL) | {"purpose": "informationLetter"}
    async with office.calling() as vdab:
        answer = await vdab.post(_NOTICES, json=_body(office, **bare), headers=_key("bare"))
    assert answer.json()["state"] == "submitted"


async def test_a_notice_is_withdrawn_until_something_of_it_left_the_house(office: Office) -> None:
    async with office.calling() as vdab:
        first = (await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))).json()["id"]
        gone = await vdab.post(f"{_NOTICES}/{first}/withdrawals", json={"reason": "withdrawnBySource"}, headers=_key("w1"))
        second = (await vdab.post(_NOTICES, json=_body(office), headers=_key("two"))).json()["id"]
        async with office.sequencing():
            await office.signed()
        assert await dispatcher(office.parts).round() == 1  # the second; the first was stopped
        late = await vdab.post(f"{_NOTICES}/{second}/withdrawals", json={"reason": "withdrawnBySource"}, headers=_key("w2"))
    assert (gone.status_code, gone.json()["state"]) == (201, "withdrawn")
    assert (late.status_code, late.json()["type"]) == (409, "urn:problem-type:vdab:noticeOnItsWay")
    assert len(office.letters()) == 1


async def test_m19_another_organisation_sees_and_changes_nothing(office: Office) -> None:
    async with office.calling() as vdab:
        notice = (await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))).json()["id"]
    async with office.sequencing():
        await office.signed()
    async with office.calling(organisation="0999990123") as other:
        assert (await other.get(f"{_NOTICES}/{notice}")).status_code == 404
        assert (await other.get(f"{_NOTICES}/{notice}/evidence")).status_code == 404
        withdrawal = await other.post(f"{_NOTICES}/{notice}/withdrawals", json={"reason": "stopped"}, headers=_key("w"))
        assert withdrawal.status_code == 404
        found = await other.post(f"{_NOTICES}/query", json={"ssin": office.numbers[3].value})
        assert found.json() == {"items": []}
    async with office.calling("operator1") as operator:
        assert (await operator.get(f"{_NOTICES}/{notice}")).json()["state"] == "submitted"


async def test_m19_who_submits_the_same_as_another_organisation_does_not_learn_that_it_was_there(office: Office) -> None:
    async with office.calling(organisation="0999990123") as other:
        alone = await other.post(_NOTICES, json=_body(office, period="objection-2"), headers=_key("alone"))
    async with office.calling() as vdab:
        standing = (await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))).json()
    async with office.calling(organisation="0999990123") as other:
        after = await other.post(_NOTICES, json=_body(office), headers=_key("other"))
        again = await other.post(_NOTICES, json=_body(office), headers=_key("again"))
    named = {"id", "period", "submittedAt", "deliveries", "contentDigest"}
    assert (alone.status_code, after.status_code, again.status_code) == (201, 201, 200)
    assert {k: v for k, v in after.json().items() if k not in named} == {k: v for k, v in alone.json().items() if k not in named}
    assert after.json()["id"] == again.json()["id"] != standing["id"]
    async with office.calling() as vdab:
        assert (await vdab.get(f"{_NOTICES}/{standing['id']}")).json() == standing


async def test_the_log_shows_checkpoint_tiles_and_proofs(office: Office) -> None:
    async with office.calling() as vdab:
        early = await vdab.get("/notification/v1/log/checkpoint")
        await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))
        async with office.sequencing():
            await office.signed()
        note = (await vdab.get("/notification/v1/log/checkpoint")).raise_for_status().content
        tree = opened(note, office.parts.get(LogSigner).known)
        tile = (await vdab.get(f"/notification/v1/log/tile/0/0?width={tree.size}")).raise_for_status().content
        proof = (await vdab.get("/notification/v1/log/inclusionProofs/1")).raise_for_status().content
        outside = [
            await vdab.get(f"/notification/v1/log/{path}")
            for path in ("tile/0/0", "tile/1/0?width=1", "inclusionProofs/99", "inclusionProofs/-1")
        ]
    assert early.status_code == 409
    assert len(tile) == 32 * tree.size
    [(leaf,)] = await office.rows("SELECT leaf FROM evidence_event JOIN log_entry USING (event_id) WHERE idx = 1")
    TlogProof.parse(proof).check(bytes(leaf), tree)
    assert [answer.status_code for answer in outside] == [404, 404, 404, 400]


async def test_evidence_is_not_given_before_it_is_signed(office: Office) -> None:
    async with office.calling() as vdab:
        notice = (await vdab.post(_NOTICES, json=_body(office), headers=_key("one"))).json()["id"]
        answer = await vdab.get(f"{_NOTICES}/{notice}/evidence")
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")


@pytest.mark.parametrize("number", ["85073003328", "06641000508", "6641000507", "06.64.10-005.07"])
async def test_a_number_that_is_none_is_refused_without_being_shown(office: Office, number: str) -> None:
    async with office.calling() as vdab:
        answers = [
            await vdab.post(_NOTICES, json=_body(office, ssin=number), headers=_key("one")),
            await vdab.post(f"{_NOTICES}/query", json={"ssin": number}),
        ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert all(number not in answer.text for answer in answers)


async def test_a_letter_posted_elsewhere_is_kept_whatever_it_lacks_and_never_sent(office: Office) -> None:
    gaps = dict.fromkeys(("informant", "reason", "dossierNumber", "appeal", "privacyBlock", "address"))
    async with office.calling() as vdab:
        kept = await vdab.post(_NOTICES, json=_body(office, **gaps, imported={"postedOn": "2026-06-19"}), headers=_key("imported"))
        again = await vdab.post(_NOTICES, json=_body(office), headers=_key("again"))
        late = await vdab.post(_NOTICES, json=_body(office, period="2", imported={"postedOn": "2026-06-23"}), headers=_key("future"))
    assert (kept.status_code, kept.json()["state"], kept.json()["appealTerm"]) == (201, "posted", {"started": False})
    assert (again.status_code, again.json()["id"], late.status_code) == (200, kept.json()["id"], 400)
    async with office.at_work():
        await office.settled()
    assert office.letters() == []
    assert [type(event) for event in await office.announced()] == [NoticeSubmitted, EffectEstablished]
