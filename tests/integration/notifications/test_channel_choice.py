"""By which channel a notice goes: provisional at submission, final just before it leaves, and from digital only ever to paper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chassis.switching import Kind, Switch, keep
from contracts.codes import Channel, DeliveryKind
from contracts.notification import NoticeFellBack, NoticeSubmitted
from proof.bundle import Bundle
from services.notifications.main import dispatcher
from tests.integration.notifications.office import HOME, Office, until
from tests.integration.notifications.reaching import (
    API,
    Mailboxes,
    address,
    consent,
    gives,
    key,
    puts,
    recipient,
    takes_back,
    tells,
)

_PORTAL = "portalDispatcher"


@asynccontextmanager
async def _with_portal(office: Office, mailboxes: Mailboxes) -> AsyncIterator[None]:
    async with office.at_work(), office._loop(_PORTAL, dispatcher(office.parts, _PORTAL, mailboxes).run):
        yield


async def _carried(office: Office) -> None:
    """Wait until nothing waits for the portal, and nothing else is on its way."""

    async def gone() -> bool:
        return not await office.rows("SELECT 1 FROM delivery WHERE channel IN ('portal', 'email') AND state IN ('submitted', 'sending')")

    await until(gone)
    await office.settled()


async def _ready_for_portal(office: Office, person: int = 0) -> dict[str, Any]:
    async with office.calling() as vdab:
        assert (await tells(vdab, recipient(office, person), f"recipient-{person}")).status_code == 201
        return await gives(vdab, consent(office, person))


async def _notices(office: Office, person: int = 0) -> list[dict[str, Any]]:
    async with office.calling() as vdab:
        found = await vdab.post(f"{API}/notices/query", json={"ssin": office.numbers[person].value})
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def _bundle(office: Office, notice_id: str) -> Bundle:
    async with office.calling() as vdab:
        answer = (await vdab.get(f"{API}/notices/{notice_id}/evidence")).raise_for_status()
    return Bundle.parse(answer.content)


def _tried(notice: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item["channel"], item["kind"], item["state"]) for item in notice["deliveries"]]


async def test_without_any_consent_the_first_notice_to_a_leaver_is_a_letter_and_nothing_else(office: Office) -> None:
    await office.hears(await office.registered(0, cause="leaver", period="2025-2026"))
    (notice,) = await _notices(office)
    assert (notice["channel"], notice["channelRule"], notice["channelFinal"]) == ("paper", "channel.noConsent", False)
    assert "II.22" in notice["channelBasis"]
    async with office.at_work():
        await _carried(office)
    (notice,) = await _notices(office)
    assert _tried(notice) == [("paper", "content", "relayed")]
    assert notice["channelFinal"]


async def test_a_leaver_with_an_old_valid_consent_follows_the_same_rules(office: Office) -> None:
    await _ready_for_portal(office)
    await office.hears(await office.registered(0, cause="leaver", period="2025-2026"))
    (notice,) = await _notices(office)
    assert (notice["channel"], notice["channelRule"], notice["channelFinal"]) == ("portal", "channel.portal", False)
    mailboxes = Mailboxes()
    async with _with_portal(office, mailboxes):
        await _carried(office)
        (parcel,) = mailboxes.stood
    assert parcel.target == office.numbers[0].value
    assert office.letters() == []


async def test_the_acceptance_names_the_provisional_channel_and_the_intent_the_consent_it_rests_on(office: Office) -> None:
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0))
    (submitted,) = [event for event in await office.announced() if isinstance(event, NoticeSubmitted)]
    assert submitted.channel == "portal"
    async with office.sequencing():
        await office.signed()
    bundle = await _bundle(office, str(submitted.notice_id))
    acceptance, intent = bundle.events
    said = {disclosure.name: disclosure.value for disclosure in intent.disclosures}
    assert said["consent"] == {
        "id": given["id"],
        "means": "portal",
        "textVersion": "2026.1",
        "givenAt": "2026-06-01T09:00:00+00:00",
        "authentication": "itsme",
        "proof": "sha256:5f70bf18",
    }
    assert b"portal" in acceptance.leaf


async def test_a_consent_given_changes_the_next_notice_and_taken_back_the_one_after(office: Office) -> None:
    await office.hears(await office.registered(0))
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0))
    async with office.calling() as vdab:
        await takes_back(vdab, given["id"])
    await office.hears(await office.registered(0))
    assert [notice["channel"] for notice in await _notices(office)] == ["paper", "portal", "paper"]


async def test_a_consent_taken_back_between_submission_and_dispatch_takes_effect(office: Office) -> None:
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0))
    async with office.calling() as vdab:
        await takes_back(vdab, given["id"])
    mailboxes = Mailboxes()
    async with _with_portal(office, mailboxes):
        await _carried(office)
    (notice,) = await _notices(office)
    assert mailboxes.stood == []
    assert len(office.letters()) == 1
    assert _tried(notice) == [("portal", "content", "withdrawn"), ("paper", "content", "relayed")]
    assert (notice["channel"], notice["channelRule"], notice["channelFinal"]) == ("paper", "channel.noConsent", True)
    (event,) = [event for event in await office.announced() if isinstance(event, NoticeFellBack)]
    assert (event.channel, event.reasons, event.kind) == ("paper", ("consentWithdrawn",), DeliveryKind.CONTENT)


async def test_m25_the_letter_that_takes_the_place_of_a_portal_notice_has_an_intent_of_its_own(office: Office) -> None:
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0))
    async with office.calling() as vdab:
        await takes_back(vdab, given["id"])
    async with _with_portal(office, Mailboxes()):
        await _carried(office)
        await office.signed()
    (notice,) = await _notices(office)
    bundle = await _bundle(office, notice["id"])
    events = [event.leaf for event in bundle.events]
    names = [b"SubmissionAcceptance", b"DispatchIntended", b"ContentConsignmentFailure", b"DispatchIntended", b"RelayToNonERDS"]
    assert all(name in leaf for name, leaf in zip(names, events, strict=True))
    assert b"consentWithdrawn" in events[2]
    assert b"paper" in events[3]


async def test_taken_back_after_it_was_made_available_changes_nothing_any_more(office: Office) -> None:
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0))
    mailboxes = Mailboxes()
    async with _with_portal(office, mailboxes):
        await _carried(office)
        (before,) = await _notices(office)
        async with office.calling() as vdab:
            await takes_back(vdab, given["id"])
        await _carried(office)
    assert len(mailboxes.stood) == 1
    assert office.letters() == []
    assert await _notices(office) == [before]


async def test_a_consent_that_comes_after_submission_moves_no_letter_to_the_portal(office: Office) -> None:
    await office.hears(await office.registered(0))
    await _ready_for_portal(office)
    mailboxes = Mailboxes()
    async with _with_portal(office, mailboxes):
        await _carried(office)
    assert mailboxes.stood == []
    assert len(office.letters()) == 1


async def test_each_way_to_lose_the_digital_road_before_dispatch_leads_to_paper(office: Office) -> None:
    changes: list[dict[str, Any]] = [
        {"preference": "post"},
        {"representative": True},
        {"digitalSkills": "insufficient"},
        {"portalAccount": {"activated": False}},
        {"portalAccount": {"activated": True, "lastLoginAt": "2025-06-20T09:00:00Z"}},
    ]
    for person in range(len(changes)):
        await _ready_for_portal(office, person)
        await office.hears(await office.registered(person))
    async with office.calling() as vdab:
        for person, changed in enumerate(changes):
            await tells(vdab, recipient(office, person, version=2, **changed), f"recipient-{person}")
    mailboxes = Mailboxes()
    async with _with_portal(office, mailboxes):
        await _carried(office)
    reasons = [event.reasons for event in await office.announced() if isinstance(event, NoticeFellBack)]
    assert mailboxes.stood == []
    assert len(office.letters()) == len(changes)
    assert sorted(reasons) == [("accountInactive",)] * 2 + [("needsPaper",)] * 3


async def test_with_no_address_for_a_letter_it_stays_submitted_until_one_comes(office: Office) -> None:
    given = await _ready_for_portal(office)
    await office.hears(await office.registered(0, office.facts(0, address=None)))
    (notice,) = await _notices(office)
    assert notice["tasks"] == []  # the portal needs no postal address
    async with office.calling() as vdab:
        await takes_back(vdab, given["id"])
    async with _with_portal(office, Mailboxes()):
        await _carried(office)
        (notice,) = await _notices(office)
        assert (notice["state"], notice["channel"], [task["kind"] for task in notice["tasks"]]) == (
            "submitted",
            "paper",
            ["contactDataOutdated"],
        )
        assert _tried(notice) == [("portal", "content", "withdrawn")]
        await office.hears(await office.moved(0, HOME))
        await _carried(office)
    (notice,) = await _notices(office)
    assert _tried(notice)[1:] == [("paper", "content", "relayed")]
    assert notice["tasks"] == []


async def test_content_in_the_portal_is_announced_at_every_confirmed_address(office: Office) -> None:
    await _ready_for_portal(office)
    async with office.calling() as vdab:
        await puts(vdab, address(office))
        await puts(vdab, address(office, kind="mobile", value="0470 12 34 56"))
        await puts(vdab, address(office, value="unconfirmed@inwoner.test", confirmedAt=None))
        await puts(vdab, address(office, value="school@inwoner.test", origin="education"))
    await office.hears(await office.registered(0))
    async with office.sequencing():
        await office.signed()
    assert await dispatcher(office.parts, _PORTAL, Mailboxes()).round() == 1
    (notice,) = await _notices(office)
    assert sorted((channel, kind) for channel, kind, _ in _tried(notice)) == [
        ("email", "notification"),
        ("portal", "content"),
        ("sms", "notification"),
    ]


async def test_a_letter_is_told_of_at_an_address_the_person_gave_and_carries_no_consent(office: Office) -> None:
    async with office.calling() as vdab:
        await puts(vdab, address(office))
        await puts(vdab, address(office, 1, origin="education"))
    await office.hears(await office.registered(0), await office.registered(1))
    assert sorted((channel, kind) for channel, kind, _ in _tried((await _notices(office))[0])) == [
        ("email", "courtesy"),
        ("paper", "content"),
    ]
    assert [(channel, kind) for channel, kind, _ in _tried((await _notices(office, 1))[0])] == [("paper", "content")]


async def test_an_e_mail_address_carries_what_weighs_little_and_only_accompanies_what_weighs_much(office: Office) -> None:
    async with office.calling() as vdab:
        point = (await puts(vdab, address(office))).json()["id"]
        await gives(vdab, consent(office, means="email", contactPointId=point))
        body = {
            "ssin": office.numbers[0].value,
            "familyName": "Öztürk",
            "address": HOME.model_dump(by_alias=True, exclude_none=True),
            "purpose": "informationLetter",
            "subject": "Informatie",
            "paragraphs": ["Een zin."],
        }
        light = await vdab.post(f"{API}/notices", json=body | {"period": "light"}, headers=key())
        heavy = await vdab.post(f"{API}/notices", json=body | {"period": "heavy", "impact": "high"}, headers=key())
        by_law = await vdab.post(f"{API}/notices", json=body | {"period": "law", "registeredMailRequired": True}, headers=key())
    assert (light.json()["channel"], light.json()["channelRule"]) == ("email", "channel.email")
    assert (heavy.json()["channel"], heavy.json()["channelRule"]) == ("paper", "channel.emailHighImpact")
    assert (by_law.json()["channel"], by_law.json()["channelRule"]) == ("registeredPost", "channel.registeredByLaw")
    assert _tried(light.json()) == [("email", "content", "submitted")]
    assert _tried(heavy.json()) == [("paper", "content", "submitted"), ("email", "courtesy", "submitted")]


async def test_an_address_that_turns_out_to_be_shared_before_dispatch_gets_nothing(office: Office) -> None:
    async with office.calling() as vdab:
        point = (await puts(vdab, address(office, value="gezin@inwoner.test"))).json()["id"]
        await gives(vdab, consent(office, means="email", contactPointId=point))
        await office.hears(await office.registered(0))
        await puts(vdab, address(office, 1, value="gezin@inwoner.test"))
    mail = Mailboxes(channels=frozenset({Channel.EMAIL}))
    async with office.at_work(), office._loop("mailDispatcher", dispatcher(office.parts, "mailDispatcher", mail).run):
        await _carried(office)
    (notice,) = await _notices(office)
    assert mail.stood == []
    assert _tried(notice) == [("email", "content", "withdrawn"), ("paper", "content", "relayed")]
    assert [task["kind"] for task in notice["tasks"]] == ["contactDataOutdated"]


async def test_another_organisation_s_notice_uses_nothing_that_is_known_of_a_person_here(office: Office) -> None:
    await _ready_for_portal(office)
    await office.hears(await office.moved(0, HOME))
    body = {
        "ssin": office.numbers[0].value,
        "familyName": "Öztürk",
        "purpose": "informationLetter",
        "period": "2026",
        "subject": "Informatie",
        "paragraphs": ["Een zin."],
    }
    async with office.calling(organisation="0999990123") as other:
        answer = await other.post(f"{API}/notices", json=body, headers=key())
    assert (answer.json()["channel"], answer.json()["channelRule"]) == ("paper", "channel.noConsent")
    assert (answer.json()["deliveries"], [task["kind"] for task in answer.json()["tasks"]]) == ([], ["contactDataOutdated"])
    await office.hears(await office.moved(0, HOME, version=2))
    async with office.at_work():
        await _carried(office)
    assert office.letters() == []


async def _switch(office: Office, *, active: bool) -> None:
    async with office.units.open() as uow:
        await keep(uow, Kind.RULE_ROW, "consentRequired", Switch(active=active, by="tests"))


async def test_where_the_law_asks_for_no_consent_any_more_an_active_account_is_enough(office: Office) -> None:
    async with office.calling() as vdab:
        await tells(vdab, recipient(office))
    await _switch(office, active=False)
    await office.hears(await office.registered(0))
    await _switch(office, active=True)
    await office.hears(await office.registered(0))
    assert [notice["channel"] for notice in await _notices(office)] == ["portal", "paper"]
