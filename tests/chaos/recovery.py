"""How long what was under way took when something died: told by the times of the partners and of the print house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Recovery:
    """One moment at which something died: how many journeys were under way, and after how many seconds the last of them was done."""

    under_way: int
    done_s: float


def recoveries(moments: Sequence[float], told: Mapping[str, float], done: Mapping[str, float]) -> list[Recovery]:
    """The recovery from each of these moments.

    A journey is under way from the answer to the last fact about a person (`told`) until their letter lies at the print house (`done`).
    """
    found = []
    for moment in moments:
        late = [done[person] - moment for person, at in told.items() if at <= moment < done.get(person, moment)]
        found.append(Recovery(len(late), max(late, default=0.0)))
    return found


def handed_at(folder: Path, delivery_id: str) -> float:
    """When the print house was handed a letter, by the machine's clock."""
    return (folder / f"{delivery_id}.json").stat().st_mtime


@dataclass(frozen=True, slots=True)
class Spread:
    """A distribution of seconds."""

    count: int
    least: float
    median: float
    p90: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        """That of these."""
        some = sorted(seconds) or [0.0]
        p90 = quantiles(some, n=10, method="inclusive")[8] if len(some) > 1 else some[0]
        return cls(len(seconds), some[0], median(some), p90, some[-1])

    def __str__(self) -> str:
        """In one line."""
        return f"min {self.least:.1f}, median {self.median:.1f}, p90 {self.p90:.1f}, max {self.most:.1f} s (of {self.count})"
