"""How a person stands in the registers, from everything the registers ever said of them, whatever came first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

# The change that ends the following of a person, and the word for it.
ENDS = {"death": "deceased", "struckOff": "struckOff", "abroad": "abroad", "residenceLost": "residenceLost"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a register said, as its newest version says it; `number` tells which of two came later."""

    kind: str
    on: date
    number: int
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands: where they live and since when, or why they are followed no longer."""

    region: str | None = None
    region_since: date | None = None
    region_before: str | None = None
    ended: str | None = None
    ended_on: date | None = None
    unknown: bool = False
    identity: int | None = None  # number of the change that says what they are called
    residence: int | None = None  # number of the change that says where they live


def standing(changes: Iterable[Change]) -> Standing:
    """The standing after these changes; the day of a change counts, not the order in which changes came.

    On one day a new residence counts after a departure (someone who moves is struck off and entered on the same day), and a number that
    was unknown is known once the register speaks of the person.
    """
    told = sorted(changes, key=lambda change: (change.on, change.kind == "residence", change.number))
    residences = [change for change in told if change.kind == "residence"]
    deaths = [change.on for change in told if change.kind == "death"]
    identity = next((change.number for change in reversed(told) if change.kind == "identity"), None)
    last = next((change for change in reversed(told) if change.kind == "residence" or change.kind in ENDS), None)
    left = last if last is not None and last.kind != "residence" else None
    here = residences[-1].region if residences and left is None and not deaths else None
    return Standing(
        region=here,
        region_since=_since(residences) if here is not None else None,
        region_before=_before(residences) if here is not None else None,
        ended=ENDS["death"] if deaths else ENDS[left.kind] if left is not None else None,
        ended_on=min(deaths) if deaths else left.on if left is not None else None,
        unknown=_unknown(told),
        identity=identity,
        residence=residences[-1].number if residences else None,
    )


def _since(residences: Sequence[Change]) -> date:
    """The day of the last move from one region to another, or of the first residence."""
    return next((new.on for old, new in reversed(list(pairwise(residences))) if old.region != new.region), residences[0].on)


def _before(residences: Sequence[Change]) -> str | None:
    """The region before that move."""
    return next((old.region for old, new in reversed(list(pairwise(residences))) if old.region != new.region), None)


def _unknown(told: Sequence[Change]) -> bool:
    missing = [change.on for change in told if change.kind == "numberUnknown"]
    known = [change.on for change in told if change.kind in ("identity", "residence")]
    return bool(missing) and (not known or max(known) < max(missing))
