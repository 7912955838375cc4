"""Two replicas at once: both read a record, both dispatch, one withdraws what the other sends; a person gets one letter or none."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import permutations
from typing import Any

from chassis.batch import BatchRunner
from contracts.notification import NoticeSubmitted, NoticeWithdrawn
from contracts.people import Address
from contracts.registry import Event
from services.notifications.consumers import on
from services.notifications.main import dispatcher
from tests.integration.notifications.office import HOME, Office
from tests.integration.notifications.reaching import API, key
from vault.custody import VaultCustody

_SECOND_HOME = Address(street="Korenmarkt", number="7", post_code="9000", municipality="Gent")
Say = Callable[[Office, int], Awaitable[Event]]


async def _signed_letters(office: Office, count: int) -> None:
    """So many people's letters, each under a checkpoint, none of them sent."""
    await office.hears(*[await office.registered(person) for person in range(count)])
    async with office.sequencing():
        await office.signed()


async def _states(office: Office) -> list[tuple[str, str]]:
    """Each notice beside its delivery."""
    rows = await office.rows("SELECT n.state, d.state FROM notice n JOIN delivery d USING (notice_id) ORDER BY n.notice_id")
    return [(notice, delivery) for notice, delivery in rows]


async def test_two_dispatchers_that_both_think_they_lead_hand_over_each_letter_once(office: Office) -> None:
    await _signed_letters(office, 8)
    both = [dispatcher(office.parts), dispatcher(office.parts)]
    await asyncio.gather(*(one.round() for one in both))
    assert len(office.letters()) == 8
    assert await _states(office) == [("relayed", "relayed")] * 8
    told = await office.rows("SELECT count(*) FROM evidence_event WHERE notice_ref IS NOT NULL")
    assert told == [(3 * 8,)]  # accepted, intended, handed over: an outcome that is told twice is kept once


async def test_a_withdrawal_and_a_dispatch_at_the_same_moment_end_in_a_letter_or_a_withdrawal_never_in_both(office: Office) -> None:
    await _signed_letters(office, 8)
    ids = await office.notice_ids()
    async with office.calling() as vdab:

        async def withdraws(notice: object) -> int:
            answer = await vdab.post(f"{API}/notices/{notice}/withdrawals", json={"reason": "withdrawnBySource"}, headers=key())
            return answer.status_code

        answers, _ = await asyncio.gather(asyncio.gather(*map(withdraws, ids)), dispatcher(office.parts).round())
    expected = {201: ("withdrawn", "withdrawn"), 409: ("relayed", "relayed")}
    assert await _states(office) == [expected[answer] for answer in answers]
    assert len(office.letters()) == answers.count(409)
    withdrawn = [event for event in await office.announced() if isinstance(event, NoticeWithdrawn)]
    assert len(withdrawn) == answers.count(201)


