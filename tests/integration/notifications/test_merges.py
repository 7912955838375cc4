"""Two people turn out to be one: whoever meets it first applies it, nobody is told the same thing twice, and what was proven stays."""

from datetime import timedelta
from typing import Any

from contracts.codes import Channel
from contracts.notification import NoticeWithdrawn
from contracts.people import Address
from contracts.persons import PersonMerged
from proof.verify import verify
from services.notifications.main import dispatcher
from tests.integration.notifications.carriers import passes, tells
from tests.integration.notifications.office import HOME, Office
from tests.integration.notifications.reaching import API, Mailboxes, address, consent, gives, key, puts, recipient
from tests.integration.notifications.reaching import tells as tells_of

NEW_HOME = Address(street="Korenmarkt", number="7", post_code="9000", municipality="Gent")
_YEAR: dict[str, Any] = {"cause": "leaver", "period": "2025-2026"}
_TASKS = "SELECT kind FROM notice_task WHERE closed_at IS NULL"


async def _both_registered(office: Office) -> None:
    await office.hears(await office.registered(0, **_YEAR))
    await office.hears(await office.registered(1, **_YEAR))


async def _sent(office: Office) -> None:
    async with office.at_work():
        await office.settled()


async def _notices(office: Office, person: int) -> list[dict[str, Any]]:
    async with office.calling() as vdab:
        found = await vdab.post(f"{API}/notices/query", json={"ssin": office.numbers[person].value})
    items: list[dict[str, Any]] = found.raise_for_status().json()["items"]
    return items


async def test_m02_a_dispatcher_that_meets_a_merge_sends_one_letter_of_two(office: Office) -> None:
    await _both_registered(office)
    survivor = await office.merges()
    await _sent(office)
    assert len(office.letters()) == 1
    assert await office.rows("SELECT state, reasons FROM notice ORDER BY submitted_at, notice_id") == [
        ("relayed", []),
        ("withdrawn", ["merged"]),
    ]
    (withdrawn,) = [event for event in await office.announced() if isinstance(event, NoticeWithdrawn)]
    assert (withdrawn.person_id, withdrawn.reasons) == (survivor, ("merged",))


async def test_m02_a_carrier_s_answer_that_meets_a_merge_withdraws_the_notice_that_waits(office: Office) -> None:
    await office.hears(await office.registered(1, **_YEAR))
    await _sent(office)
    await office.hears(await office.registered(0, office.facts(0, address=None), **_YEAR))
    await office.merges()
    (letter,) = await office.rows("SELECT delivery_id FROM delivery")
    assert await tells(office, deliveryId=str(letter[0]), event="posted", proof="batch-7") == {"named": 1, "moved": 1}
    assert await office.rows("SELECT state, reasons FROM notice ORDER BY submitted_at, notice_id") == [
        ("posted", []),
        ("withdrawn", ["merged"]),
    ]
    assert await office.rows(_TASKS) == []


async def test_m02_a_timer_that_meets_a_merge_sends_the_copy_to_where_the_survivor_lives(office: Office) -> None:
    await office.hears(await office.moved(0, NEW_HOME, version=4))
    async with office.calling() as vdab:
        await tells_of(vdab, recipient(office, 1))
        await gives(vdab, consent(office, 1))
    await office.hears(await office.registered(1))
    portal, post = Mailboxes(), Mailboxes(channels=frozenset({Channel.PAPER}))
    async with office.sequencing():
        await office.signed()
        assert await dispatcher(office.parts, "portalDispatcher", portal).round() == 1
        survivor = await office.merges()
        await passes(office, timedelta(days=20))
        await office.signed()
        assert await dispatcher(office.parts, "dispatcher", post).round() == 1
    assert survivor == office.people[0]
    assert [parcel.target for parcel in post.stood] == [NEW_HOME]
    (notice,) = await _notices(office, 0)
    assert [(one["channel"], one["kind"]) for one in notice["deliveries"]] == [("portal", "content"), ("paper", "copy")]


async def test_m03_a_merge_while_a_second_notice_is_pending_withdraws_it_and_the_next_one_is_refused(office: Office) -> None:
    await _both_registered(office)
    await office.merges()
    await office.hears(await office.registered(1, **_YEAR))
    assert [(notice["state"], notice["reasons"]) for notice in await _notices(office, 0)] == [
        ("submitted", []),
        ("withdrawn", ["merged"]),
    ]
    await _sent(office)
    await office.hears(await office.registered(0, **_YEAR), await office.registered(1, **_YEAR))
    await _sent(office)
    assert len(office.letters()) == 1
    assert len(await office.notice_ids()) == 2


