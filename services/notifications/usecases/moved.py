"""A delivery that went on: what the use cases after it draw their consequences from."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.notices import State
from services.notifications.store.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class Moved:
    """A delivery that went on to a state at a business instant; `handed_over` when its carrier took it just now."""

    delivery: Delivery
    state: State
    at: datetime
    reasons: tuple[str, ...] = ()
    handed_over: bool = False
