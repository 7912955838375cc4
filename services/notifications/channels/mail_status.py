"""What the codes of mail mean: SMTP replies (RFC 5321), enhanced status codes (RFC 3463)."""

import re
from typing import Final

from services.notifications.channels.port import Fate

_ENHANCED: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b", re.ASCII)
_PERMANENT: Final = 500
# By class and subject, the longer first.
_REASONS: Final = (
    ("5.2.2", "mailboxFull"),
    ("5.1.", "addressUnknown"),
    ("5.2.1", "addressUnknown"),
    ("5.7.", "refusedByPolicy"),
)
_PLAIN: Final = {550: "addressUnknown", 551: "addressUnknown", 552: "mailboxFull", 553: "addressUnknown"}


def enhanced(text: str) -> str | None:
    """The enhanced status code in a reply or a report."""
    found = _ENHANCED.search(text)
    return found.group() if found else None


def reason_of(status: str | None, code: int = 554) -> str:
    """Why a message failed for good, as a code of ours."""
    if status is None:
        return _PLAIN.get(code, "rejected")
    return next((reason for start, reason in _REASONS if status.startswith(start)), "rejected")


def refused(code: int, text: str) -> tuple[Fate, str]:
    """What a negative reply means: 5xx for good, everything else for now."""
    if code >= _PERMANENT:
        return Fate.FAILED, reason_of(enhanced(text), code)
    return Fate.DEFERRED, "deferred"
