"""Enterprise numbers of the Crossroads Bank for Enterprises."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from stdnum.be import vat

from contracts.errors import InvalidEnterpriseNumber
from contracts.identifiers.value import Identifier

_FORM = re.compile(r"[01][0-9]{9}")


class EnterpriseReason(StrEnum):
    """Why a value is no enterprise number."""

    FORM = "notTenDigits"
    CHECK_DIGITS = "checkDigits"


@dataclass(frozen=True, slots=True, order=True)
class EnterpriseNumber(Identifier):
    """Ten digits, the first 0 or 1, the last two check digits: `0543307391`."""

    pattern: ClassVar[str] = r"^[01][0-9]{9}$"

    @classmethod
    def check(cls, value: str) -> None:
        """Check form and check digits.

        Raises:
            InvalidEnterpriseNumber: with the reason.
        """
        if not _FORM.fullmatch(value):
            raise InvalidEnterpriseNumber(EnterpriseReason.FORM)
        # 97 less a remainder is 01 to 97; 98, 99 and 00 would fit the sum, not the rule.
        if vat.checksum(value) != 0 or not 1 <= int(value[-2:]) <= 97:  # noqa: PLR2004 - as said above
            raise InvalidEnterpriseNumber(EnterpriseReason.CHECK_DIGITS)
