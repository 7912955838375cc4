"""What goes when a person is erased: addresses, and what is known of the recipient; consents stay, as proof that sending was lawful."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_FORGET = (
    text("DELETE FROM postal_address WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("DELETE FROM recipient WHERE person_id = ANY(CAST(:people AS uuid[]))"),
    text("DELETE FROM addressee WHERE person_id = ANY(CAST(:people AS uuid[]))"),
)
# A consent names its contact point, so the row stays without its address, and is chosen for nothing.
_EMPTY = text("""
    UPDATE contact_point SET box = NULL, sealed_ref = NULL, mark = NULL, suspended_for = suspended_for || 'erased'::text,
                             suspended_at = :at, version = version + 1
    WHERE person_id = ANY(CAST(:people AS uuid[])) AND box IS NOT NULL
""")


async def forget(uow: UnitOfWork, people: Sequence[PersonId], at: datetime) -> None:
    """Forget where these ids get post and mail, and what they told of themselves."""
    for statement in _FORGET:
        await uow.execute(statement, {"people": list(people)})
    await uow.execute(_EMPTY, {"people": list(people), "at": at})
