"""Municipalities by their REFNIS code, and the region they lie in."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from contracts.errors import InvalidNisCode
from contracts.identifiers.value import Identifier

_FORM = re.compile(r"[1-9][0-9]{4}")


class NisReason(StrEnum):
    """Why a value is no municipality code."""

    FORM = "notFiveDigits"
    PROVINCE = "noSuchProvince"


class Region(StrEnum):
    """The region a municipality lies in; it decides which employment service is competent."""

    FLANDERS = "flanders"  # VDAB
    BRUSSELS = "brussels"  # Actiris
    WALLONIA = "wallonia"  # Forem, or ADG in the German-speaking Community


# By the leading digits: 1 Antwerpen, 21 Brussels, 23 and 24 Vlaams-Brabant, 25 Brabant wallon, 3 West-Vlaanderen, 4 Oost-Vlaanderen,
# 5 Hainaut, 6 Liege (with the German-speaking Community), 7 Limburg, 8 Luxembourg, 9 Namur (REFNIS; unverified but standard).
_REGIONS = {
    **dict.fromkeys(("1", "23", "24", "3", "4", "7"), Region.FLANDERS),
    "21": Region.BRUSSELS,
    **dict.fromkeys(("25", "5", "6", "8", "9"), Region.WALLONIA),
}


def _region(value: str) -> Region | None:
    return _REGIONS.get(value[:1]) or _REGIONS.get(value[:2])


@dataclass(frozen=True, slots=True, order=True)
class NisCode(Identifier):
    """Five digits: `34022` is Kortrijk."""

    pattern: ClassVar[str] = r"^[1-9][0-9]{4}$"

    @classmethod
    def check(cls, value: str) -> None:
        """Check the form and that such a province exists.

        Raises:
            InvalidNisCode: with the reason.
        """
        if not _FORM.fullmatch(value):
            raise InvalidNisCode(NisReason.FORM)
        if _region(value) is None:
            raise InvalidNisCode(NisReason.PROVINCE)

    @property
    def region(self) -> Region:
        """The region it lies in."""
        region = _region(self.value)
        assert region is not None  # checked when it was made
        return region

    @property
    def flemish(self) -> bool:
        """Whether it lies in the Flemish Region."""
        return self.region is Region.FLANDERS

    def on(self, day: date) -> "NisCode":
        """The code that stands for it on that day: itself, or its successor after a merger of municipalities."""
        row = _SUCCESSORS.get(self.value)
        return NisCode(row[1]).on(day) if row is not None and row[0] <= day else self

    @property
    def in_w13(self) -> bool:
        """Whether it is one of the thirteen municipalities of W13."""
        return self.value in _W13_CODES


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with the days its code is in use (both included)."""

    nis: NisCode
    name: str
    valid_from: date
    valid_to: date | None = None

    @classmethod
    def since_1977(cls, nis: str, name: str) -> Self:
        """One made by the great merger of municipalities, unchanged since."""
        return cls(NisCode(nis), name, date(1977, 1, 1))

    def covers(self, day: date) -> bool:
        """Whether its code is in use on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


# W13 action plan; Kortrijk, Waregem and Wevelgem read in public test data, the others unverified. Wervik lies in another arrondissement
# (33), so W13 is a list and never a prefix.
W13: tuple[Municipality, ...] = tuple(
    Municipality.since_1977(nis, name)
    for nis, name in (
        ("34002", "Anzegem"),
        ("34003", "Avelgem"),
        ("34009", "Deerlijk"),
        ("34013", "Harelbeke"),
        ("34022", "Kortrijk"),
        ("34023", "Kuurne"),
        ("34025", "Lendelede"),
        ("34027", "Menen"),
        ("34043", "Spiere-Helkijn"),
        ("34040", "Waregem"),
        ("33029", "Wervik"),
        ("34041", "Wevelgem"),
        ("34042", "Zwevegem"),
    )
)
_W13_CODES = frozenset(row.nis.value for row in W13)

# Codes retired by mergers of municipalities: since when, and by which code (REFNIS, mergers of 1 January 2019; unverified, and later
# mergers are to be added from Statbel's list).
_MERGED_2019 = date(2019, 1, 1)
_SUCCESSORS: dict[str, tuple[date, str]] = {
    retired: (_MERGED_2019, successor)
    for successor, merged in {
        "12041": ("12030", "12034"),  # Puurs-Sint-Amands
        "44083": ("44011", "44049"),  # Deinze
        "44084": ("44001", "44029"),  # Aalter
        "44085": ("44036", "44072", "44080"),  # Lievegem
        "45068": ("45017", "45057"),  # Kruisem
        "72042": ("71047", "72040"),  # Oudsbergen
        "72043": ("72025", "72029"),  # Pelt
    }.items()
    for retired in merged
}
