"""What waits together is taken together, and nobody pays for another's failure."""

import asyncio
from collections.abc import Sequence

import pytest

from chassis.errors import DatabaseUnavailable
from chassis.intake.collector import Collector
from chassis.intake.kinds import Command, FactBody, FactKind, Taken
from chassis.intake.replies import Reply, Told
from chassis.uow import UnitOfWork


async def nothing(_uow: UnitOfWork, _taken: Sequence[Taken[FactBody]]) -> None:
    """Has no effect."""


KIND = FactKind("contract", "contracts", FactBody, "x.write", nothing, lambda _body: None)


def command(reference: str) -> Command:
    return Command("0999990123", "someone", KIND, reference, 1, "delete")


class Database:
    """Remembers the groups it took; `bad` breaks its group, `away` is when nothing works."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.away = False

    async def take(self, commands: Sequence[Command], _correlation_id: str | None) -> Sequence[Reply]:
        await asyncio.sleep(0)
        self.groups.append([one.reference for one in commands])
        if self.away:
            raise DatabaseUnavailable("test")
        if any(one.reference == "bad" for one in commands):
            raise ValueError("bad")
        return [Told("accepted", one.reference) for one in commands]


async def ask(collector: Collector, database: Database, *references: str) -> list[Reply | BaseException]:
    asked = (collector.hand_in(database.take, command(reference)) for reference in references)
    async with asyncio.timeout(5):
        return await asyncio.gather(*asked, return_exceptions=True)


async def test_m14_what_waits_while_others_are_taken_goes_together() -> None:
    database = Database()
    replies = await ask(Collector(), database, *map(str, range(10)))
    assert replies == [Told("accepted", str(number)) for number in range(10)]
    assert len(database.groups) <= 3


async def test_m14_a_failure_answers_its_own_sender_only() -> None:
    replies = await ask(Collector(), Database(), "a", "b", "bad", "c")
    assert [type(reply) for reply in replies] == [Told, Told, ValueError, Told]


async def test_m14_while_the_database_is_away_nobody_is_tried_again() -> None:
    database = Database()
    database.away = True
    replies = await ask(Collector(), database, "a", "b", "c")
    assert [type(reply) for reply in replies] == [DatabaseUnavailable] * 3
    assert sorted(reference for group in database.groups for reference in group) == ["a", "b", "c"]


async def test_m14_whoever_comes_just_as_the_last_worker_ends_is_served() -> None:
    collector, database = Collector(), Database()
    for pause in range(12):
        first = asyncio.gather(*(collector.hand_in(database.take, command(f"{pause}-{number}")) for number in range(4)))
        for _ in range(pause):
            await asyncio.sleep(0)
        assert await ask(collector, database, "late") == [Told("accepted", "late")]
        await first


async def test_m14_one_who_hangs_up_is_taken_all_the_same() -> None:
    collector, database = Collector(), Database()
    leaving = asyncio.create_task(collector.hand_in(database.take, command("leaving")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await ask(collector, database, "staying") == [Told("accepted", "staying")]
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert sorted(reference for group in database.groups for reference in group) == ["leaving", "staying"]
