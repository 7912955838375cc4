"""Parked records of all services: shown by cause, handled again, or let go."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from devkit.errors import NothingParked
from devkit.home import Addresses
from devkit.sandbox.inner import InnerDoors, inner_doors

Found = tuple[InnerDoors, Mapping[str, Any]]


@asynccontextmanager
async def _everywhere(addresses: Addresses, keys: Path) -> AsyncIterator[Sequence[Found]]:
    """Every open parked record, with the door of its service."""
    async with inner_doors(addresses.services, keys) as doors:
        yield [(door, record) for door in doors for record in await door.parked()]


async def show_all(addresses: Addresses, keys: Path, console: Console) -> None:
    """Print them, grouped by service and cause."""
    async with _everywhere(addresses, keys) as found:
        render(found, console)


def render(found: Sequence[Found], console: Console) -> None:
    """The parked records, by service, cause and event."""
    if not found:
        console.print("Nothing is parked.")
        return
    for (service, cause, event), records in groupby(sorted(found, key=_where_and_id), key=_where):
        console.print(f"{service}: {cause}, {event}")
        for _, record in records:
            console.print(
                f"  {record['id']}  person {record.get('personId', '-'):<8}  since {str(record['parkedAt'])[:16].replace('T', ' ')}"
            )
    console.print(f"\n{len(found)} parked. Look at one with: hub parked show ID\nMend its cause, then: hub parked redrive ID")


async def show_one(addresses: Addresses, keys: Path, parked_id: UUID, console: Console) -> None:
    """Print everything but the content of one."""
    async with _everywhere(addresses, keys) as found:
        door, record = _the(found, parked_id)
        console.print(f"service      {door.service}")
        for name, value in record.items():
            console.print(f"{name:<12} {', '.join(map(str, value)) if isinstance(value, list) else value}", soft_wrap=True)
        console.print(f"\n{advice(record)}", soft_wrap=True)


async def redrive(addresses: Addresses, keys: Path, parked_id: UUID, by: str, console: Console) -> int:
    """Handle one again; 1 when it, or one behind it, failed again."""
    async with _everywhere(addresses, keys) as found:
        door, _ = _the(found, parked_id)
        said = await door.redrive(parked_id, by)
    console.print(f"{said['redriven']} handled")
    if "stopped" in said:
        console.print(f"stopped at one that failed again ({said['stopped']}); it stays parked")
        return 1
    return 0


async def discard(addresses: Addresses, keys: Path, parked_id: UUID, by: str, console: Console) -> None:
    """Let one go."""
    async with _everywhere(addresses, keys) as found:
        door, _ = _the(found, parked_id)
        await door.discard(parked_id, by)
    console.print("discarded; records of the same person behind it are free again when it was the last")


def advice(record: Mapping[str, Any]) -> str:
    """What to do about a parked record, by its cause."""
    match record["cause"]:
        case "waitingBehind":
            return "It waits behind an earlier record of the same person: redrive or discard that one."
        case "noProtocol" | "protocolMissing":
            return "Its data flow has no valid protocol: once it has, say so with `hub switch protocol FLOW on`, then redrive."
        case "killedProcess":
            return "Handling it killed the process more than once: look at the service's log before you redrive."
        case _:
            return "Mend what made its handler fail (the service's log has the cause), then redrive; discard only what must have no effect."


def _the(found: Sequence[Found], parked_id: UUID) -> Found:
    one = next(((door, record) for door, record in found if record["id"] == str(parked_id)), None)
    if one is None:
        raise NothingParked(str(parked_id))
    return one


def _where(one: Found) -> tuple[str, str, str]:
    door, record = one
    return door.service, record["cause"], _event(record)


def _where_and_id(one: Found) -> tuple[tuple[str, str, str], str]:
    return _where(one), one[1]["id"]


def _event(record: Mapping[str, Any]) -> str:
    """The end of the event's type; the topic when the record could not be read."""
    named = str(record.get("eventType") or "")
    return ".".join(named.split(".")[4:]) or str(record["topic"])
