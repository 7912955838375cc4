"""Test person numbers (TST: month 61-72), which no citizen has."""

from contracts.identifiers import Ssin


def tst_numbers(count: int) -> list[Ssin]:
    """The first `count` valid numbers of people born from 1 April 2006 on."""
    births = (f"0664{day:02}" for day in range(1, 31))
    bodies = (f"{birth}{serial:03}" for birth in births for serial in range(1, 999))
    return [Ssin(f"{body}{97 - int('2' + body) % 97:02}") for body, _ in zip(bodies, range(count), strict=False)]
