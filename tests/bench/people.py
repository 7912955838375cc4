"""Newcomers who owe a registration, one like the other, so that every contract makes one whole journey."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from devkit.population import tst
from devkit.population.facts import Address, Contract, Fact, Participant, PersonChange, Title
from devkit.population.numbers import LAST_SERIAL

_FIRST_BIRTH = date(1970, 1, 1)
_KNOWN_SINCE = date(2025, 1, 6)
_HOME = Address("Proefstraat", "7", "8500", "Kortrijk")
_KORTRIJK = "34022"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is reported of one: what the hub knows beforehand, and the contract that starts the journey."""

    ssin: str
    residence: Fact
    participant: Fact
    contract: Fact


def newcomers(first: int, count: int, signed_on: date) -> Iterator[Newcomer]:
    """`count` people from number `first` on; no two numbers give the same person."""
    for number in range(first, first + count):
        born = _FIRST_BIRTH + timedelta(days=number // LAST_SERIAL)
        ssin, reference = tst(born, number % LAST_SERIAL + 1), f"bench-{number:07}"
        title = Title("other", _KNOWN_SINCE, None, right_to_work=True)
        yield Newcomer(
            ssin=ssin,
            residence=Fact.about("vdab", f"{reference}-home", PersonChange(1, ssin, "residence", _KNOWN_SINCE, _KORTRIJK, _HOME)),
            participant=Fact.about(
                "agii", f"{reference}-participant", Participant(1, ssin, "obliged", "agii", "uk", _KNOWN_SINCE, titles=(title,))
            ),
            contract=Fact.about(
                "agii",
                f"{reference}-contract",
                Contract(1, ssin, "Zorianyk", "Oles", born.isoformat(), "agii", signed_on, "running"),
            ),
        )
