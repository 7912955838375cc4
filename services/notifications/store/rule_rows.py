"""The rule rows of notifications that a person can switch."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from chassis.rows import Row
from services.notifications.domain.plans import Limits

# Whether the law asks for a consent before anything with legal effect goes out digitally. Ships active everywhere: switching it off takes
# a person who read the decree as it then stands (`domain.md` 0 and 4.1).
CONSENT_REQUIRED: Final = "consentRequired"
SHIPPED: Final = {CONSENT_REQUIRED: True}


def limits(rows: Iterable[Row], on: date) -> Limits:
    """The rows that hold on that day; one that is inactive only for some time stands as it ships outside of it."""
    active = dict(SHIPPED)
    for row in rows:
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to):
            active[row.row_id] = row.active
    return Limits(consent_required=active[CONSENT_REQUIRED])
