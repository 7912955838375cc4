"""How long we wait for carriers and readers: a row each, with its source (`decisions.md` 5, `domain.md` 7.7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from contracts.codes import Channel
from services.notifications.domain.notices import State
from services.notifications.domain.terms import is_working_day


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, from where, and who says so; `fails` when what says nothing so long has failed."""

    id: str
    lasts: timedelta
    source: str
    fails: bool = False


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """How many working days from availability."""

    id: str
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when nothing leaves, by the clock on the wall."""

    id: str
    begin: time
    end: time
    source: str


SMTP_RETRIES = Patience("smtpRetries", timedelta(hours=72), "decisions 5: 4.x is retried 72 h")
MAIL_UNKNOWN = Patience("mailUnknown", timedelta(hours=24), "decisions 5: `unknown` 24 h, then paper")
SMS_ANSWER = Patience("smsAnswer", timedelta(hours=72), "decisions 5: a sole SMS unknown after 72 h counts as failed", fails=True)
PORTAL_RETRIES = Patience("portalRetries", timedelta(hours=48), "decisions 5: eBox unreachable 48 h; the portal likewise")
REMINDER = WorkingDays("noticeUnopened.reminder", 5, "domain 7.7 row 8 (proposal)")
PAPER_COPY = WorkingDays("noticeUnopened.paperCopy", 10, "domain 7.7 row 8 (proposal)")
SMS_QUIET = QuietHours("smsQuietHours", time(21), time(8), "decisions 5: an SMS may leave from 08:00 up to 21:00 local")

# An address is suspended after so many failures in a row (`domain.md` 7.7 row 7).
HARD_BOUNCES, SOFT_SERIES = 1, 2

# What each channel's silence may last in the state it is in, how long it is tried again, when it is quiet, and after how many messages in
# a row that did not arrive its address is suspended. A channel without a row: no waiting, `SMTP_RETRIES`, no quiet hours, bounces.
SILENCE: Final[Mapping[tuple[Channel, State], Patience]] = {
    (Channel.EMAIL, State.UNKNOWN): MAIL_UNKNOWN,
    (Channel.SMS, State.RELAYED): SMS_ANSWER,
    (Channel.SMS, State.UNKNOWN): SMS_ANSWER,
}
RETRIES: Final[Mapping[Channel, Patience]] = {Channel.PORTAL: PORTAL_RETRIES}
QUIET: Final[Mapping[Channel, QuietHours]] = {Channel.SMS: SMS_QUIET}
UNDELIVERED: Final[Mapping[Channel, int]] = {Channel.SMS: 2}


def awake(at: datetime, quiet: QuietHours, zone: tzinfo) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in."""
    local = at.astimezone(zone)
    if quiet.end <= local.time() < quiet.begin:
        return at
    morning = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    return datetime.combine(morning, quiet.end, zone)


def working_day_after(day: date, row: WorkingDays, holidays: Collection[date]) -> date:
    """The day so many working days after `day`, which does not count itself."""
    left = row.days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)
