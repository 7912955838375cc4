"""Consents over their doors: kept with or without effect, taken back at any time, and nobody else's business."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contracts.notification import ConsentGiven, ConsentWithdrawn
from tests.integration.notifications.office import Office
from tests.integration.notifications.reaching import API, address, consent, gives, key, puts, takes_back


async def test_a_consent_with_every_formality_has_effect_and_is_announced_without_its_proof(office: Office) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office))
        read = await vdab.get(f"{API}/consents/{given['id']}")
        found = await vdab.post(f"{API}/consents/query", json={"ssin": office.numbers[0].value})
    assert (given["effective"], given["reasons"], given["personId"]) == (True, [], str(office.people[0]))
    assert (read.json(), read.headers["etag"]) == (given, '"v1"')
    assert found.json() == {"items": [given]}
    (event,) = await office.announced()
    assert isinstance(event, ConsentGiven)
    assert (event.person_id, event.means, event.procedures, event.effective) == (
        office.people[0],
        "portal",
        ("automaticRegistration",),
        True,
    )


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"proof": None}, ["missingProof"]),
        ({"textVersion": None}, ["missingText"]),
        ({"authentication": "telephone"}, ["weakAuthentication"]),
        ({"authentication": "none", "proof": None}, ["missingProof", "weakAuthentication"]),
        ({"givenAt": "2026-06-22T09:00:01Z"}, ["givenInFuture"]),
        ({"means": "email"}, ["missingContactPoint"]),
        ({"means": "email", "contactPointId": str(uuid4())}, ["unknownContactPoint"]),
    ],
)
async def test_without_a_formality_it_is_kept_without_effect_and_the_answer_says_why(
    office: Office, changed: dict[str, Any], reasons: list[str]
) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office, **changed))
    assert (given["effective"], given["reasons"]) == (False, reasons)
    (event,) = await office.announced()
    assert isinstance(event, ConsentGiven)
    assert not event.effective


@pytest.mark.parametrize("authentication", ["itsme", "eid", "signedPaper", "idInPerson"])
async def test_staff_may_record_what_was_signed_or_said_with_an_identity_card(office: Office, authentication: str) -> None:
    async with office.calling("operator1") as operator:
        assert (await gives(operator, consent(office, authentication=authentication, source="counsellor")))["effective"]


async def test_consent_to_e_mail_names_an_address_of_the_same_person(office: Office) -> None:
    async with office.calling() as vdab:
        own = (await puts(vdab, address(office))).json()["id"]
        others = (await puts(vdab, address(office, 1))).json()["id"]
        mobile = (await puts(vdab, address(office, kind="mobile", value="+32470123456"))).json()["id"]
        given = [(await gives(vdab, consent(office, means="email", contactPointId=point)))["reasons"] for point in (own, others, mobile)]
    assert given == [[], ["unknownContactPoint"], ["unknownContactPoint"]]


async def test_a_consent_is_taken_back_once_and_stays_readable(office: Office) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office))
        first = await takes_back(vdab, given["id"])
        again = await takes_back(vdab, given["id"])
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["withdrawnAt"], first.json()["version"]) == ("2026-06-22T09:00:00Z", 2)
    (event,) = [event for event in await office.announced() if isinstance(event, ConsentWithdrawn)]
    assert (event.person_id, str(event.consent_id), event.version) == (office.people[0], given["id"], 2)


async def test_a_consent_cannot_be_taken_back_in_the_future(office: Office) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office))
        body = {"withdrawnAt": "2026-06-22T09:00:01Z"}
        refused = await vdab.post(f"{API}/consents/{given['id']}/withdrawals", json=body, headers=key())
    assert refused.status_code == 400


async def test_m15_a_repeated_request_records_one_consent_and_takes_it_back_once(office: Office) -> None:
    once, back = key(), key()
    async with office.calling() as vdab:
        first, again = [await vdab.post(f"{API}/consents", json=consent(office), headers=once) for _ in range(2)]
        other = await vdab.post(f"{API}/consents", json=consent(office, source="counsellor"), headers=once)
        path = f"{API}/consents/{first.json()['id']}/withdrawals"
        taken = [await vdab.post(path, json={}, headers=back) for _ in range(2)]
        keyless = await vdab.post(f"{API}/consents", json=consent(office))
    assert (first.status_code, again.status_code, other.status_code, keyless.status_code) == (201, 201, 409, 400)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert [answer.status_code for answer in taken] == [201, 201]
    assert await office.rows("SELECT count(*) FROM consent") == [(1,)]
    assert len(await office.announced()) == 2


async def test_m19_another_organisation_sees_changes_and_learns_nothing_of_consents(office: Office) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office))
    ssin = {"ssin": office.numbers[0].value}
    async with office.calling(organisation="0999990123") as other:
        answers = [
            await other.post(f"{API}/consents", json=consent(office), headers=key()),
            await other.post(f"{API}/consents/query", json=ssin),
            await other.get(f"{API}/consents/{given['id']}"),
            await takes_back(other, given["id"]),
            await other.get(f"{API}/consents/{uuid4()}"),
            await takes_back(other, str(uuid4())),
        ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert await office.rows("SELECT count(*), count(withdrawn_at) FROM consent") == [(1, 0)]


async def test_a_client_that_only_submits_notices_reads_no_consent(office: Office) -> None:
    async with office.calling(scope="notification.read notification.write") as submitter:
        assert (await submitter.post(f"{API}/consents/query", json={"ssin": office.numbers[0].value})).status_code == 403


async def test_a_consent_taken_back_twice_at_the_same_moment_is_taken_back_once(office: Office) -> None:
    async with office.calling() as vdab:
        given = await gives(vdab, consent(office))
        answers = await asyncio.gather(*(takes_back(vdab, given["id"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert [answer.json()["version"] for answer in answers] == [2] * 4
    assert len([event for event in await office.announced() if isinstance(event, ConsentWithdrawn)]) == 1


async def test_a_consent_given_while_its_address_is_being_put_in_is_kept_with_an_answer(office: Office) -> None:
    point = uuid4()
    said = consent(office, means="email", contactPointId=str(point))
    async with office.calling() as vdab:
        put, given = await asyncio.gather(puts(vdab, address(office), point), gives(vdab, said))
    assert put.status_code == 201
    assert given["reasons"] in ([], ["unknownContactPoint"])
