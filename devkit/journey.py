"""One person's way through all services, read at their inner doors, with the evidence of each notice fetched and verified."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console, OverflowMethod
from rich.table import Table
from rich.text import Text

from chassis.clock import BRUSSELS
from chassis.logs import short
from devkit.errors import DoorRefused, NothingKnown
from devkit.evidence import proven, trust_policy
from devkit.home import Addresses
from devkit.partners import Partner, Partners
from devkit.sandbox.inner import InnerDoors, inner_doors
from proof.errors import ProofError
from proof.report import Report

_OPERATOR = "operator1"
# What a step says beside its codes is too long for a line of time.
_IN_FULL = ("registrationId", "obligationId", "caseId", "noticeId")
_LEFT_OUT = ("at", "what", "ruleSet", "deliveryId", "operation", "version", "sourceVersion", "organisation", *_IN_FULL)

# Time, service, what happened, its codes; only the last may need more than a line.
_COLUMNS: tuple[OverflowMethod, ...] = ("ellipsis", "ellipsis", "ellipsis", "fold")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, and where."""

    at: datetime
    service: str
    what: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the bundle of one notice proves; `report` is missing when it proves nothing, and `why` says why."""

    notice_id: UUID
    bundle: bytes
    report: Report | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """Everything the services tell of one person."""

    person_id: UUID
    steps: Sequence[Step]
    evidence: Sequence[Evidence] = ()

    def about(self, what: str) -> Sequence[Mapping[str, Any]]:
        """The steps of one kind, oldest first."""
        return [step.about for step in self.steps if step.what == what]

    def ids(self, name: str) -> Sequence[str]:
        """Every id of a kind, in the order in which they came up."""
        return list(dict.fromkeys(str(step.about[name]) for step in self.steps if name in step.about))


async def told(doors: Sequence[InnerDoors], identifier: UUID) -> Journey:
    """What all services know of whoever the id is of: one that knows it says whose it is, then all are asked about that person.

    Raises:
        NothingKnown: none knows it.
    """
    first = await asyncio.gather(*(door.journey(identifier) for door in doors))
    person = next((UUID(said["personId"]) for said in first if said is not None), None)
    if person is None:
        raise NothingKnown(str(identifier))
    everything = first if person == identifier else await asyncio.gather(*(door.journey(person) for door in doors))
    steps = [
        Step(datetime.fromisoformat(step["at"]), door.service, step["what"], step)
        for door, said in zip(doors, everything, strict=True)
        if said is not None
        for step in said["steps"]
    ]
    return Journey(person, sorted(steps, key=lambda step: step.at))


async def with_evidence(journey: Journey, operator: Partner, policy: bytes) -> Journey:
    """The same, with the evidence of each notice."""
    found = [await evidence(operator, UUID(notice), policy) for notice in journey.ids("noticeId")]
    return Journey(journey.person_id, journey.steps, found)


async def evidence(operator: Partner, notice_id: UUID, policy: bytes) -> Evidence:
    """The evidence of one notice, fetched at its door and verified here."""
    try:
        bundle = await operator.get_bytes(f"/notification/v1/notices/{notice_id}/evidence")
    except DoorRefused as error:
        return Evidence(notice_id, b"", None, str(error))
    try:
        return Evidence(notice_id, bundle, proven(bundle, policy))
    except ProofError as error:
        return Evidence(notice_id, bundle, None, f"{type(error).__name__}: {error}")


async def show(addresses: Addresses, keys: Path, identifier: UUID, console: Console) -> int:
    """Print the journey; 0 when all its evidence is proven."""
    async with inner_doors(addresses.services, keys) as doors, Partners(addresses, keys) as partners:
        journey = await with_evidence(await told(doors, identifier), partners[_OPERATOR], trust_policy(keys))
    render(journey, console)
    return 0 if all(one.report is not None for one in journey.evidence) else 1


def render(journey: Journey, console: Console) -> None:
    """Print it: a line of time, the ids to look further with, and what the evidence proves."""
    console.print(f"Journey of person {short(journey.person_id)}  (times of recording, Europe/Brussels)\n")
    console.print(_line_of_time(journey.steps))
    for name in _IN_FULL:
        if ids := journey.ids(name):
            console.print(f"\n{name}: {', '.join(ids)}" if name == _IN_FULL[0] else f"{name}: {', '.join(ids)}", soft_wrap=True)
    for one in journey.evidence:
        console.print(f"\nEvidence of notice {one.notice_id}: {'PROVEN' if one.report else f'NOT PROVEN, {one.why}'}", soft_wrap=True)
        for line in _events(one.report) if one.report else ():
            console.print(f"  {line}", soft_wrap=True)


def _line_of_time(steps: Sequence[Step]) -> Table:
    """A row a step under its day; codes that do not fit go on below their own beginning."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for overflow in _COLUMNS:
        table.add_column(overflow=overflow)
    day = ""
    for step in steps:
        at = step.at.astimezone(BRUSSELS)
        if day != (day := f"{at:%Y-%m-%d}"):
            table.add_row(day)
        table.add_row(f"{at:%H:%M:%S}.{at.microsecond // 1000:03}", step.service, step.what, Text(codes(step.about)))
    return table


def codes(about: Mapping[str, Any]) -> str:
    """What a step says, in short."""
    shown = ((name, value) for name, value in about.items() if name not in _LEFT_OUT and value not in (None, [], ""))
    return " ".join(f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}" for name, value in shown)


def _events(report: Report) -> Sequence[str]:
    return [
        f"{event.leaf.seq}. {event.name}{f' by {event.leaf.channel}' if event.leaf.channel else ''}, entry {event.index}"
        for event in report.events
    ]
