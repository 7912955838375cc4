"""What schools and the database of proofs say of one pupil, contradicting themselves and each other: in any order it ends the same."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.e2e.doors.stand import FAMILY_NAME, TODAY, Stand, leave, reference
from tests.e2e.doors.wrong_values import base

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEED = "/educationFeed/v1"
BORN = date(2005, 5, 17)
SPRING: Mapping[str, Any] = {"startsOn": "2025-09-01", "closure": {"endsOn": "2026-03-02", "reason": "E", "situationAfter": 5}}
OPEN: Mapping[str, Any] = {"startsOn": "2025-09-01", "closure": None}
DETECTED, CONTINUES, REVIEW = ("detected", "detected"), ("continues", "S7"), ("review", "S13")


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def complete(stand: Stand) -> None:
    """Every source of Education's says that it is complete up to today: an absence counts."""
    body = {"sourceVersion": 1, "state": "available", "completeUntil": TODAY.isoformat()}
    for source in ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led"):
        assert (await stand.ask("education", "PUT", f"{FEED}/sourceStates/{source}", json=body)).status_code == 201


async def puts(stand: Stand, kind: str, name: str, body: Mapping[str, Any]) -> tuple[str, str | None]:
    """What a door says of a record that fits."""
    return said(await stand.ask("education", "PUT", f"{FEED}/{kind}/{name}", json=body))


def said(answer: httpx.Response) -> tuple[str, str | None]:
    assert answer.is_success, answer.text
    return answer.json()["result"], answer.json().get("reason")


async def decided(stand: Stand, ssin: str) -> tuple[str, str] | None:
    """Outcome and rule of the feed's last decision about the leave of the spring."""
    await stand.settled()
    found = (await stand.ask("operator1", "POST", f"{FEED}/decisions/query", json={"ssin": ssin})).json()["items"]
    spring = [one for one in found if one["schoolYear"] == 2025]
    return (spring[-1]["outcome"], spring[-1]["rule"]) if spring else None


async def told(stand: Stand, name: str, kind: str = "enrolment") -> tuple[str, str | None, int]:
    """Result, reason and version of the current outcome of a record."""
    await stand.settled()
    found = (await stand.current_outcomes("education", "educationFeed"))[kind, name]
    return found["result"], found.get("reason"), found["sourceVersion"]


async def registration_decided(stand: Stand, ssin: str) -> Sequence[Mapping[str, Any]]:
    """What registration made of it; nothing where it never heard of the leave."""
    found: Sequence[Mapping[str, Any]] = (
        await stand.ask("operator1", "POST", "/registration/v1/decisions/query", json={"ssin": ssin})
    ).json()["items"]
    return found


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_m16_a_closure_that_was_taken_back_is_no_leave_in_whatever_order_both_arrive(stand: Stand, order: Sequence[int]) -> None:
    ssin, name = stand.person(BORN), reference()
    versions = [leave(ssin, 1, **OPEN), leave(ssin, 2, **SPRING), leave(ssin, 3, **OPEN)]
    for number in order:
        await puts(stand, "enrolments", name, versions[number])
    assert await decided(stand, ssin) in {("withdrawn", "S6"), None}
    assert (await told(stand, name))[0::2] in {("withdrawn", 3), ("accepted", 3)}
    assert all(one["outcome"] != "registered" for one in await registration_decided(stand, ssin))
    await stand.leaks_nothing(ssin, FAMILY_NAME)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_m16_a_closure_that_stands_again_is_a_leave_in_whatever_order_all_arrive(stand: Stand, order: Sequence[int]) -> None:
    ssin, name = stand.person(BORN), reference()
    versions = [
        leave(ssin, 1, **SPRING),
        leave(ssin, 2, **OPEN),
        leave(ssin, 3, **{**SPRING, "closure": {"endsOn": "2026-04-01", "reason": "E"}}),
    ]
    for number in order:
        await puts(stand, "enrolments", name, versions[number])
    assert await decided(stand, ssin) == DETECTED
    assert await told(stand, name) == ("accepted", None, 3)
    await stand.unharmed()


@pytest.mark.parametrize("closed_first", [True, False])
async def test_of_two_schools_the_one_that_still_has_the_pupil_ends_the_leave_of_the_other(stand: Stand, closed_first: bool) -> None:
    ssin, left, stays = stand.person(BORN), reference(), reference()
    bodies = [(left, leave(ssin, **SPRING)), (stays, leave(ssin, institution="125252", **OPEN))]
    for name, body in bodies if closed_first else reversed(bodies):
        await puts(stand, "enrolments", name, body)
    # Reported after the window, an enrolment that began before it ended is a correction (S6).
    expected = ("withdrawn", "S6") if closed_first else CONTINUES
    assert await decided(stand, ssin) == expected
    assert (await told(stand, stays))[0] == "accepted"
    await puts(stand, "enrolments", stays, leave(ssin, 2, institution="125252", **{**SPRING, "closure": {"endsOn": "2026-05-04"}}))
    assert (await told(stand, stays))[0] in {"held", "accepted"}
    await stand.unharmed()


