"""Recording: leaves without personal data, chains per notice, sealed openings, in the transaction of what happened."""

from uuid import uuid4

import pytest

from chassis.db import StatementFailed
from chassis.errors import OutsideClaim
from proof.leaves import EventLeaf
from proof.tree import leaf_hash
from services.notifications.evidence.record import record
from services.notifications.evidence.vocabulary import EventName
from tests.integration.evidence.house import LETTER, House


async def test_the_events_of_a_notice_form_a_chain_over_batches_and_within_one(house: House) -> None:
    notice, other = uuid4(), uuid4()
    first = house.event(0, notice)
    await house.record(first, house.event(1, other))
    second = house.event(0, notice, EventName.DISPATCH_INTENDED)
    await house.record(second, house.event(0, notice, EventName.RELAY_TO_NON_ERDS, answers=second.event_id, outcome={"code": "250"}))

    rows = await house.rows("SELECT seq, leaf FROM evidence_event WHERE notice_ref = :notice ORDER BY seq", {"notice": notice})
    leaves = [EventLeaf.parse(bytes(leaf)) for _, leaf in rows]
    assert [leaf.seq for leaf in leaves] == [seq for seq, _ in rows] == [1, 2, 3]
    assert [leaf.previous for leaf in leaves] == [None, *(leaf_hash(bytes(leaf)) for leaf in leaves[:2])]
    assert len({leaf.notice for leaf in leaves}) == 1
    assert leaves[0].notice != notice  # the log's name of a notice is used nowhere else
    assert leaves[2].answers == second.event_id


async def test_a_leaf_holds_nothing_of_the_person_and_the_opening_is_sealed(house: House) -> None:
    await house.record(house.event(0, files={"content": LETTER}, fields={"recipient": "Een Inwoner"}))
    [(leaf, box)] = await house.rows("SELECT leaf, box FROM evidence_event JOIN evidence_opening USING (event_id)")
    for clear in (b"nwoner", str(house.people[0]).encode(), LETTER.data):
        assert clear not in bytes(leaf)
        assert clear not in bytes(box)
    assert set(EventLeaf.parse(bytes(leaf)).commitments) == {"recipient", "content"}


async def test_a_person_outside_the_claim_cannot_be_written_about(house: House) -> None:
    async with house.units.open() as uow:
        await uow.take([house.people[1]])
        with pytest.raises(OutsideClaim):
            await record(uow, [house.event(0)])


async def test_what_is_rolled_back_is_not_logged(house: House) -> None:
    async def changes_its_mind() -> None:
        async with house.units.open() as uow:
            await uow.take([house.people[0]])
            await record(uow, [house.event(0)])
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await changes_its_mind()
    assert await house.rows("SELECT count(*) FROM evidence_queue") == [(0,)]


async def test_a_batch_of_any_size_costs_one_read_and_one_write(house: House) -> None:
    seen: list[str] = []
    async with house.units.open() as uow:
        await uow.take(house.people)
        uow.connection.driver.add_query_logger(lambda about: seen.append(about.query))
        await record(uow, [house.event(number % len(house.people)) for number in range(200)])
    assert len([query for query in seen if "evidence_event" in query]) == 2
    assert await house.rows("SELECT count(*) FROM evidence_queue") == [(200,)]


@pytest.mark.parametrize("table", ["evidence_event", "log_entry"])
async def test_nobody_changes_or_removes_what_was_recorded(house: House, table: str) -> None:
    await house.record(house.event(0))
    statements = {
        "evidence_event": ["UPDATE evidence_event SET seq = 2", "DELETE FROM evidence_event", "TRUNCATE evidence_event"],
        "log_entry": ["UPDATE log_entry SET idx = 2", "DELETE FROM log_entry", "TRUNCATE log_entry"],
    }
    for statement in statements[table]:
        with pytest.raises(StatementFailed, match="permission denied"):
            await house.rows(statement)  # the service's role has no such right
        with pytest.raises(StatementFailed, match="append-only"):
            await house.as_owner(statement)  # and the owner of the table meets the trigger
