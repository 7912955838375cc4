"""Whatever order the facts about a pupil come in, the end is the same once the sources are complete; so do files and races."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest

from tests.integration.house import Body, Person
from tests.integration.leavers.house import DIPLOMA, House

Tell: TypeAlias = Callable[[House, Person], Awaitable[object]]

_ORDERS = 7
_NDJSON = {"Content-Type": "application/x-ndjson"}

LEFT: Sequence[Tell] = (
    lambda house, who: house.enrols(who, version=1),
    lambda house, who: house.enrols(who, version=2, left_on="2026-06-30"),
    lambda house, who: house.enrols(who, version=3, left_on="2026-08-31"),
    lambda house, who: house.lives(who),
    lambda house, who: house.proves(who, category="Basisonderwijs", proofType="Getuigschrift"),
)
WENT_ON: Sequence[Tell] = (
    lambda house, who: house.enrols(who, left_on="2026-08-31"),
    lambda house, who: house.enrols(who, "2026-09-01", ref=f"{who.name}-next", version=1),
    lambda house, who: house.enrols(who, "2026-09-01", ref=f"{who.name}-next", version=2, left_on="2026-09-08"),
    lambda house, who: house.enrols(who, "2026-09-09", ref=f"{who.name}-other"),
)
QUALIFIED: Sequence[Tell] = (
    lambda house, who: house.enrols(who, left_on="2026-08-31"),
    lambda house, who: house.proves(who, version=1, ledStatus=10),
    lambda house, who: house.proves(who, version=2),
    lambda house, who: house.teaches_at_home(who, "2026-09-01"),
)
NO_LEAVE: Sequence[Tell] = (
    lambda house, who: house.enrols(who, version=1, left_on="2026-08-31"),
    lambda house, who: house.retracts(who, version=2),
    lambda house, who: house.changes(who, "numberUnknown", "2026-08-01"),
    lambda house, who: house.changes(who, "identity", "2026-08-02", familyName="Zorianyk"),
)
SENT_AGAIN: Sequence[Tell] = (
    lambda house, who: house.enrols(who, version=1, left_on="2026-08-31"),
    lambda house, who: house.deletes(who, version=2),
    lambda house, who: house.enrols(who, version=3, left_on="2026-08-31"),
)


async def ends_as(house: House, who: Person) -> list[tuple[object, ...]]:
    """What became of each school year, and what registration was told of it."""
    last = {one["schoolYear"]: one for one in await house.decisions(who)}
    kept = ("schoolYear", "outcome", "rule", "leftOn", "effectiveOn")
    told = {event.school_year: type(event).__name__ for event in await house.announced(who)}
    return [(*(one.get(name) for name in kept), told.get(year)) for year, one in sorted(last.items())]


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(LEFT, id="left"),
        pytest.param(WENT_ON, id="went on"),
        pytest.param(QUALIFIED, id="qualified"),
        pytest.param(NO_LEAVE, id="no leave, says the school"),
        pytest.param(SENT_AGAIN, id="deleted, and sent again"),
    ],
)
async def test_any_order_of_arrival_ends_like_the_order_of_events(house: House, story: Sequence[Tell]) -> None:
    await house.until("2026-09-10")
    chance = random.Random(20260910)
    orders = [list(story), *(chance.sample(list(story), len(story)) for _ in range(_ORDERS))]
    people = [house.someone() for _ in orders]

    async def tell(who: Person, order: Sequence[Tell]) -> None:
        for fact in order:
            await fact(house, who)

    await asyncio.gather(*(tell(who, order) for who, order in zip(people, orders, strict=True)))
    await house.until("2026-10-01")

    first, *others = [await ends_as(house, who) for who in people]
    for order, end in zip(orders[1:], others, strict=True):
        assert end == first, [story.index(fact) for fact in order]


def line(kind: str, reference: str, body: Body, operation: str = "put") -> bytes:
    """A line of a file."""
    return json.dumps({"operation": operation, "kind": kind, "reference": reference, **body}).encode()


async def results(house: House, *lines: bytes) -> list[tuple[str, str | None]]:
    """What became of each line of a file."""
    headers = {**_NDJSON}
    received = await house.ask("education", "POST", "/educationFeed/v1/factBatches", content=b"\n".join(lines), headers=headers)
    assert received.status_code == 202, received.text
    await house.settled()
    answer = await house.ask("education", "GET", f"{received.headers['Location']}/results")
    return [(one["result"], one.get("reason")) for one in map(json.loads, answer.text.splitlines())]


async def test_a_file_of_mixed_kinds_is_taken_in_line_by_line(house: House) -> None:
    goes_on, leaves, nobody = house.someone(), house.someone(), house.someone()
    proof = {
        "sourceVersion": 1,
        "ssin": leaves.ssin,
        "category": "Basisonderwijs",
        "proofType": "Getuigschrift",
        "proofState": "Eindbewijs",
    }
    proof |= {"authentic": True, "ledStatus": 1, "issuedOn": "2020-06"}
    found = await results(
        house,
        line("enrolment", "f-1", house.enrolment(goes_on, left_on="2026-08-31")),
        line("enrolment", "f-2", house.enrolment(goes_on, "2026-09-01")),
        line("enrolment", "f-3", house.enrolment(leaves, left_on="2026-08-31")),
        line("qualification", "f-4", proof),
        line("homeEducation", "f-5", {"sourceVersion": 1, "ssin": goes_on.ssin, "startsOn": "2020-09-01", "endsOn": "2021-06-30"}),
        line("enrolment", "f-6", house.enrolment(nobody) | {"ssin": "07631500100"}),
        line("enrolment", "f-7", {"sourceVersion": 2}, "delete"),
        line("enrolment", "f-3", {"sourceVersion": 2, "reason": "noLeaver"}, "retraction"),
        line("enrolment", "f-8", house.enrolment(nobody, unheardOf=1)),
    )
    assert [result for result, _ in found] == [
        *("waiting", "accepted", "accepted", "accepted", "accepted", "parked", "waiting", "withdrawn", "parked")
    ]
    assert found[5][1] == "invalidSsin"
    assert found[8][1] == "unknownField"

    await house.until("2026-10-01")
    assert await house.decided(goes_on) == ("continues", "S7")
    assert await house.decided(leaves) == ("withdrawn", "S6")
    assert await house.everything_announced() == []


async def test_two_schools_at_once_make_one_case(house: House) -> None:
    who = house.someone()
    names = [f"race-{number}" for number in range(12)]
    await asyncio.gather(*(house.enrols(who, ref=name, left_on=f"2026-08-{10 + number}") for number, name in enumerate(names)))
    await house.settled()
    assert len({one["caseId"] for one in await house.decisions(who)}) == 1
    assert (await house.decision(who))["leftOn"] == "2026-08-21"

    await house.until("2026-10-01")
    assert await house.words(who) == [("LeaverDetected", "detected")]
    assert {(await house.told(who, ref=name)) for name in names} == {("accepted", None)}


async def test_a_closure_and_the_end_of_its_window_at_once_make_one_announcement(house: House) -> None:
    people = [house.someone() for _ in range(8)]
    for who in people:
        await house.enrols(who, left_on="2026-08-31")
    await house.complete("2026-10-01")

    async def again(who: Person) -> None:
        await house.enrols(who, version=2, left_on="2026-08-30")

    await asyncio.gather(house.until("2026-10-01"), *(again(who) for who in people))
    await house.settled()
    for who in people:
        events = await house.announced(who)
        assert [event.version for event in events] == list(range(1, len(events) + 1))
        assert (await house.decision(who))["leftOn"] == "2026-08-30"
        assert events[-1].outcome == "detected"


async def test_what_a_file_corrects_in_itself_leaves_no_trace(house: House) -> None:
    """A late file holds a closure and its correction: whoever decided between the two would have somebody registered for nothing."""
    reopened, retracted, qualified = house.someone(), house.someone(), house.someone()
    await house.until("2026-10-02")

    lines = [line("enrolment", who.name, house.enrolment(who, left_on="2026-08-31")) for who in (reopened, retracted, qualified)]
    lines.append(line("enrolment", reopened.name, house.enrolment(reopened, version=2)))
    lines.append(line("enrolment", retracted.name, {"sourceVersion": 2, "reason": "noLeaver"}, operation="retraction"))
    lines.append(line("qualification", qualified.name, {"sourceVersion": 1, "ssin": qualified.ssin, **DIPLOMA}))
    told = await results(house, *lines)

    assert await house.everything_announced() == []
    assert [result for result, _ in told] == ["accepted", "accepted", "accepted", "withdrawn", "withdrawn", "accepted"]
    assert [await house.told(who) for who in (reopened, retracted)] == [("withdrawn", "reopened"), ("withdrawn", "noLeaver")]
    assert [await house.decided(who) for who in (retracted, qualified)] == [("withdrawn", "S6"), ("qualified", "S11a")]
