"""What carriers say comes twice, late, in any order and from two machines at once: a delivery ends the same, and has one effect or none."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from contracts.notification import EffectEstablished, EffectRevoked
from contracts.registry import Event
from tests.integration.notifications.carriers import leaves_of, tells
from tests.integration.notifications.office import Office

_PRINTED = {"event": "printed"}
_POSTED = {"event": "posted", "proof": "post:4711"}
_PRESENTED = {"event": "presented"}
_DELIVERED = {"event": "delivered"}
_RETURNED = {"event": "returned", "reason": "moved"}
_TERM = {"started": True, "from": "2026-06-23", "lastDay": "2026-09-23"}

Body = dict[str, Any]


async def _letters(office: Office, count: int) -> list[UUID]:
    """So many people's letters in the print folder, as deliveries, a person each."""
    await office.hears(*[await office.registered(person) for person in range(count)])
    async with office.at_work():
        await office.settled()
    people = {row[0]: row[1] for row in await office.rows("SELECT person_id, delivery_id FROM delivery")}
    return [people[person] for person in office.people[:count]]


async def _tells(office: Office, delivery: UUID, answers: Sequence[Body]) -> list[int]:
    """The carrier says these, one after the other; how many each moved."""
    return [(await tells(office, deliveryId=str(delivery), **answer))["moved"] for answer in answers]


async def _seen(office: Office, delivery: UUID) -> Body:
    """The notice of this delivery, as its sender reads it, without what differs from person to person."""
    [(notice,)] = await office.rows("SELECT notice_id FROM delivery WHERE delivery_id = :id", {"id": delivery})
    async with office.calling() as vdab:
        found: Body = (await vdab.get(f"/notification/v1/notices/{notice}")).raise_for_status().json()
    return {name: found.get(name) for name in ("state", "legalEffect", "appealTerm")} | {"tasks": [task["kind"] for task in found["tasks"]]}


async def _effects(office: Office, person: int) -> list[type[Event]]:
    """What was announced of the effect of a person's notice, in order."""
    told = [event for event in await office.announced() if isinstance(event, EffectEstablished | EffectRevoked)]
    return [type(event) for event in told if event.person_id == office.people[person]]


async def test_a_letter_that_came_back_ends_so_whatever_order_its_answers_come_in(office: Office) -> None:
    orders = list(permutations([_PRINTED, _POSTED, _RETURNED]))
    deliveries = await _letters(office, len(orders))
    for delivery, order in zip(deliveries, orders, strict=True):
        await _tells(office, delivery, order)
    for person, (delivery, order) in enumerate(zip(deliveries, orders, strict=True)):
        seen = await _seen(office, delivery)
        assert (seen["state"], seen["legalEffect"]["effective"], seen["appealTerm"]) == ("returned", False, None), order
        assert seen["tasks"] == ["contactDataOutdated"], order
        both = order.index(_POSTED) < order.index(_RETURNED)
        assert await _effects(office, person) == ([EffectEstablished, EffectRevoked] if both else []), order


async def test_the_same_answers_told_twice_in_a_row_or_all_over_again_are_as_if_told_once(office: Office) -> None:
    way = [_PRINTED, _POSTED, _PRESENTED, _DELIVERED]
    once, each_twice, all_again, shuffled = await _letters(office, 4)
    chance = random.Random(20260622)
    again = chance.sample(way * 2, len(way) * 2)
    assert await _tells(office, once, way) == [1, 1, 1, 1]
    assert await _tells(office, each_twice, [answer for answer in way for _ in range(2)]) == [1, 0] * 4
    assert await _tells(office, all_again, way * 2) == [1, 1, 1, 1, 0, 0, 0, 0]
    assert await _tells(office, shuffled, way + again) == [1, 1, 1, 1] + [0] * len(again)
    expected = await _seen(office, once)
    assert (expected["state"], expected["appealTerm"]) == ("delivered", _TERM)
    for delivery in (each_twice, all_again, shuffled):
        assert await _seen(office, delivery) == expected
    assert [await _effects(office, person) for person in range(4)] == [[EffectEstablished]] * 4


