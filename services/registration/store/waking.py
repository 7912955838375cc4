"""Makes sure that nobody who begins to wait for a source or a switch misses its word, whoever commits first."""

from collections.abc import Iterable

from sqlalchemy import text

from chassis.uow import UnitOfWork

# A unit that is about to wait holds the name shared until it commits; who speaks takes it alone, and then looks for those who wait.
_WAIT = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 8101))")
_SPEAK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 8101))")


async def about_to_wait(uow: UnitOfWork, names: Iterable[str]) -> None:
    """Call it before the last look at what these say; whoever changes them later finds what this unit wrote."""
    for name in sorted(names):
        await uow.execute(_WAIT, {"name": name})


async def about_to_speak(uow: UnitOfWork, name: str) -> None:
    """Call it after the change and before looking for those who wait."""
    await uow.execute(_SPEAK, {"name": name})
