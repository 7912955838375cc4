"""Sets the timers of what carriers and readers have not said yet, by the business clock."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from chassis.clock import BRUSSELS, local_date
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind
from services.notifications.domain import patience
from services.notifications.domain.notices import State
from services.notifications.domain.patience import WorkingDays
from services.notifications.usecases.calendar import Calendar
from services.notifications.usecases.moved import Moved

UNANSWERED: Final = "deliveryUnanswered"
REMIND: Final = "noticeReminder"
COPY: Final = "noticePaperCopy"


async def begin(uow: UnitOfWork, moved: Sequence[Moved]) -> None:
    """Set the timers of what is waited for now, and let go those of what has come."""
    for item in moved:
        one = item.delivery
        row = patience.SILENCE.get((one.channel, item.state))
        if row is not None:
            uow.schedule([Timer(UNANSWERED, str(one.delivery_id), one.person_id, item.at + row.lasts)])
        else:
            uow.cancel(UNANSWERED, [one.delivery_id])
        if one.channel is Channel.PORTAL and one.kind is DeliveryKind.CONTENT:
            if item.state is State.AVAILABLE:
                uow.schedule(
                    Timer(kind, str(one.notice_id), one.person_id, _working_days_on(uow, item.at, days))
                    for kind, days in ((REMIND, patience.REMINDER), (COPY, patience.PAPER_COPY))
                )
            elif item.state is State.OPENED:
                uow.cancel(REMIND, [one.notice_id])
                uow.cancel(COPY, [one.notice_id])


def _working_days_on(uow: UnitOfWork, at: datetime, row: WorkingDays) -> datetime:
    """The first moment after so many working days have passed, from the day of availability (`decisions.md` 5)."""
    day = local_date(at)
    last = patience.working_day_after(day, row, uow.resource(Calendar).around(day))
    return datetime.combine(patience.next_day(last), time(), BRUSSELS)
