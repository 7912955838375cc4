"""Brussels days and the instants at which they begin; every legal date of the feed is one of these."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_BRUSSELS = ZoneInfo("Europe/Brussels")


def begins(day: date) -> datetime:
    """The instant at which that day begins in Brussels, UTC; right on the days the clocks change."""
    return datetime(day.year, day.month, day.day, tzinfo=_BRUSSELS).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in Brussels at that instant."""
    return moment.astimezone(_BRUSSELS).date()


def day_before(moment: datetime) -> date:
    """The last day that is wholly past when that instant's day begins."""
    return day_of(moment) - timedelta(days=1)
