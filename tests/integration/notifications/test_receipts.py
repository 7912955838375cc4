"""What carriers say: posting with proof gives effect and starts the term of appeal, a return takes both away."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from contracts.notification import EffectEstablished, EffectRevoked
from tests.integration.notifications.office import NOW, Office

_DOOR = "/notification/v1/deliveryReceipts"
POSTED_AT = NOW.isoformat()
_keys = iter(range(1, 10_000))


async def _sent(office: Office) -> dict[str, Any]:
    """One letter in the print folder; its delivery and batch."""
    await office.hears(await office.registered())
    async with office.at_work():
        await office.settled()
    [(delivery, batch, notice)] = await office.rows("SELECT delivery_id, batch_id, notice_id FROM delivery")
    return {"deliveryId": str(delivery), "batchId": str(batch), "noticeId": str(notice)}


async def _tell(office: Office, who: str = "printhouse", **said: Any) -> httpx.Response:
    async with office.calling(who) as carrier:
        return await carrier.post(_DOOR, json={"at": POSTED_AT} | said, headers={"Idempotency-Key": f"receipt-{next(_keys)}"})


async def _shown(office: Office, notice: str) -> dict[str, Any]:
    async with office.calling() as vdab:
        found: dict[str, Any] = (await vdab.get(f"/notification/v1/notices/{notice}")).raise_for_status().json()
        return found


@pytest.mark.parametrize("by", ["deliveryId", "batchId", "noticeId"])
async def test_posting_gives_effect_the_day_after_and_starts_the_term_of_appeal(office: Office, by: str) -> None:
    sent = await _sent(office)
    assert (await _tell(office, **{by: sent[by]}, event="printed")).json() == {"named": 1, "moved": 1}
    assert (await _tell(office, **{by: sent[by]}, event="posted", proof="post:4711")).json() == {"named": 1, "moved": 1}
    seen = await _shown(office, sent["noticeId"])
    assert seen["state"] == "posted"
    assert seen["legalEffect"] == {
        "effective": True, "moment": "2026-06-22T22:00:00Z", "basis": "dayAfterPosting", "ruleId": "effect.dayAfterPosting",
    }  # fmt: skip
    assert seen["appealTerm"] == {"started": True, "from": "2026-06-23", "lastDay": "2026-09-23"}
    assert seen["appealTerm"]["lastDay"] <= seen["printedLastDay"]
    (effect,) = [event for event in await office.announced() if isinstance(event, EffectEstablished)]
    assert (effect.basis, effect.about_id) == ("dayAfterPosting", UUID(seen["aboutId"]))


async def test_posting_without_proof_counts_for_nothing(office: Office) -> None:
    sent = await _sent(office)
    assert (await _tell(office, deliveryId=sent["deliveryId"], event="posted")).json() == {"named": 1, "moved": 0}
    assert (await _shown(office, sent["noticeId"]))["legalEffect"] == {"effective": False}


async def test_a_returned_letter_loses_its_effect_and_asks_for_an_address(office: Office) -> None:
    sent = await _sent(office)
    await _tell(office, deliveryId=sent["deliveryId"], event="posted", proof="post:4711")
    await _tell(office, deliveryId=sent["deliveryId"], event="returned", reason="moved")
    seen = await _shown(office, sent["noticeId"])
    assert (seen["state"], seen["legalEffect"]["effective"]) == ("returned", False)
    assert "appealTerm" not in seen
    assert [task["kind"] for task in seen["tasks"]] == ["contactDataOutdated"]
    (revoked,) = [event for event in await office.announced() if isinstance(event, EffectRevoked)]
    assert revoked.reasons == ("returned", "moved")


async def test_an_answer_that_comes_again_or_too_late_changes_nothing(office: Office) -> None:
    sent = await _sent(office)
    await _tell(office, deliveryId=sent["deliveryId"], event="posted", proof="post:4711")
    for event in ("posted", "printed"):
        assert (await _tell(office, deliveryId=sent["deliveryId"], event=event, proof="post:4711")).json()["moved"] == 0
    assert sum(isinstance(event, EffectEstablished) for event in await office.announced()) == 1


async def test_a_notice_not_meant_to_have_legal_effect_gets_none(office: Office) -> None:
    await office.hears(await office.moved(0, office.facts().address))  # type: ignore[arg-type]
    await office.hears(await office.reminder(0))
    async with office.at_work():
        await office.settled()
    [(delivery, notice)] = await office.rows("SELECT delivery_id, notice_id FROM delivery")
    await _tell(office, deliveryId=str(delivery), event="posted", proof="post:4711")
    seen = await _shown(office, str(notice))
    assert (seen["state"], seen["legalEffect"]) == ("posted", {"effective": False})


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"event": "posted", "at": "2031-01-01T00:00:00Z"}, 400),
        ({"event": "eaten"}, 400),
        ({"event": "posted", "noticeId": "01a201cb-084d-7392-8aea-9f5adf3594b8"}, 400),
        ({"event": "posted", "proof": "what; is this?"}, 400),
        ({"event": "posted", "deliveryId": "01a201cb-084d-7392-8aea-9f5adf3594b8"}, 404),
    ],
)
async def test_a_bad_answer_is_refused(office: Office, said: dict[str, str], status: int) -> None:
    sent = await _sent(office)
    answer = await _tell(office, **({"deliveryId": sent["deliveryId"]} | said))
    assert answer.status_code == status


async def test_only_who_works_for_the_sender_can_answer_about_its_letters(office: Office) -> None:
    sent = await _sent(office)
    async with office.calling("printhouse", organisation="0999990123") as other:
        answer = await other.post(
            _DOOR, json={"deliveryId": sent["deliveryId"], "event": "printed", "at": POSTED_AT}, headers={"Idempotency-Key": "other-house"}
        )
    assert answer.status_code == 404
    assert (await _tell(office, "vdab", deliveryId=sent["deliveryId"], event="printed")).status_code == 403
    assert await office.rows("SELECT count(*) FROM delivery_receipt") == [(0,)]
