"""Whatever order the facts about a person come in, once the registers say that they are complete the end is the same."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import pytest

from tests.integration.house import BRUSSELS_CITY, FLANDERS, Body, Person
from tests.integration.newcomers.house import WORKER, House

Tell: TypeAlias = Callable[[House, Person], Awaitable[object]]

_ORDERS = 9
_ASKS_NOTHING = Body(ground="other", validFrom="2020-01-01", rightToWork=False)

MOVED_AND_CORRECTED: Sequence[Tell] = (
    lambda house, who: house.lives(who, BRUSSELS_CITY, on="2025-01-05"),
    lambda house, who: house.lives(who, FLANDERS, on="2026-10-14"),
    lambda house, who: house.participant(who, _ASKS_NOTHING, version=1),
    lambda house, who: house.participant(who, WORKER, version=2),
    lambda house, who: house.contract(who, "2026-10-05", version=1),
    lambda house, who: house.contract(who, "2026-10-12", version=2),
)
STOPPED_AND_RESUMED: Sequence[Tell] = (
    lambda house, who: house.lives(who),
    lambda house, who: house.participant(who),
    lambda house, who: house.contract(who, "2026-10-12", version=1),
    lambda house, who: house.ends(who, "stopped", "2026-10-15", version=2),
    lambda house, who: house.contract(who, "2026-10-12", version=3),
    lambda house, who: house.contract(who, "2026-10-12", by="atlas"),
)
DELETED_SENT_AGAIN_AND_KNOWN: Sequence[Tell] = (
    lambda house, who: house.changes(who, "numberUnknown", "2026-09-01"),
    lambda house, who: house.changes(who, "identity", "2026-09-02", familyName="Zorianyk"),
    lambda house, who: house.lives(who, on="2026-09-02"),
    lambda house, who: house.participant(who),
    lambda house, who: house.contract(who, "2026-10-12", version=1),
    lambda house, who: house.deletes(who, version=2),
    lambda house, who: house.contract(who, "2026-10-13", version=3),
    lambda house, who: house.jobseeker(who, "2026-06-01"),
)
STOPPED_AND_BEGUN_ANEW: Sequence[Tell] = (
    lambda house, who: house.lives(who, on="2025-01-05"),
    lambda house, who: house.changes(who, "struckOff", "2026-08-01"),
    lambda house, who: house.lives(who, on="2026-09-01"),
    lambda house, who: house.participant(who),
    lambda house, who: house.participant(who, by="atlas"),
    lambda house, who: house.contract(who, "2026-09-20", version=1),
    lambda house, who: house.ends(who, "stopped", "2026-10-05", version=2),
    lambda house, who: house.contract(who, "2026-10-12", by="atlas"),
)
TWO_DATES_AND_WORK: Sequence[Tell] = (
    lambda house, who: house.lives(who),
    lambda house, who: house.participant(who),
    lambda house, who: house.works(who, "2026-01-01", version=1),
    lambda house, who: house.works(who, "2026-01-01", "2026-10-01", version=2),
    lambda house, who: house.contract(who, "2026-10-05"),
    lambda house, who: house.contract(who, "2026-10-12", by="atlas"),
)
DIED: Sequence[Tell] = (
    lambda house, who: house.lives(who),
    lambda house, who: house.participant(who),
    lambda house, who: house.contract(who, "2026-10-12"),
    lambda house, who: house.changes(who, "death", "2026-10-16"),
    lambda house, who: house.changes(who, "identity", "2026-10-17", familyName="Zorianyk"),
)


async def ends_as(house: House, who: Person) -> Body:
    """What became of a person, apart from what only the way there explains."""
    kept = await house.obligation(who)
    same = ("state", "outcome", "rule", "anchorOn", "registeredOn", "flags", "agency", "reasons")
    terms = [(term["dueOn"], term["state"]) for term in kept["terms"] if term["state"] != "closed"]
    return Body({name: kept.get(name) for name in same}, registered=await house.registered(who), terms=terms)


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(MOVED_AND_CORRECTED, id="moved and corrected"),
        pytest.param(STOPPED_AND_RESUMED, id="stopped and resumed"),
        pytest.param(DELETED_SENT_AGAIN_AND_KNOWN, id="deleted, sent again, registered already"),
        pytest.param(STOPPED_AND_BEGUN_ANEW, id="stopped and begun anew"),
        pytest.param(TWO_DATES_AND_WORK, id="two dates and work that ended"),
        pytest.param(DIED, id="died"),
    ],
)
async def test_any_order_of_arrival_ends_like_the_order_of_events(house: House, story: Sequence[Tell]) -> None:
    await house.registers_complete("2026-10-01")
    chance = random.Random(20261020)
    orders = [list(story), *(chance.sample(list(story), len(story)) for _ in range(_ORDERS))]
    people = [house.someone() for _ in orders]

    async def tell(who: Person, order: Sequence[Tell]) -> None:
        settles = chance.random() < 0.5  # some arrivals are heard everywhere before the next, some are not
        for fact in order:
            await fact(house, who)
            if settles:
                await house.settled()

    await asyncio.gather(*(tell(who, order) for who, order in zip(people, orders, strict=True)))
    await house.registers_complete("2026-10-20")
    await house.settled()

    first, *others = [await ends_as(house, who) for who in people]
    for order, end in zip(orders[1:], others, strict=True):
        assert end == first, [story.index(fact) for fact in order]
