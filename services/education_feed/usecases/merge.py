"""Two ids turned out to be one person: what was kept under both is one record, and each school year has one case (`mechanics.md` 2, 3)."""

from collections.abc import Sequence

from chassis.merging import Merged, mark
from chassis.uow import UnitOfWork
from contracts.codes import LeaverOutcome, Reason
from contracts.education import LeaverRetracted
from services.education_feed.store import cases, registers, tables
from services.education_feed.store.cases import Double
from services.education_feed.usecases.decide import decide_leaves

_TABLES = (tables.school_fact, tables.pupil, tables.objection, tables.leave_case, tables.consultation)


async def merge(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Bring the rows of absorbed ids to their survivors, end the second case of a year, and decide anew."""
    await registers.merge(uow, merged)
    await mark(uow, merged, _TABLES)
    survivors = [one.survivor for one in merged]
    doubles = await cases.absorb_doubles(uow, survivors)
    uow.cancel("lookAgain", [double.case_id for double in doubles])
    uow.publish(_taken_back(double) for double in doubles if double.announced)
    await decide_leaves(uow, survivors)


def _taken_back(double: Double) -> LeaverRetracted:
    """The second case of a school year is no case of its own; the first goes on under its id."""
    return LeaverRetracted(
        person_id=double.person_id,
        case_id=double.case_id,
        school_year=double.school_year,
        outcome=LeaverOutcome.WITHDRAWN,
        rule_id="S2",
        rule_set=double.rule_set,
        reasons=(Reason.MERGED,),
        effective_on=double.effective_on,
        version=double.version,
    )
