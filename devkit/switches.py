"""Data protocols and rule rows of all services: shown with who switched them, and switched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from chassis.http.clients.errors import PeerUnavailable
from devkit.errors import NoSuchSwitch
from devkit.home import Addresses
from devkit.sandbox.inner import inner_doors

# What each service says of its own, by its name.
Told = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A switch that somebody wants; days without a bound are open on that side."""

    kind: str
    name: str
    active: bool
    valid_from: date | None
    valid_to: date | None
    by: str

    @property
    def body(self) -> dict[str, Any]:
        """As the inner doors take it."""
        days = {"validFrom": self.valid_from, "validTo": self.valid_to}
        return {"active": self.active, "by": self.by} | {name: day.isoformat() for name, day in days.items() if day is not None}


async def show_all(addresses: Addresses, keys: Path, console: Console) -> None:
    """Print how everything stands."""
    async with inner_doors(addresses.services, keys) as doors:
        render({door.service: await door.switches() for door in doors}, console)


async def switch(addresses: Addresses, keys: Path, wanted: Wanted, console: Console) -> int:
    """Switch it at every service that knows it; 1 when one could not be asked.

    Raises:
        NoSuchSwitch: none of them knows it.
    """
    knowing, silent = [], []
    async with inner_doors(addresses.services, keys) as doors:
        for door in doors:
            try:
                if await door.switch(wanted.kind, wanted.name, wanted.body):
                    knowing.append(door.service)
            except PeerUnavailable:
                silent.append(door.service)
    if not knowing and not silent:
        raise NoSuchSwitch(wanted.kind, wanted.name)
    if knowing:
        console.print(f"{wanted.name} is switched {_how(wanted.body)} at {', '.join(knowing)}", soft_wrap=True)
    if silent:
        console.print(f"not told: {', '.join(silent)}; give the same command again once they answer", soft_wrap=True)
    return 1 if silent else 0


def render(told: Told, console: Console) -> None:
    """The data protocols of today, the rule rows as they ship, and every switch ever made, by service."""
    console.print("Data protocols today")
    for flow, where in _by_name(told, "dataProtocols").items():
        console.print(f"  {flow:<28} {_everywhere(where)}", soft_wrap=True)
    console.print("\nRule rows as they ship")
    for row, where in _by_name(told, "ruleRows").items():
        console.print(f"  {row:<28} {_state(next(iter(where.values())))} ({', '.join(where)})", soft_wrap=True)
    console.print("\nSwitched")
    made = sorted(((one["at"], service, one) for service, said in told.items() for one in said["switched"]), key=lambda row: row[:2])
    for at, service, one in made:
        console.print(f"  {at[:16].replace('T', ' ')}  {service:<17} {one['name']:<28} {_how(one)}  by {one['by']}", soft_wrap=True)
    if not made:
        console.print("  nothing was ever switched")


def _by_name(told: Told, kind: str) -> dict[str, dict[str, bool]]:
    """Each name with what each service that knows it says."""
    names: Sequence[str] = sorted({name for said in told.values() for name in said[kind]})
    return {name: {service: said[kind][name] for service, said in told.items() if name in said[kind]} for name in names}


def _everywhere(where: Mapping[str, bool]) -> str:
    """One word where all agree; where a switch reached only some, who says what."""
    if len(set(where.values())) == 1:
        return _state(next(iter(where.values())))
    return ", ".join(f"{_state(active)} at {service}" for service, active in where.items())


def _state(active: bool) -> str:  # noqa: FBT001 - the value that is shown
    return "on" if active else "off"


def _how(one: Mapping[str, Any]) -> str:
    days = [f"{word} {one[name]}" for word, name in (("from", "validFrom"), ("until", "validTo")) if name in one]
    return " ".join([_state(one["active"]), *days])
