"""What was known of a registration at some moment, about some day: a look back through the decisions about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One decision: it holds from a day on, and was known from an instant on."""

    version: int
    valid_from: date
    known_at: datetime


def as_of(versions: Iterable[Version], valid_on: date | None, known_until: datetime | None) -> Version | None:
    """The decision that counted for that day among those known before that instant; the last one where neither is asked.

    A later decision replaces an earlier one from the day on from which it holds; None when nothing was known or held yet.
    """
    counted = [
        one for one in versions if (known_until is None or one.known_at < known_until) and (valid_on is None or one.valid_from <= valid_on)
    ]
    return max(counted, key=lambda one: one.version, default=None)
