"""Contact points over their doors: sealed, versioned, fixed under their id, suspended for both when two people share one."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from contracts.notification import ContactPointConfirmed, ContactPointSuspended
from tests.integration.notifications.office import HOME, Office
from tests.integration.notifications.reaching import API, address, puts, recipient, tells

_MOBILE = "+32470123456"


async def test_an_address_is_kept_sealed_and_never_shown_again(office: Office) -> None:
    async with office.calling() as vdab:
        answer = await puts(vdab, address(office, value="Tst.Een@Inwoner.TEST"))
        read = await vdab.get(answer.headers["location"])
    assert (answer.status_code, read.status_code) == (201, 200)
    assert read.json() == answer.json()
    assert (answer.json()["legalEffect"], answer.json()["suspendedFor"]) == (True, [])
    assert "inwoner" not in answer.text.lower()
    kept = await office.rows("SELECT c::text, o.value::text FROM contact_point AS c, outbox AS o")
    assert b"inwoner".hex() not in str(kept).lower()
    assert "inwoner" not in str(kept).lower()
    (event,) = await office.announced()
    assert isinstance(event, ContactPointConfirmed)


@pytest.mark.parametrize(
    ("changed", "effect"),
    [
        ({"confirmedAt": None}, False),
        ({"origin": "education"}, False),
        ({"origin": "integration"}, False),
        ({"changedBy": "telephone"}, False),
        ({"changedBy": "staff", "origin": "vdab"}, True),
    ],
)
async def test_legal_effect_needs_a_confirmed_address_from_someone_who_showed_who_they_are(
    office: Office, changed: dict[str, Any], effect: bool
) -> None:
    async with office.calling() as vdab:
        assert (await puts(vdab, address(office, **changed))).json()["legalEffect"] is effect


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "no address"),
        ("email", "a@b@c.test"),
        ("email", f"{'a' * 65}@inwoner.test"),
        ("mobile", "0470 1"),
        ("mobile", "+3292664200"),
    ],
)
async def test_what_is_no_address_is_refused_without_being_shown(office: Office, kind: str, value: str) -> None:
    async with office.calling() as vdab:
        refused = await puts(vdab, address(office, kind=kind, value=value))
    assert refused.status_code == 400
    assert value not in refused.text
    assert await office.rows("SELECT count(*) FROM contact_point") == [(0,)]


async def test_a_mobile_number_is_one_number_however_it_is_written(office: Office) -> None:
    point = uuid4()
    async with office.calling() as vdab:
        first = await puts(vdab, address(office, kind="mobile", value="0470 12 34 56"), point)
        again = await puts(vdab, address(office, kind="mobile", value="+32470123456"), point, **{"If-Match": first.headers["etag"]})
    assert (again.status_code, again.json()) == (200, first.json())


async def test_a_postal_address_has_its_own_form(office: Office) -> None:
    home = HOME.model_dump(by_alias=True, exclude_none=True)
    async with office.calling() as vdab:
        kept = await puts(vdab, address(office, kind="postal", value=None, address=home))
        again = await puts(vdab, address(office, kind="postal", value=None, address=home), kept.json()["id"], **{"If-Match": '"v1"'})
        wrong = [
            await puts(vdab, address(office, kind="postal")),
            await puts(vdab, address(office, address=home)),
            await puts(vdab, address(office, value=None)),
        ]
    assert (kept.status_code, again.status_code, again.json()) == (201, 200, kept.json())
    assert [answer.status_code for answer in wrong] == [400, 400, 400]


async def test_what_exists_is_changed_by_who_read_its_present_version_only(office: Office) -> None:
    point, unconfirmed = uuid4(), address(office, confirmedAt=None)
    async with office.calling() as vdab:
        first = await puts(vdab, unconfirmed, point)
        blind = await puts(vdab, address(office), point)
        confirmed = await puts(vdab, address(office), point, **{"If-Match": first.headers["etag"]})
        stale = await puts(vdab, unconfirmed, point, **{"If-Match": first.headers["etag"]})
        same = await puts(vdab, address(office), point, **{"If-Match": confirmed.headers["etag"]})
    assert [answer.status_code for answer in (first, blind, confirmed, stale, same)] == [201, 428, 200, 412, 200]
    assert (confirmed.headers["etag"], same.headers["etag"]) == ('"v2"', '"v2"')
    assert [type(event) for event in await office.announced()] == [ContactPointConfirmed]


async def test_an_address_does_not_change_under_its_id(office: Office) -> None:
    point = uuid4()
    async with office.calling() as vdab:
        await puts(vdab, address(office), point)
        refused = [
            await puts(vdab, body, point, **{"If-Match": "*"})
            for body in (
                address(office, value="other@inwoner.test"),
                address(office, 1),
                address(office, kind="mobile", value="+32470123456"),
            )
        ]
    assert [answer.status_code for answer in refused] == [409, 409, 409]
    assert refused[0].json()["type"] == "urn:problem-type:vdab:addressIsFixed"


async def test_a_new_address_takes_the_place_of_an_older_one_of_the_same_person(office: Office) -> None:
    async with office.calling() as vdab:
        old = (await puts(vdab, address(office))).json()["id"]
        others = (await puts(vdab, address(office, 1))).json()["id"]
        new = await puts(vdab, address(office, value="new@inwoner.test", replaces=old))
        refused = await puts(vdab, address(office, value="newer@inwoner.test", replaces=others))
        replaced = (await vdab.get(f"{API}/contactPoints/{old}")).json()
    assert (new.status_code, refused.status_code) == (201, 400)
    assert (replaced["replaced"], replaced["legalEffect"]) == (True, False)


async def test_an_e_mail_address_that_two_people_have_loses_its_legal_effect_for_both(office: Office) -> None:
    async with office.calling() as vdab:
        mine = (await puts(vdab, address(office, value="gezin@inwoner.test"))).json()
        theirs = (await puts(vdab, address(office, 1, value="Gezin@Inwoner.test"))).json()
        mine_now = (await vdab.get(f"{API}/contactPoints/{mine['id']}")).json()
        again = await puts(vdab, address(office, 1, value="gezin@inwoner.test"))
    assert (mine["legalEffect"], theirs["legalEffect"], mine_now["legalEffect"]) == (True, False, False)
    assert (mine_now["suspendedFor"], theirs["suspendedFor"], again.json()["suspendedFor"]) == (["shared"], ["shared"], ["shared"])
    suspended = [event for event in await office.announced() if isinstance(event, ContactPointSuspended)]
    assert {(event.person_id, event.reasons) for event in suspended} == {(office.people[0], ("shared",)), (office.people[1], ("shared",))}
    assert len(suspended) == 3


async def test_two_people_who_give_one_address_at_the_same_moment_see_each_other(office: Office) -> None:
    async with office.calling() as vdab:
        answers = await asyncio.gather(*(puts(vdab, address(office, person, value="samen@inwoner.test")) for person in range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert await office.rows("SELECT DISTINCT suspended_for FROM contact_point") == [(["shared"],)]


async def test_of_people_whose_addresses_come_under_one_id_at_the_same_moment_one_gets_it(office: Office) -> None:
    point = uuid4()
    async with office.calling() as vdab:
        answers = await asyncio.gather(*(puts(vdab, address(office, person), point) for person in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, *[428] * 4]
    assert await office.rows("SELECT count(*) FROM contact_point") == [(1,)]
    assert len([event for event in await office.announced() if isinstance(event, ContactPointConfirmed)]) == 1


async def test_an_address_whose_id_was_taken_at_the_same_moment_replaces_nothing(office: Office) -> None:
    point = uuid4()
    async with office.calling() as vdab:
        old = [(await puts(vdab, address(office, person))).json()["id"] for person in range(4)]
        bodies = [address(office, person, value=f"nieuw{person}@inwoner.test", replaces=old[person]) for person in range(4)]
        answers = await asyncio.gather(*(puts(vdab, body, point) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 428, 428, 428]
    assert await office.rows("SELECT count(*) FROM contact_point WHERE replaced") == [(1,)]


async def test_of_records_of_one_recipient_that_come_at_the_same_moment_one_is_kept(office: Office) -> None:
    async with office.calling() as vdab:
        others = await asyncio.gather(*(tells(vdab, recipient(office, person)) for person in range(5)))
        same = await asyncio.gather(*(tells(vdab, recipient(office, 5), "recipient-2") for _ in range(5)))
    assert sorted(answer.status_code for answer in others) == [201, *[409] * 4]
    assert sorted(answer.json()["result"] for answer in same) == ["accepted", *["duplicate"] * 4]


async def test_one_person_may_give_an_address_twice_and_a_family_may_share_a_telephone(office: Office) -> None:
    async with office.calling() as vdab:
        for body in (
            address(office),
            address(office),
            *(address(office, person, kind="mobile", value="+32470123456") for person in (0, 1)),
        ):
            assert (await puts(vdab, body)).json()["suspendedFor"] == []


async def test_confirmed_again_a_shared_address_serves_only_once_it_is_nobody_else_s(office: Office) -> None:
    async with office.calling() as vdab:
        mine = (await puts(vdab, address(office, value="gezin@inwoner.test"))).json()
        theirs = (await puts(vdab, address(office, 1, value="gezin@inwoner.test"))).json()
        office.clock.move(office.clock.now().replace(hour=10), office.clock.generation + 1)
        anew = address(office, value="gezin@inwoner.test", confirmedAt="2026-06-22T09:30:00Z")
        still = await puts(vdab, anew, mine["id"], **{"If-Match": "*"})
        await puts(vdab, address(office, 1, value="eigen@inwoner.test", replaces=theirs["id"]))
        office.clock.move(office.clock.now().replace(hour=11), office.clock.generation + 1)
        anew["confirmedAt"] = "2026-06-22T10:30:00Z"
        alone = await puts(vdab, anew, mine["id"], **{"If-Match": "*"})
    assert (still.json()["suspendedFor"], still.json()["legalEffect"]) == (["shared"], False)
    assert (alone.json()["suspendedFor"], alone.json()["legalEffect"]) == ([], True)


async def test_m16_what_is_known_of_a_recipient_may_come_twice_and_late(office: Office) -> None:
    async with office.calling() as vdab:
        answers = [
            await tells(vdab, recipient(office, version=2)),
            await tells(vdab, recipient(office, version=2)),
            await tells(vdab, recipient(office, version=1, preference="post")),
            await tells(vdab, recipient(office, version=2, preference="post")),
            await tells(vdab, recipient(office, version=3, preference="post")),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409, 200]
    told = [(answer.json()["result"], answer.json().get("reason")) for answer in answers if answer.status_code == 200]
    assert told == [("accepted", None), ("duplicate", None), ("duplicate", "superseded"), ("accepted", None)]
    assert await office.rows("SELECT source_version, preference FROM recipient") == [(3, "post")]


async def test_a_person_number_is_no_reference_of_a_recipient(office: Office) -> None:
    async with office.calling() as vdab:
        refused = await tells(vdab, recipient(office), office.numbers[0].value)
    assert refused.status_code == 400
    assert office.numbers[0].value not in refused.text


async def test_m19_another_organisation_sees_and_changes_no_address_and_no_recipient(office: Office) -> None:
    async with office.calling() as vdab:
        point = (await puts(vdab, address(office))).json()["id"]
        await tells(vdab, recipient(office))
    async with office.calling(organisation="0999990123") as other:
        answers = [
            await other.get(f"{API}/contactPoints/{point}"),
            await other.get(f"{API}/contactPoints/{uuid4()}"),
            await puts(other, address(office), point, **{"If-Match": "*"}),
            await puts(other, address(office, 1)),
            await tells(other, recipient(office, version=2, preference="post")),
        ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert await office.rows("SELECT count(*) FROM contact_point") == [(1,)]
    assert await office.rows("SELECT source_version, preference FROM recipient") == [(1, None)]
