"""Reads addresses as people write them, and tells without showing them whether two people have the same one."""

import hmac
import secrets
from pathlib import Path
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from chassis import secrets as secret_files
from contracts.errors import InvalidPhoneNumber
from contracts.identifiers import PhoneNumber

_FILE: Final = "contact-marks.key"
_BYTES: Final = 32
_LONGEST: Final = 254  # RFC 5321, section 4.5.3.1.3: a path of 256 octets with its brackets


class NotAnAddress(ValueError):
    """The value is no address of its kind; the reason is a code, and never repeats the value."""


class AddressMarks:
    """Keyed digests of e-mail addresses: without the key a mark tells nothing, as addresses can be guessed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, keys: Path) -> "AddressMarks":
        """With the key in this folder, made at the first start; it is never rotated, or no shared address would be found again."""
        path = keys / _FILE
        if not path.exists():
            with secret_files.only_one(keys):
                if not path.exists():
                    secret_files.create(path, secrets.token_bytes(_BYTES))
        secret_files.refuse_exposed(path)
        return cls(path.read_bytes())

    def mark(self, email: str) -> bytes:
        """The mark of an address, the same however its case is written: nobody gives two people mailboxes that differ by case."""
        return hmac.digest(self._key, email.casefold().encode(), "sha256")


def email_address(value: str, *, sandbox: bool) -> str:
    """The address in its normal form; looked at, not looked up. Names under `.test` are addresses in a sandbox only (RFC 6761).

    Raises:
        NotAnAddress: it is none, or one that mail servers need extensions for (RFC 6531).
    """
    if len(value) > _LONGEST:
        raise NotAnAddress("tooLong")
    try:
        return validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=sandbox).normalized
    except EmailNotValidError:
        raise NotAnAddress("notAnEmailAddress") from None  # its message repeats the value


def mobile_number(value: str) -> str:
    """The number in international form; one without a country is Belgian.

    Raises:
        NotAnAddress: it is none, or one that takes no SMS.
    """
    try:
        parsed = phonenumbers.parse(value, "BE")
        number = PhoneNumber(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    except (phonenumbers.NumberParseException, InvalidPhoneNumber):
        raise NotAnAddress("notAPhoneNumber") from None
    if not number.mobile:
        raise NotAnAddress("notAMobileNumber")
    return number.value