async def test_m03_two_letters_that_were_sent_both_stay_and_a_third_is_answered_with_the_first(office: Office) -> None:
    body = {
        "familyName": "Öztürk",
        "address": HOME.model_dump(by_alias=True, exclude_none=True),
        "purpose": "informationLetter",
        "period": "2026",
        "subject": "Informatie",
        "paragraphs": ["Een zin."],
    }
    bodies = [body | {"ssin": office.numbers[person].value} for person in (0, 1)]
    async with office.calling() as vdab:
        first = (await vdab.post(f"{API}/notices", json=bodies[0], headers=key())).raise_for_status().json()
        await vdab.post(f"{API}/notices", json=bodies[1], headers=key())
        await _sent(office)
        await office.merges()
        again = [await vdab.post(f"{API}/notices", json=one, headers=key()) for one in bodies]
        await _sent(office)
        notices = await _notices(office, 1)
        bundles = [(await vdab.get(f"{API}/notices/{one['id']}/evidence")).raise_for_status().content for one in notices]
    assert [(answer.status_code, answer.json()["id"]) for answer in again] == [(200, first["id"])] * 2
    assert [notice["state"] for notice in notices] == ["relayed", "relayed"]
    assert len(office.letters()) == 2
    for bundle in bundles:
        names = [event.name for event in verify(bundle, office.policy).events]
        assert names == ["SubmissionAcceptance", "DispatchIntended", "RelayToNonERDS"]


async def test_m03_what_either_consented_to_and_gave_serves_the_survivor(office: Office) -> None:
    async with office.calling() as vdab:
        await tells_of(vdab, recipient(office, 1), "recipient-1")
        given = await gives(vdab, consent(office, 1))
        point = (await puts(vdab, address(office, 0))).json()["id"]
        survivor = await office.merges()
        await office.hears(await office.registered(0))
        items = (await vdab.post(f"{API}/consents/query", json={"ssin": office.numbers[0].value})).json()["items"]
        seen = (await vdab.get(f"{API}/contactPoints/{point}")).json()
    assert [(one["id"], one["personId"]) for one in items] == [(given["id"], str(survivor))]
    assert seen["personId"] == str(survivor)
    mailboxes = Mailboxes()
    async with office.sequencing():
        await office.signed()
        assert await dispatcher(office.parts, "portalDispatcher", mailboxes).round() == 1
    (notice,) = await _notices(office, 1)
    assert [(one["channel"], one["kind"]) for one in notice["deliveries"]] == [("portal", "content"), ("email", "notification")]


async def test_m03_of_two_records_of_a_recipient_the_last_one_counts_for_both_ids(office: Office) -> None:
    async with office.calling() as vdab:
        await tells_of(vdab, recipient(office, 1), "recipient-1")
        await gives(vdab, consent(office, 1))
        await tells_of(vdab, recipient(office, 0, preference="post"), "recipient-0")
        await office.merges()
        await office.hears(await office.registered(1))
        (notice,) = await _notices(office, 0)
        assert (notice["channel"], notice["channelRule"]) == ("paper", "channel.prefersPost")


async def test_m03_an_address_of_the_one_lets_the_letter_of_the_other_go(office: Office) -> None:
    await office.hears(await office.moved(0, NEW_HOME))
    await office.hears(await office.registered(1, office.facts(1, address=None)))
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]
    survivor = await office.merges()
    told = PersonMerged(person_id=office.people[1], survivor_id=survivor, absorbed_ids=(office.people[1],), merge_number=1)
    await office.hears(told)
    await office.hears(told.model_copy(update={"person_id": survivor}))
    await _sent(office)
    assert len(office.letters()) == 1
    assert await office.rows(_TASKS) == []


async def test_m03_who_died_under_one_number_is_told_nothing_under_the_other(office: Office) -> None:
    await office.hears(await office.registered(1))
    await office.merges()
    await office.hears(office.died(0))
    await _sent(office)
    assert office.letters() == []
    assert await office.rows("SELECT reasons FROM notice") == [(["deceased"],)]
