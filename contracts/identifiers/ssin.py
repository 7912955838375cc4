"""Belgian person numbers: national, BIS and test numbers, told apart and checked.

python-stdnum does the check digits, and only those: it cleans a number before it checks it (so it accepts a newline and full-width digits),
accepts serial 000 and 30 February, and looks at the machine's date where the hub's clock counts. It also knows no test numbers.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from stdnum.be import vat

from contracts.errors import InvalidSsin
from contracts.identifiers.incomplete import IncompleteDate
from contracts.identifiers.value import Identifier

Mode = Literal["sandbox", "production"]

_FORM = re.compile(r"[0-9]{11}")
_SEPARATED = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{2})-([0-9]{3})\.([0-9]{2})")
# Eleven digits that stand by themselves, in the groups people write them in.
_SEPARATOR = r"[ ./_-]?"
_INSIDE = re.compile(
    rf"(?<![0-9])([0-9]{{2}}){_SEPARATOR}([0-9]{{2}}){_SEPARATOR}([0-9]{{2}}){_SEPARATOR}([0-9]{{3}}){_SEPARATOR}([0-9]{{2}})(?![0-9])"
)


class SsinReason(StrEnum):
    """Why a value is no acceptable person number."""

    FORM = "notElevenDigits"
    MONTH = "noSuchMonth"
    DAY = "noSuchDay"
    SERIAL = "serialOutOfRange"
    CHECK_DIGITS = "checkDigits"
    FUTURE = "birthDateInFuture"
    TEST_NUMBER = "testNumberOutsideSandbox"
    REAL_NUMBER = "realNumberInSandbox"


class SsinKind(StrEnum):
    """Who gave the number out; the month tells."""

    NATIONAL = "national"  # National Register, month 0-12
    BIS = "bis"  # Crossroads Bank for Social Security, month +20 (sex unknown) or +40
    TST = "tst"  # MAGDA's test numbers, month 61-72; no citizen has one


# First and last month as written, and what is added to the real month. 0 is a month: unknown, or its numbers were used up.
_MONTHS = (
    (0, 12, 0, SsinKind.NATIONAL),
    (20, 32, 20, SsinKind.BIS),
    (40, 52, 40, SsinKind.BIS),
    (61, 72, 60, SsinKind.TST),
)
# A fictitious date stands for a birth date of which nothing is known (python-stdnum, be.nn).
_NOTHING_KNOWN = ("000001", "002001", "004001")


@dataclass(frozen=True, slots=True)
class _Parts:
    kind: SsinKind
    century: int
    birth: IncompleteDate | None


@dataclass(frozen=True, slots=True, order=True)
class Ssin(Identifier):
    """A well-formed person number; nothing but `.value` shows it."""

    pattern: ClassVar[str] = r"^[0-9]{11}$"

    @classmethod
    def check(cls, value: str) -> None:
        """Check form, month, day, serial and check digits; neither mode nor clock.

        Raises:
            InvalidSsin: with the reason.
        """
        _read(value)

    @property
    def kind(self) -> SsinKind:
        """Who gave it out."""
        return _read(self.value).kind

    @property
    def century(self) -> int:
        """1900 or 2000; the check digits tell, and fit at most one of them."""
        return _read(self.value).century

    @property
    def birth(self) -> IncompleteDate | None:
        """The birth date written in it, as far as known: a plausibility check only, age comes from the register (`domain.md` 2.1)."""
        return _read(self.value).birth

    def __str__(self) -> str:
        return "***********"

    def __repr__(self) -> str:
        return f"Ssin({self})"


@dataclass(frozen=True, slots=True)
class SsinCheck:
    """What a valid number tells."""

    ssin: Ssin
    kind: SsinKind
    century: int
    birth: IncompleteDate | None


def check_ssin(value: str, mode: Mode, at: date) -> SsinCheck:
    """Check a number as a door of a hub in `mode` does on day `at` (the hub's clock, Brussels).

    Raises:
        InvalidSsin: with the reason; test numbers only in a sandbox, others never there.
    """
    parts = _read(value)
    if parts.birth is not None and parts.birth.earliest > at:
        raise InvalidSsin(SsinReason.FUTURE)
    if parts.kind is SsinKind.TST and mode != "sandbox":
        raise InvalidSsin(SsinReason.TEST_NUMBER)
    if parts.kind is not SsinKind.TST and mode == "sandbox":
        raise InvalidSsin(SsinReason.REAL_NUMBER)
    return SsinCheck(Ssin(value), parts.kind, parts.century, parts.birth)


def without_separators(text: str) -> str:
    """The digits of a number typed at a screen, `06.64.10-005.07` or plain; anything else comes back as it is."""
    stripped = text.strip()
    separated = _SEPARATED.fullmatch(stripped)
    return "".join(separated.groups()) if separated else stripped


def shows_ssin(text: str) -> bool:
    """Whether a text that should be opaque (a sender's reference) holds a well-formed person number, plain or with separators."""
    return any(_is_ssin("".join(found.groups())) for found in _INSIDE.finditer(text))


def _is_ssin(digits: str) -> bool:
    try:
        _read(digits)
    except InvalidSsin:
        return False
    return True


def _read(value: str) -> _Parts:
    if not _FORM.fullmatch(value):  # [0-9] is ASCII only, and fullmatch allows no trailing newline
        raise InvalidSsin(SsinReason.FORM)
    month, kind = _month(int(value[2:4]))
    if not 1 <= int(value[6:9]) <= 998:  # noqa: PLR2004 - 001-997 for men, 002-998 for women
        raise InvalidSsin(SsinReason.SERIAL)
    century = _century(value)
    return _Parts(kind, century, _birth(value, century + int(value[:2]), month))


def _month(written: int) -> tuple[int, SsinKind]:
    for first, last, added, kind in _MONTHS:
        if first <= written <= last:
            return written - added, kind
    raise InvalidSsin(SsinReason.MONTH)


def _century(value: str) -> int:
    """Raise unless the check digits are 97 minus the first nine digits modulo 97, with a 2 before them for births from 2000 on.

    An enterprise number is checked by the same sum, so python-stdnum's public function for those serves.
    """
    if 1 <= int(value[9:]) <= 97:  # noqa: PLR2004 - 98, 99 and 00 would fit the sum, not the rule
        for century, number in ((1900, value), (2000, f"2{value}")):
            if vat.checksum(number) == 0:
                return century
    raise InvalidSsin(SsinReason.CHECK_DIGITS)


def _birth(value: str, year: int, month: int) -> IncompleteDate | None:
    day = int(value[4:6])
    if value[:6] in _NOTHING_KNOWN:
        return None
    if month == 0:
        if day > 31:  # noqa: PLR2004 - the longest month
            raise InvalidSsin(SsinReason.DAY)
        return IncompleteDate(year)
    try:
        return IncompleteDate(year, month, day or None)
    except ValueError:
        raise InvalidSsin(SsinReason.DAY) from None
