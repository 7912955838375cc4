"""The one way in for facts: a batch of commands becomes versions, effects and outcomes in one unit of work."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from chassis.clock import local_date
from chassis.intake import digest
from chassis.intake.intake import Content, Intake
from chassis.intake.kinds import Command
from chassis.intake.order import PUT
from chassis.intake.replies import Refused, Reply, Told
from chassis.intake.taking import Barred, Prepared, Taking
from chassis.merging import Whole
from chassis.uow import UnitOfWork
from contracts.errors import InvalidIdentifier
from contracts.sealed import Sealed

__all__ = ["Also", "Refused", "Reply", "Told", "take", "take_one"]

# Something to be written in the unit that takes the commands, with the reply to each.
Also: TypeAlias = Callable[[UnitOfWork, Sequence[Reply]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Read:
    """A command with its content in canonical form and the person it names."""

    command: Command
    said: bytes
    whole: Whole | None


async def take(
    intake: Intake,
    commands: Sequence[Command],
    *,
    batch_id: UUID | None = None,
    correlation_id: str | None = None,
    also: Also | None = None,
) -> list[Reply]:
    """Take these commands in, in their order; the reply to each.

    Raises:
        Unavailable: the database or the vault is away; nothing was taken, and the same commands may be sent again.
    """
    # Whatever names a person or tells of one may come in only under a valid protocol (`mechanics.md` 20): without one it is not even
    # looked up. Who takes a record back or ends it is always heard.
    await intake.units.protocols.refresh(intake.units.database)
    today = local_date(intake.units.clock.now())
    closed = {flow for flow in {command.kind.flow for command in commands} if flow and not intake.units.protocols.active(flow, today)}
    barred = {number for number, command in enumerate(commands) if command.kind.flow in closed and _barred(intake, command)}
    free = iter(await _prepared(intake, [command for number, command in enumerate(commands) if number not in barred]))
    prepared = [_bar(intake.key, command) if number in barred else next(free) for number, command in enumerate(commands)]
    async with intake.units.open(correlation_id) as uow:
        replies = await Taking(intake, uow, batch_id).run(prepared)
        if also is not None:
            await also(uow, replies)
    intake.recorded.set()
    intake.metrics.count("accepted", sum(isinstance(reply, Told) for reply in replies))
    return replies


async def take_one(intake: Intake, command: Command, correlation_id: str | None = None) -> Reply:
    """Take one command in, together with whatever else waits at the doors."""

    async def group(commands: Sequence[Command], correlation_id: str | None) -> Sequence[Reply]:
        return await take(intake, commands, correlation_id=correlation_id)

    return await intake.collector.hand_in(group, command, correlation_id)


def _barred(intake: Intake, command: Command) -> bool:
    # What is no number at all is refused as such, protocol or not; that needs no look at anybody.
    return command.operation == PUT and (command.number is None or intake.custody.refusal(command.number) is None)


def _bar(key: bytes, command: Command) -> Barred:
    said = b"" if command.body is None else digest.content(command.body)
    return Barred(command, digest.digest(key, command.operation, said))


async def _prepared(intake: Intake, commands: Sequence[Command]) -> list[Prepared | Refused]:
    """Everything the vault does for these commands, in two calls, before any row is locked."""
    refused = [_refused(intake, command) for command in commands]
    sound = [command for command, refusal in zip(commands, refused, strict=True) if refusal is None]
    numbers = list(dict.fromkeys(number for command in sound if (number := command.number) is not None))
    found = await intake.custody.resolve(numbers) if numbers else {}
    read = [_read(command, refusal or found.get(command.number)) for command, refusal in zip(commands, refused, strict=True)]
    puts = [item for item in read if isinstance(item, _Read) and item.command.operation == PUT]
    contents = [Content(item.command.organisation, item.whole.person_id if item.whole else None, item.said) for item in puts]
    boxes = iter(await intake.custody.seal(contents) if contents else ())
    return [item if isinstance(item, Refused) else _prepare(intake.key, item, boxes) for item in read]


def _refused(intake: Intake, command: Command) -> InvalidIdentifier | None:
    """What is wrong with a number that is mentioned beside the person's own, under the name of its field."""
    for name, number in command.mentioned.items():
        if (refusal := intake.custody.refusal(number)) is not None:
            refusal.kind = name
            return refusal
    return None


def _read(command: Command, found: Whole | InvalidIdentifier | None) -> _Read | Refused:
    if isinstance(found, InvalidIdentifier):
        return Refused(found)
    return _Read(command, b"" if command.body is None else digest.content(command.body), found)


def _prepare(key: bytes, item: _Read, boxes: Iterator[Sealed[bytes]]) -> Prepared:
    """An amendment names nobody, so it is sealed once its record is locked and its person known."""
    box = next(boxes) if item.command.operation == PUT else None
    return Prepared(item.command, item.said, digest.digest(key, item.command.operation, item.said), item.whole, box)
