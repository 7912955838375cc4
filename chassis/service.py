"""A service as a recipe: its doors, handlers, timers and loops, and what it is furnished with; `running` brings it to life."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from chassis.bus.port import Bus
from chassis.clock import BusinessClock
from chassis.consumer import Consumer
from chassis.db import Database
from chassis.health import Health
from chassis.http.api import Api
from chassis.journey import Journey
from chassis.merging import Merge, Survivors, nobody_merged, nothing_to_merge
from chassis.relay import BUNDLING, Bundling
from chassis.settings import Settings
from chassis.supervisor import Loop
from chassis.switching import NO_RULE_ROWS, RuleRows
from chassis.telemetry import Metrics
from chassis.timers import Timers
from chassis.uow import Units

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running service is made of, for the loops and resources a service adds."""

    settings: Settings
    database: Database
    clock: BusinessClock
    units: Units
    bus: Bus
    health: Health
    metrics: Metrics
    resources: dict[type, object] = field(default_factory=dict)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def get(self, kind: type[Thing]) -> Thing:
        """A resource by its type."""
        found = self.resources[kind]
        if not isinstance(found, kind):
            raise TypeError(kind)
        return found


@dataclass(frozen=True, slots=True)
class Furniture:
    """What a service needs beside the chassis: resources by type, who was merged with whom, and how to let go of it all."""

    resources: Mapping[type, object] = field(default_factory=dict)
    survivors: Survivors = nobody_merged
    close: Sequence[Callable[[], Awaitable[None]]] = ()


async def unfurnished(_: Parts) -> Furniture:
    """A service that needs nothing beside the chassis."""
    return Furniture()


@dataclass(frozen=True, slots=True)
class Service:
    """The recipe of one service."""

    name: str
    settings: Settings
    apis: Sequence[Api] = ()
    consumer: Consumer | None = None
    timers: Timers | None = None
    furnish: Callable[[Parts], Awaitable[Furniture]] = unfurnished
    loops: Mapping[str, Callable[[Parts], Loop]] = field(default_factory=dict)
    rule_rows: RuleRows = NO_RULE_ROWS
    busy: Callable[[Parts], Awaitable[list[str]]] | None = None
    journey: Journey | None = None
    merge: Merge = nothing_to_merge
    bundling: Bundling = BUNDLING  # of what it announces; one that takes single facts in bundles them for everyone after it