async def test_one_posting_told_by_two_machines_at_the_same_moment_has_one_effect(office: Office) -> None:
    deliveries = await _letters(office, 6)
    told = await asyncio.gather(*(_tells(office, delivery, [_POSTED]) for delivery in deliveries for _ in range(3)))
    assert [sum(moved for (moved,) in told[at : at + 3]) for at in range(0, len(told), 3)] == [1] * len(deliveries)
    assert [await _effects(office, person) for person in range(len(deliveries))] == [[EffectEstablished]] * len(deliveries)
    told_of = [(event, channel) for event, channel, _ in await leaves_of(office)]
    assert len(told_of) == 4 * len(deliveries)  # accepted, intended, handed over, posted
    assert all(told_of.count(one) == len(deliveries) for one in told_of)


async def test_a_posting_and_a_return_at_the_same_moment_leave_no_effect(office: Office) -> None:
    deliveries = await _letters(office, 6)
    await asyncio.gather(*(_tells(office, delivery, [answer]) for delivery in deliveries for answer in (_POSTED, _RETURNED)))
    for person, delivery in enumerate(deliveries):
        seen = await _seen(office, delivery)
        assert (seen["state"], seen["legalEffect"]["effective"]) == ("returned", False)
        assert await _effects(office, person) in ([], [EffectEstablished, EffectRevoked])


async def test_the_answers_of_a_batch_and_of_each_of_its_letters_at_once_move_each_letter_once(office: Office) -> None:
    deliveries = await _letters(office, 5)
    [(batch,)] = await office.rows("SELECT DISTINCT batch_id FROM delivery")
    by_one = [tells(office, deliveryId=str(delivery), **_POSTED) for delivery in deliveries]
    told = await asyncio.gather(tells(office, batchId=str(batch), **_POSTED), *by_one)
    assert [answer["named"] for answer in told] == [5, 1, 1, 1, 1, 1]
    assert sum(answer["moved"] for answer in told) == 5
    assert [await _effects(office, person) for person in range(5)] == [[EffectEstablished]] * 5


async def test_a_posting_told_again_with_its_proof_counts_from_then_on(office: Office) -> None:
    """The print house first says when, and gives the proof of the same posting once the post has signed for it."""
    (delivery,) = await _letters(office, 1)
    bare = {"event": "posted"}
    assert await _tells(office, delivery, [bare, bare, _POSTED, _POSTED]) == [0, 0, 1, 0]
    assert (await _seen(office, delivery))["appealTerm"] == _TERM


async def test_effect_is_of_the_day_of_posting_however_late_it_is_told(office: Office) -> None:
    late, later = await _letters(office, 2)
    posted_at = office.clock.now().isoformat()
    office.clock.move(office.clock.now() + timedelta(days=40), office.clock.generation + 1)
    await tells(office, deliveryId=str(late), at=posted_at, **_POSTED)
    assert (await _seen(office, late))["appealTerm"] == _TERM
    await tells(office, deliveryId=str(later), **_POSTED)
    assert (await _seen(office, later))["appealTerm"] == {"started": True, "from": "2026-08-02", "lastDay": "2026-11-02"}


_DAYS = [  # posted at, effect, last day of appeal
    ("2026-06-20T21:59:59Z", "2026-06-21", "2026-09-21"),  # a second before midnight in Brussels
    ("2026-06-20T22:00:00Z", "2026-06-22", "2026-09-22"),  # midnight in Brussels
    ("2026-01-30T22:59:59Z", "2026-01-31", "2026-04-30"),  # clipped at the end of April
    ("2026-01-30T23:00:00Z", "2026-02-01", "2026-05-04"),  # 1 May is a holiday before a weekend
    ("2026-03-28T22:59:59Z", "2026-03-29", "2026-06-29"),  # the night the clock goes forward
    ("2025-10-25T22:30:00Z", "2025-10-27", "2026-01-27"),  # the night it goes back
    ("2024-02-28T12:00:00Z", "2024-02-29", "2024-05-29"),  # a leap day
    ("2023-11-29T12:00:00Z", "2023-11-30", "2024-02-29"),  # and a term that ends on one
]


async def test_the_day_after_posting_and_the_last_day_are_of_the_brussels_calendar(office: Office) -> None:
    deliveries = await _letters(office, len(_DAYS))
    for delivery, (posted_at, effective_on, last_day) in zip(deliveries, _DAYS, strict=True):
        await tells(office, deliveryId=str(delivery), at=posted_at, **_POSTED)
        expected = {"started": True, "from": effective_on, "lastDay": last_day}
        assert (await _seen(office, delivery))["appealTerm"] == expected, posted_at
