"""What the simulated providers were told to do, for a contact point, for a notice, or for everyone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

EVERYONE = ""

Kind = TypeVar("Kind")
Receipt = dict[str, str]
NextHop = Literal["recipientMx", "smartHost"]
DsnAction = Literal["delivered", "failed", "delayed", "relayed"]


class OrderBook(Generic[Kind]):
    """The orders of one provider; the most particular one counts."""

    def __init__(self, otherwise: Kind) -> None:
        self._otherwise = otherwise
        self._orders: dict[str, Kind] = {}

    def put(self, order: Kind, about: str = EVERYONE) -> None:
        """Do this from now on with what is about a contact point or a notice."""
        self._orders[about] = order

    def of(self, *about: str | None) -> Kind:
        """The order for the first of these that has one."""
        found = (self._orders[one] for one in (*about, EVERYONE) if one is not None and one in self._orders)
        return next(found, self._otherwise)


@dataclass(frozen=True, slots=True)
class MailOrder:
    """What the mail host does with a message; `times` replies so often and then accepts, which is how greylisting looks."""

    reply: str = "250 2.0.0 Ok: queued"
    times: int | None = None
    drops: bool = False  # takes the message and hangs up without an answer
    answers_after_s: float = 0.0  # takes the message and lets its sender wait so long; longer than any patience is a host that hangs
    next_hop: NextHop = "recipientMx"
    dsn: DsnAction | None = None
    dsn_status: str | None = None
    mdn: bool = False
    held_until: datetime | None = None  # until when its reports are held back, by the business clock


@dataclass(frozen=True, slots=True)
class Held(Generic[Kind]):
    """An answer on its way back, not before that business instant: a mail as bytes, a receipt as fields."""

    content: Kind
    not_before: datetime | None = None


SmsState = Literal["accepted", "delivered", "expired", "undeliverable", "rejected", "unknown"]


@dataclass(frozen=True, slots=True)
class SmsOrder:
    """What the SMS gateway does with a message: the state it ends in, told when asked, and by a receipt where there is news to tell."""

    state: SmsState | None = None
    reports: bool = False  # answers `accepted`, and sends the state in a receipt of its own
    before_answer: bool = False  # the receipt comes before the answer to the submission
    status: int | None = None  # refuses with this HTTP status
    loses_answer: bool = False  # takes the message and answers 504 all the same
    answers_after_s: float = 0.0  # takes the message and lets its sender wait so long, also for its state
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PortalOrder:
    """What the portal does with a message; `status` 503 is an outage, 404 a person without a mailbox."""

    status: int | None = None
    opens: Literal["strong", "weak"] | None = None  # someone opens it, with that kind of login
    held_until: datetime | None = None
