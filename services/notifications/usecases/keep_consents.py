"""Keeps consents: one without the formalities is kept and has no effect, and one taken back is never used from then on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import ContactKind, Means
from contracts.identifiers import PersonId
from contracts.notification import ConsentGiven, ConsentWithdrawn
from services.notifications.domain.reach import Consent, Reach, shortcomings
from services.notifications.store import consents, reach

_KINDS = {Means.EMAIL: ContactKind.EMAIL, Means.SMS: ContactKind.MOBILE}


@dataclass(frozen=True, slots=True)
class Given:
    """A consent about to be kept, from whom we heard of it."""

    person_id: PersonId
    consent: Consent
    source: str


async def give(uow: UnitOfWork, given: Given) -> None:
    """Keep a consent, with effect when it meets every formality."""
    person = uow.claim([given.person_id])[given.person_id]
    known = (await reach.known(uow, [person])).get(person, Reach())
    said = given.consent
    reasons = shortcomings(
        proof=said.proof, text_version=said.text_version, authentication=said.authentication, given_at=said.given_at, at=uow.now
    ) + _about_address(said, known)
    kept = replace(said, effective=not reasons)
    await consents.keep(uow, person, kept, given.source, reasons)
    uow.publish(
        [
            ConsentGiven(
                person_id=person,
                consent_id=kept.consent_id,
                means=kept.means,
                procedures=tuple(sorted(kept.procedures)),
                effective=kept.effective,
                given_at=kept.given_at,
                version=1,
            )
        ]
    )


async def withdraw(uow: UnitOfWork, person: PersonId, consent_id: UUID, at: datetime) -> bool:
    """Take a consent back from that instant on; what was made available or sent before keeps its effect. False when it was before."""
    claimed = uow.claim([person])[person]
    if not await consents.withdraw(uow, consent_id, at):
        return False
    row = await consents.by_id(uow, consent_id)
    assert row is not None
    uow.publish([ConsentWithdrawn(person_id=claimed, consent_id=consent_id, withdrawn_at=at, version=row.version)])
    return True


def _about_address(said: Consent, known: Reach) -> tuple[str, ...]:
    """Consent to e-mail or SMS is to one address of this person (civil code, article 1.5)."""
    wanted = _KINDS.get(said.means)
    if wanted is None:
        return ()
    if said.contact_point_id is None:
        return ("missingContactPoint",)
    own = {point.contact_point_id for point in known.points if point.kind is wanted}
    return () if said.contact_point_id in own else ("unknownContactPoint",)