async def test_two_withdrawals_at_the_same_moment_are_one(office: Office) -> None:
    await _signed_letters(office, 1)
    [notice] = await office.notice_ids()
    async with office.calling() as vdab:
        path = f"{API}/notices/{notice}/withdrawals"
        answers = await asyncio.gather(*(vdab.post(path, json={"reason": "withdrawnBySource"}, headers=key()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert sum(isinstance(event, NoticeWithdrawn) for event in await office.announced()) == 1


async def test_one_record_that_two_replicas_read_at_the_same_moment_makes_one_notice(office: Office) -> None:
    """A group that is shared out anew lets two replicas hold the same records for a while (`mechanics.md` 1)."""
    records = [office._record(await office.registered(person)) for person in range(6)]
    survivors = office.parts.get(VaultCustody).survivors
    replicas = [BatchRunner(on, office.units, office.parts.metrics, survivors) for _ in range(3)]
    await asyncio.gather(*(replica.run(records) for replica in replicas))
    assert await office.rows("SELECT count(*) FROM notice") == [(6,)]
    assert sum(isinstance(event, NoticeSubmitted) for event in await office.announced()) == 6
    assert await office.rows("SELECT count(*) FROM parked") == [(0,)]
    async with office.at_work():
        await office.settled()
    assert len(office.letters()) == 6


async def test_the_same_notice_submitted_twice_at_the_same_moment_is_one(office: Office) -> None:
    body = {
        "ssin": office.numbers[3].value,
        "familyName": "Öztürk",
        "address": HOME.model_dump(by_alias=True, exclude_none=True),
        "purpose": "informationLetter",
        "period": "2026",
        "subject": "Informatie",
        "paragraphs": ["Een zin."],
    }
    async with office.calling() as vdab:
        answers = await asyncio.gather(*(vdab.post(f"{API}/notices", json=body, headers=key()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def _moves(office: Office, person: int) -> Event:
    return await office.moved(person, HOME, version=2)


async def _moved_before(office: Office, person: int) -> Event:
    return await office.moved(person, _SECOND_HOME, version=1)


async def _is_reminded(office: Office, person: int) -> Event:
    return await office.reminder(person)


async def _dies(office: Office, person: int) -> Event:
    return office.died(person)


async def _in_every_order(office: Office, story: Sequence[Say], *, twice: bool = False) -> list[int]:
    """A person for each order of this story, all heard and sent; the people in use. With `twice`, each record comes again somewhere."""
    chance = random.Random(20260622)
    orders = list(permutations(story))
    for person, order in enumerate(orders):
        events = [await say(office, person) for say in order]
        records = [office._record(event) for event in events]
        if twice:
            for record in list(records):
                records.insert(chance.randint(records.index(record) + 1, len(records)), record)
        for record in records:  # a batch each: what another service says comes between
            assert await office.runner.run([record]) == 0
    async with office.at_work():
        await office.settled()
    return list(range(len(orders)))


async def _ends(office: Office) -> list[tuple[Any, ...]]:
    """How each person's notices and tasks stand, by person; only what may not depend on the order."""
    rows = await office.rows("""
        SELECT p.person_id, (SELECT array_agg(state ORDER BY state) FROM notice n WHERE n.person_id = p.person_id),
               (SELECT count(*) FROM notice_task t JOIN notice n USING (notice_id) WHERE n.person_id = p.person_id AND t.closed_at IS NULL)
        FROM (SELECT DISTINCT person_id FROM notice) AS p
    """)
    return [tuple(row[1:]) for row in rows]


async def test_a_reminder_and_two_moves_in_any_order_are_one_letter_and_no_open_task(office: Office) -> None:
    people = await _in_every_order(office, [_is_reminded, _moved_before, _moves], twice=True)
    assert await _ends(office) == [(["relayed"], 0)] * len(people)
    assert len(office.letters()) == len(people)


async def test_whoever_died_is_sent_nothing_whatever_came_before_or_after(office: Office) -> None:
    """Registrations and reminders come over two topics, so that a death may come before the reminder that was announced earlier."""
    people = await _in_every_order(office, [_is_reminded, _moves, _dies], twice=True)
    assert office.letters() == [], people
    assert all(tasks == 0 and set(states) <= {"withdrawn"} for states, tasks in await _ends(office))


async def test_a_registration_that_was_parked_while_the_person_died_is_redriven_to_no_letter(office: Office) -> None:
    """A death passes what is parked, because it stops things; the record that waited carries an address of its own."""
    living, late = await office.registered(1), await office.registered(0)
    await office.hears(office.died(0))
    await office.hears(late, living)
    async with office.at_work():
        await office.settled()
    assert len(office.letters()) == 1
    assert await office.rows("SELECT person_id, state, reasons FROM notice ORDER BY state") == [
        (office.people[1], "relayed", []),
        (office.people[0], "withdrawn", ["deceased"]),
    ]


async def test_who_died_before_a_merge_was_heard_of_is_told_nothing_under_either_number(office: Office) -> None:
    await office.hears(office.died(1))
    await office.merges()
    await office.hears(await office.registered(0), await office.reminder(1))
    async with office.at_work():
        await office.settled()
    assert office.letters() == []
    assert await office.rows("SELECT state, reasons FROM notice") == [("withdrawn", ["deceased"])] * 2


async def test_a_death_that_the_register_takes_back_lets_letters_go_again(office: Office) -> None:
    await office.hears(office.died(0))
    await office.hears(await office.moved(0, HOME, version=10))
    await office.hears(await office.registered(0), await office.reminder(0))
    async with office.at_work():
        await office.settled()
    assert len(office.letters()) == 2
