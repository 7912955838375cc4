"""CPU seconds and memory of processes, read from the kernel's own accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import psutil


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds: of service processes by name, of every PostgreSQL process together, and of the broker."""

    services: Mapping[str, float]
    postgres: float
    kafka: float

    @property
    def counted(self) -> float:
        """What the ratios are made of: services and their PostgreSQL. The broker stands apart."""
        return sum(self.services.values()) + self.postgres

    def __sub__(self, before: Self) -> "Spent":
        """What was spent in between."""
        services = {name: spent - before.services[name] for name, spent in self.services.items()}
        return Spent(services, self.postgres - before.postgres, self.kafka - before.kafka)


@dataclass(frozen=True, slots=True)
class Meter:
    """Reads what a rival's processes have spent so far."""

    services: Mapping[str, int]  # process ids by name
    postgres: psutil.Process
    kafka: psutil.Process

    def read(self) -> Spent:
        """All of it since each process began."""
        own = {name: _own(psutil.Process(pid)) for name, pid in self.services.items()}
        return Spent(own, _family(self.postgres), _own(self.kafka))

    def memory(self) -> Mapping[str, int]:
        """Resident bytes of each service process."""
        return {name: int(psutil.Process(pid).memory_info().rss) for name, pid in self.services.items()}


def stolen() -> float:
    """CPU seconds this machine's host has taken away since it started, over all cores."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


def foreign_load(ours: float, seconds: float, before: float, after: float) -> float:
    """Cores that others kept busy meanwhile: all that the machine spent, without what is known to be ours."""
    return max(0.0, (after - before - ours) / seconds)


def busy() -> float:
    """CPU seconds this machine has spent since it started, over all cores."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _family(postmaster: psutil.Process) -> float:
    """The server with its children, those that have ended too; one that ends meanwhile is counted by its parent a moment later."""
    times = postmaster.cpu_times()
    spent = float(times.user + times.system + times.children_user + times.children_system)
    for child in postmaster.children():
        try:
            spent += _own(child)
        except psutil.NoSuchProcess:
            continue
    return spent
