"""What silence counts for on a day, and which switches hold: read so that who then waits misses no word."""

from datetime import date

from chassis.intake import sources
from chassis.uow import UnitOfWork
from services.registration.domain.cases import Sources, Switches
from services.registration.store import rule_rows, waking

_NAMES = ("populationRegister", "vdabRegister", "workRegister")


async def sources_and_switches(uow: UnitOfWork, day: date) -> tuple[Sources, Switches]:
    """Which sources are available and complete up to that day, and which rule rows are active on it."""
    covered = {name: await sources.covers(uow, name, day) for name in _NAMES}
    switches = await rule_rows.switches(uow, day)
    missing = [name for name, complete in covered.items() if not complete]
    if not switches.auto_registration_basis:
        missing.append(rule_rows.AUTO_REGISTRATION_BASIS)
    if missing:
        # Somebody may be about to wait for one of these: look once more where nobody can speak unheard.
        await waking.about_to_wait(uow, missing)
        covered |= {name: await sources.covers(uow, name, day) for name in missing if name in covered}
        switches = await rule_rows.switches(uow, day)
    return Sources(covered["vdabRegister"], covered["workRegister"], covered["populationRegister"]), switches
