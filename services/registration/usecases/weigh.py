"""What silence counts for on a day, and which switches hold: read so that who then waits misses no word."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import TypeAlias

from chassis.settings import Settings
from chassis.uow import UnitOfWork
from services.registration.domain.cases import Sources, Switches
from services.registration.store import known, rule_rows, waking
from services.registration.store.known import Said

_NAMES = ("populationRegister", "vdabRegister", "workRegister")
Weighed: TypeAlias = tuple[Sources, Switches]


async def sources_and_switches(uow: UnitOfWork, said: Said, days: Collection[date]) -> Mapping[date, Weighed]:
    """Which sources are available and complete up to each day, and which rule rows are active on it, by what was read of them."""
    missing = {name for day in days for name in _missing(uow, said, day)}
    if missing:
        # Somebody may be about to wait for one of these: look once more where nobody can speak unheard.
        await waking.about_to_wait(uow, missing)
        said = await known.said(uow)
    return {day: (_sources(said, day), _switches(uow, said, day)) for day in days}


def _missing(uow: UnitOfWork, said: Said, day: date) -> list[str]:
    silent = [name for name in _NAMES if not said.covers(name, day)]
    return silent if _switches(uow, said, day).auto_registration_basis else [*silent, rule_rows.AUTO_REGISTRATION_BASIS]


def _sources(said: Said, day: date) -> Sources:
    population, vdab, work = (said.covers(name, day) for name in _NAMES)
    return Sources(vdab_register=vdab, work_register=work, population_register=population)


def _switches(uow: UnitOfWork, said: Said, day: date) -> Switches:
    return rule_rows.switches(said.switched, day, sandbox=uow.resource(Settings).sandbox)
