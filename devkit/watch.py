"""Follows the event streams as they come: type, person in short, version and codes; never what is sealed."""

import asyncio
import fcntl
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from chassis.bus.connect import connect
from chassis.bus.port import Record, Subscription
from chassis.bus.topics import PRODUCERS
from chassis.clock import BRUSSELS, technical_now
from chassis.http.clients.errors import PeerUnavailable
from chassis.logs import short
from chassis.received import Unreadable, decode
from contracts.catalogue import catalogue
from contracts.registry import Event
from devkit.errors import TooManyWatchers
from devkit.home import Home
from devkit.sandbox.inner import InnerDoors, inner_doors

_EVERY_S = 5.0
_BATCH = 500
_SLOTS = 9
# The only fields of an event that are shown: codes and dates, in no event personal.
_SHOWN = ("cause", "state", "outcome", "rule_id", "reasons", "purpose", "channel", "kind", "source", "complete_until", "region", "size")


async def follow(home: Home, keys: Path, bus_url: str, console: Console, *, history: bool = False, seconds: float | None = None) -> None:
    """Print events until stopped, and every few seconds the rates by topic and the lag by service."""
    catalogue()
    until = time.monotonic() + seconds if seconds is not None else None
    with slot(home.folder) as number:
        bus = connect(bus_url, f"watch-{number}")
        try:
            # A live tail goes on where the place's last one ended and skips what is older; one with history never moves its positions.
            group = f"watch-history-{number}" if history else f"watch-{number}"
            subscription = await bus.subscribe(group, [producer.topic for producer in PRODUCERS], str(number))
            async with inner_doors(home.addresses().services, keys) as doors:
                await _tail(subscription, _Rates(doors, console), console, technical_now() if not history else None, until)
        finally:
            await bus.close()


async def _tail(subscription: Subscription, rates: "_Rates", console: Console, since: datetime | None, until: float | None) -> None:
    console.print("Following the event streams; Ctrl-C stops.")
    try:
        while until is None or time.monotonic() < until:
            records = await subscription.poll(_BATCH, min(1.0, _EVERY_S))
            for record in records:
                if since is None or record.at >= since:
                    rates.count(record.topic)
                    console.print(line(record), soft_wrap=True)
            if records and since is not None:
                await subscription.commit({record.log: record.position + 1 for record in records})
            await rates.say()
    finally:
        await subscription.close()


def line(record: Record) -> str:
    """One event as it is shown."""
    item = decode(record)
    if isinstance(item, Unreadable):
        return f"{record.at.astimezone(BRUSSELS):%H:%M:%S}  [red]unreadable[/] on {record.topic} ({item.cause})"
    return describe_event(item.data, record.at)


def describe_event(event: Event, at: datetime) -> str:
    """Time, service, type, person in short, version, and the codes in it."""
    service, kind = _named(event)
    person = short(event.key) if event.key is not None else "-" * 8
    version = getattr(event, "version", None)
    numbered = f"v{version}" if isinstance(version, int) and version < _SMALL else ""
    return f"{at.astimezone(BRUSSELS):%H:%M:%S}  {service:<15} {kind:<24} {person}  {numbered:<4} {escape(' '.join(_codes(event)))}"


# Watermarks are versioned by the clock; such numbers say nothing to a reader.
_SMALL = 1_000_000


def _named(event: Event) -> tuple[str, str]:
    """The producing service, and the end of the type without its `notify`."""
    plural, _, participle = event.event_type.split(".")[-3:]
    return event.service.name, f"{plural}.{participle}"


def _codes(event: Event) -> Iterator[str]:
    for name in _SHOWN:
        value = getattr(event, name, None)
        if isinstance(value, tuple):
            value = ",".join(map(str, value))
        if value not in (None, ""):
            yield f"{name}={value}"


class _Rates:
    """Counts by topic, told every few seconds with what each service has yet to do."""

    def __init__(self, doors: Sequence[InnerDoors], console: Console) -> None:
        self._console = console
        self._told_at = time.monotonic()
        self._seen: Counter[str] = Counter()
        self._doors = doors

    def count(self, topic: str) -> None:
        """One more."""
        self._seen[topic] += 1

    async def say(self) -> None:
        """Print the rates when it is time."""
        passed = time.monotonic() - self._told_at
        if passed < _EVERY_S:
            return
        rates = [f"{topic.removeprefix('vdab.')} {count / passed:.1f}/s" for topic, count in sorted(self._seen.items())]
        states = await asyncio.gather(*(self._state(door) for door in self._doors))
        self._console.print(f"[dim]-- {', '.join(rates) or 'nothing came'} -- {', '.join(states)}[/]", soft_wrap=True)
        self._told_at, self._seen = time.monotonic(), Counter()

    async def _state(self, door: InnerDoors) -> str:
        try:
            return describe(door.service, await door.metrics())
        except PeerUnavailable:
            return f"{door.service} does not answer"


def describe(service: str, metrics: Mapping[str, float]) -> str:
    """The lag of a service and what waits in it."""
    lag, outbox, parked = (int(metrics.get(name, 0)) for name in ("hub_bus_lag_records", "hub_outbox_rows", "hub_parked_open"))
    return f"{service} lag {lag} outbox {outbox}{f' parked {parked}' if parked else ''}"


@contextmanager
def slot(folder: Path) -> Iterator[int]:
    """A number that no other watcher of this hub has now: watchers of one group would share the records out among them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, _SLOTS + 1):
        with (folder / f"watch-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise TooManyWatchers(_SLOTS)
