"""What several people at VDAB do about somebody at the same moment: one of them did it, the others are told so, nothing is done twice."""

import asyncio
from collections.abc import Awaitable, Sequence
from uuid import uuid4

import httpx

from tests.integration.house import Body, Person
from tests.integration.leavers.office import Office
from tests.integration.leavers.test_reviews import REASON, held
from tests.support.eventually import eventually

_API = "/registration/v1"


async def _asked(office: Office, path: str, body: Body, **headers: str) -> httpx.Response:
    """What a door answers; nobody waits for what follows from it."""
    return await office.ask("operator1", "POST", _API + path, json=body, headers={"Idempotency-Key": str(uuid4())} | headers)


async def _reviewed(office: Office, review: Body, treat_as: str, by: str, second: str | None = None) -> httpx.Response:
    body = {"treatAs": treat_as, "reason": REASON, "decidedBy": by} | ({"secondPerson": second} if second else {})
    return await _asked(office, f"/reviews/{review['id']}/decisions", body, **{"If-Match": f'"v{review["version"]}"'})


async def _decided(office: Office, objection: Body, outcome: str, by: str) -> httpx.Response:
    body = {"outcome": outcome, "reason": "herbekeken", "decidedBy": by}
    return await _asked(office, f"/objections/{objection['id']}/decisions", body, **{"If-Match": f'"v{objection["version"]}"'})


async def _objects(office: Office, who: Person) -> httpx.Response:
    return await _asked(office, "/objections", {"ssin": who.ssin, "kind": "objection"})


async def _all(office: Office, *calls: Awaitable[httpx.Response]) -> list[int]:
    """The status of each answer, once everything that follows is done."""
    answers = await asyncio.gather(*calls)
    await office.settled()
    return [answer.status_code for answer in answers]


async def test_of_reviewers_who_read_the_same_version_one_decides(office: Office) -> None:
    people = [await office.dweller() for _ in range(4)]
    reviews = [await held(office, who) for who in people]
    for who, review in zip(people, reviews, strict=True):
        verdicts = ("registered", "keepWaiting", "registered", "outOfScope")
        calls = [_reviewed(office, review, verdict, f"staff.{at}", "staff.9") for at, verdict in enumerate(verdicts)]
        statuses = await _all(office, *calls)
        assert set(statuses) <= {200, 400, 412}, statuses
        assert statuses.count(200) == 1
        decisions = (await office.send("operator1", "GET", f"{_API}/reviews/{review['id']}"))["decisions"]
        assert [one["decidedBy"] for one in decisions] == [f"staff.{statuses.index(200)}"]
        letters = await office.notices(who)
        assert len(letters) == (decisions[0]["decision"] == "registered")


async def test_the_second_person_is_another_one_however_the_name_is_written(office: Office) -> None:
    review = await held(office, await office.dweller())
    for second in (None, "behandelaar-7", "Behandelaar-7", "BEHANDELAAR-7"):
        answer = await _reviewed(office, review, "qualified", "behandelaar-7", second)
        assert (answer.status_code, answer.json().get("title")) == (409, "Second Person Needed"), second
    assert (await _reviewed(office, review, "qualified", "behandelaar-7", "behandelaar-8")).status_code == 200


async def test_of_two_who_decide_one_objection_one_did_and_the_person_is_answered_once(office: Office) -> None:
    people = [await office.dweller() for _ in range(3)]
    for who in people:
        await office.leaves(who)
        objection = dict((await _objects(office, who)).json())
        await office.settled()
        statuses = await _all(office, *(_decided(office, objection, outcome, f"staff.{outcome}") for outcome in ("upheld", "rejected")))
        assert sorted(statuses) in ([200, 409], [200, 412])
        upheld = statuses[0] == 200
        stands = await office.stands(who)
        assert stands["state"] == ("ended" if upheld else "registered")
        answers = [notice for notice in await office.notices(who) if notice["purpose"] == "objectionOutcome"]
        assert len(answers) == 1


async def test_somebody_who_objects_five_times_at_once_is_contested_until_the_last_is_rejected(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who)
    given = await asyncio.gather(*(_objects(office, who) for _ in range(5)))
    await office.settled()
    assert {answer.status_code for answer in given} == {201}
    assert len({answer.json()["id"] for answer in given}) == 5
    first, *others = [answer.json() for answer in given]
    await _all(office, *(_decided(office, objection, "rejected", "staff.1") for objection in others))
    assert (await office.stands(who))["state"] == "contested"
    await _all(office, _decided(office, first, "rejected", "staff.1"))
    assert (await office.stands(who))["state"] == "registered"
    confirmations = [one for one in await office.notices(who) if one["purpose"] == "registrationConfirmation"]
    assert sum(one["state"] not in ("withdrawn", "refused") for one in confirmations) == 1


async def test_an_objection_while_somebody_decides_a_review_registers_nobody_past_it(office: Office) -> None:
    people = [await office.dweller() for _ in range(4)]
    reviews = [await held(office, who) for who in people]
    for who, review in zip(people, reviews, strict=True):
        objected, reviewed = await _all(office, _objects(office, who), _reviewed(office, review, "registered", "staff.1"))
        assert objected == 201
        assert reviewed in (200, 409, 412)
        stands = await office.stands(who)
        assert stands["state"] == ("contested" if reviewed == 200 else "review"), stands
        assert stands["rule"] == "S17"


async def test_one_letter_is_approved_once_however_many_approve_it(office: Office) -> None:
    people = [await office.dweller() for _ in range(3)]
    reviews = [await held(office, who) for who in people]
    for who, review in zip(people, reviews, strict=True):
        path = f"/registrations/{review['id']}/informationLetters"
        assert sorted(await _all(office, *(_asked(office, path, {"approvedBy": f"staff.{at}"}) for at in range(3)))) == [202, 409, 409]
        assert [notice["purpose"] for notice in await office.notices(who)] == ["informationLetter"]


async def _gone(office: Office, erasures: Sequence[Body]) -> None:
    async def done() -> bool:
        return {(await office.send("operator1", "GET", f"{_API}/erasures/{one['id']}"))["state"] for one in erasures} == {"done"}

    await eventually(done)
    await office.settled()


async def test_an_erasure_asked_for_twice_at_once_is_carried_out_and_told(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who)
    body = {"ssin": who.ssin, "ground": "art17Gdpr", "classes": ["dossier", "notice"], "requestedBy": "staff.1", "approvedBy": "staff.2"}
    asked = await asyncio.gather(*(_asked(office, "/erasures", body) for _ in range(3)))
    assert [answer.status_code for answer in asked] == [202, 202, 202]
    await _gone(office, [answer.json() for answer in asked])
    stands = await office.stands(who)
    assert stands["state"] == "registered"  # what was decided stays, without a name
    assert {notice["state"] for notice in await office.notices(who)} <= {"withdrawn", "relayed", "failed"}


async def test_an_erasure_and_a_review_at_once_register_nobody_without_a_name(office: Office) -> None:
    who = await office.dweller()
    review = await held(office, who)
    body = {"ssin": who.ssin, "ground": "art17Gdpr", "classes": ["dossier"], "requestedBy": "staff.1", "approvedBy": "staff.2"}
    erased, reviewed = await asyncio.gather(_asked(office, "/erasures", body), _reviewed(office, review, "registered", "staff.1"))
    await _gone(office, [erased.json()])
    assert reviewed.status_code in (200, 409, 412)
    stands = await office.stands(who)
    assert (stands["state"] == "registered") is (reviewed.status_code == 200)
    again = await _reviewed(office, stands, "registered", "staff.3", "staff.4")
    assert again.status_code in (409, 412)