async def test_m16_a_version_that_comes_late_changes_nothing(stand: Stand) -> None:
    ssin, name = stand.person(BORN), reference()
    assert await puts(stand, "enrolments", name, leave(ssin, 5, **SPRING)) == ("accepted", None)
    assert await puts(stand, "enrolments", name, leave(ssin, 3, **OPEN)) == ("duplicate", "superseded")
    for late in ("DELETE", "POST"):
        path = f"{FEED}/enrolments/{name}" + ("" if late == "DELETE" else "/retractions")
        how: dict[str, Any] = {"params": {"sourceVersion": 4}} if late == "DELETE" else {"json": {"sourceVersion": 2, "reason": "noLeaver"}}
        assert said(await stand.ask("education", late, path, **how)) == ("duplicate", "superseded")
    assert await decided(stand, ssin) == DETECTED
    assert await told(stand, name) == ("accepted", None, 5)


@pytest.mark.parametrize("early", ["retraction", "delete"])
async def test_a_leave_that_was_taken_back_before_it_arrived_is_none_on_arrival(stand: Stand, early: str) -> None:
    ssin, name = stand.person(BORN), reference()
    path = f"{FEED}/enrolments/{name}"
    if early == "retraction":
        first = await stand.ask("education", "POST", f"{path}/retractions", json={"sourceVersion": 2, "reason": "noLeaver"})
    else:
        first = await stand.ask("education", "DELETE", path, params={"sourceVersion": 2})
    assert said(first) == ("waiting", None)
    assert await told(stand, name) == ("waiting", None, 2)
    await puts(stand, "enrolments", name, leave(ssin, 1, **SPRING))
    assert await told(stand, name) == ("withdrawn", "noLeaver" if early == "retraction" else "deleted", 2)
    assert await decided(stand, ssin) in {("withdrawn", "S6"), None}
    assert await registration_decided(stand, ssin) == []


@pytest.mark.parametrize("kind", ["qualification", "homeEducation"])
async def test_a_deletion_of_what_nobody_sent_waits_and_takes_it_back_on_arrival(stand: Stand, kind: str) -> None:
    ssin, left, name = stand.person(BORN), reference(), reference()
    path = f"{FEED}/{kind}s/{name}"
    assert said(await stand.ask("education", "DELETE", path, params={"sourceVersion": 2})) == ("waiting", None)
    await puts(stand, f"{kind}s", name, base(f"{kind}s", ssin))
    assert (await told(stand, name, kind))[0::2] == ("withdrawn", 2)
    await puts(stand, "enrolments", left, leave(ssin, **SPRING))
    assert await decided(stand, ssin) == DETECTED, "what was taken back proves nothing"


async def test_a_pupil_the_register_does_not_know_is_parked_in_every_record_until_it_does(stand: Stand) -> None:
    ssin, name, proof = stand.person(BORN), reference(), reference()
    change = {"sourceVersion": 1, "ssin": ssin, "kind": "numberUnknown", "on": "2026-01-05"}
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", change)
    await stand.settled()
    await puts(stand, "enrolments", name, leave(ssin, **SPRING))
    await puts(stand, "qualifications", proof, base("qualifications", ssin) | {"category": "Basisonderwijs"})
    assert (await told(stand, name))[:2] == (await told(stand, proof, "qualification"))[:2] == ("parked", "unknownPerson")
    assert await registration_decided(stand, ssin) == []
    known = change | {"kind": "identity", "on": "2026-02-05", "familyName": FAMILY_NAME}
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", known)
    assert (await told(stand, name))[:2] == (await told(stand, proof, "qualification"))[:2] == ("accepted", None)
    assert await decided(stand, ssin) == DETECTED
    await stand.leaks_nothing(ssin, FAMILY_NAME)


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "Iets nieuws"},
        {"proofType": "Microcredential"},
        {"proofState": "Halfbewijs"},
        {"ledStatus": 5},
        {"country": "XKX"},
        {"country": "FRA", "equivalence": "recognised", "vksLevel": 3},
        {"category": "Secundair onderwijs", "proofType": "Studiegetuigschrift", "stage": "4de graad", "educationForm": "XSO"},
        {"authentic": False},
    ],
)
async def test_a_proof_in_words_that_no_table_knows_is_for_a_person_and_never_unqualified(stand: Stand, changed: dict[str, Any]) -> None:
    ssin, name = stand.person(BORN), reference()
    await puts(stand, "qualifications", reference(), base("qualifications", ssin) | changed)
    await puts(stand, "enrolments", name, leave(ssin, **SPRING))
    assert await decided(stand, ssin) == REVIEW
    assert (await told(stand, name))[0] == "held"
    await stand.unharmed()


async def test_a_pupil_who_is_said_to_be_in_two_school_years_by_one_record_has_one_leave(stand: Stand) -> None:
    ssin, name = stand.person(BORN), reference()
    await puts(stand, "enrolments", name, leave(ssin, 1, schoolYear=2025, **SPRING))
    assert await decided(stand, ssin) == DETECTED
    later = leave(ssin, 2, **{**SPRING, "startsOn": "2025-09-01", "closure": {"endsOn": "2026-09-15", "reason": "E"}}, schoolYear=2026)
    await puts(stand, "enrolments", name, later)
    assert await decided(stand, ssin) == ("withdrawn", "S6"), "the leave of the year it was first said to be in"
    assert (await told(stand, name))[2] == 2
