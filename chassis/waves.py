"""Cuts a batch into waves, so that a set-based call sees each person and each record once (`style.md`)."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def waves(items: Sequence[Item], lanes: Callable[[Item], Iterable[object]]) -> list[list[Item]]:
    """The items in waves: no two in one wave share a lane, and those that share one keep their order."""
    last: dict[Hashable, int] = {}
    found: list[list[Item]] = []
    for item in items:
        own = list(lanes(item))
        number = max((last.get(lane, -1) for lane in own), default=-1) + 1
        last.update(dict.fromkeys(own, number))
        if number == len(found):
            found.append([])
        found[number].append(item)
    return found
