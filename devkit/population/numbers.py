"""Official test numbers: person numbers that no citizen can have."""

from datetime import date

_MONTH_OFFSET = 60  # months 61-72 (MAGDA's TST numbers, `domain.md` 2.1)
LAST_SERIAL = 998


def tst(birth_date: date, serial: int) -> str:
    """The test number of someone born that day; odd serials are men's, even ones women's.

    Raises:
        ValueError: the serial is not between 1 and 998.
    """
    if not 1 <= serial <= LAST_SERIAL:
        raise ValueError("serials run from 1 to 998")
    first_nine = f"{birth_date:%y}{birth_date.month + _MONTH_OFFSET:02}{birth_date.day:02}{serial:03}"
    century = "2" if birth_date.year >= 2000 else ""  # noqa: PLR2004 - the check digits of births from 2000 on count a 2 before the number
    return f"{first_nine}{97 - int(century + first_nine) % 97:02}"
