"""Phone numbers in E.164 form."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import phonenumbers

from contracts.errors import InvalidPhoneNumber
from contracts.identifiers.value import Identifier

# Belgif `PhoneNumber`.
_FORM = re.compile(r"\+[1-9][0-9]{6,14}")
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class PhoneReason(StrEnum):
    """Why a value is no phone number."""

    FORM = "notE164"
    UNKNOWN = "noSuchNumberRange"


@dataclass(frozen=True, slots=True, order=True)
class PhoneNumber(Identifier):
    """`+32...`, in a range that is in use; shown by its country alone."""

    pattern: ClassVar[str] = r"^\+[1-9][0-9]{6,14}$"

    @classmethod
    def check(cls, value: str) -> None:
        """Check form and range.

        Raises:
            InvalidPhoneNumber: with the reason.
        """
        if not _FORM.fullmatch(value):
            raise InvalidPhoneNumber(PhoneReason.FORM)
        if not _known(value):
            raise InvalidPhoneNumber(PhoneReason.UNKNOWN)

    @property
    def mobile(self) -> bool:
        """Whether it can take an SMS."""
        return phonenumbers.number_type(phonenumbers.parse(self.value)) in _MOBILE

    def __str__(self) -> str:
        return f"{self.value[:3]}***"

    def __repr__(self) -> str:
        return f"PhoneNumber({self})"


def _known(value: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        return False
