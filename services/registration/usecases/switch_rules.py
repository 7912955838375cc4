"""Lets go what waited for a rule row that was switched."""

from chassis.switching import Switch
from chassis.uow import UnitOfWork
from services.registration.store import waking
from services.registration.usecases.change_sources import look_again


async def let_go(uow: UnitOfWork, row_id: str, how: Switch) -> None:
    """A pending dossier is decided again now, or when its basis begins."""
    await waking.about_to_speak(uow, row_id)
    if how.active:
        await look_again(uow, row_id)
