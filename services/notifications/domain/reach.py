"""How a person can be reached: what they consented to, the addresses they gave, and what is known of them as a recipient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.codes import ContactKind, Means


class Authentication(StrEnum):
    """How someone showed who they are when they consented."""

    ITSME = "itsme"
    EID = "eid"
    SIGNED_PAPER = "signedPaper"
    ID_IN_PERSON = "idInPerson"
    TELEPHONE = "telephone"
    NONE = "none"


# Consent must be express and provable (administrative decree II.22; VDAB decree, chapter VI section 4; `facts.md` 1).
STRONG: Final = frozenset({Authentication.ITSME, Authentication.EID, Authentication.SIGNED_PAPER, Authentication.ID_IN_PERSON})


class AddressOrigin(StrEnum):
    """Who gave an address."""

    PERSON = "person"
    EDUCATION = "education"
    INTEGRATION = "integration"
    VDAB = "vdab"


class ChangedBy(StrEnum):
    """Who put an address in."""

    AUTHENTICATED = "authenticated"
    STAFF = "staff"
    TELEPHONE = "telephone"


class Preference(StrEnum):
    """What the person asked for."""

    POST = "post"
    DIGITAL = "digital"


class DigitalSkills(StrEnum):
    """What is known of a person's digital skills; a signal for help, never for a sanction (`domain.md` 7.8)."""

    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent as it was given; without the formalities it is kept and has no effect."""

    consent_id: UUID
    means: Means
    contact_point_id: UUID | None = None
    procedures: frozenset[str]
    given_at: datetime
    effective: bool
    withdrawn_at: datetime | None = None
    text_version: str | None = None
    authentication: Authentication = Authentication.NONE
    proof: str | None = None

    def holds(self, procedure: str, at: datetime) -> bool:
        """Whether it is valid for this procedure at that instant."""
        withdrawn = self.withdrawn_at is not None and self.withdrawn_at <= at
        return self.effective and procedure in self.procedures and self.given_at <= at and not withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """An address without its value: where it came from, and whether it serves."""

    contact_point_id: UUID
    kind: ContactKind
    origin: AddressOrigin
    changed_by: ChangedBy
    confirmed_at: datetime | None = None
    suspended_for: tuple[str, ...] = ()
    replaced: bool = False

    @property
    def digital(self) -> bool:
        """Whether anything digital may ever go there: never to an address that only a feed gave."""
        return self.kind is not ContactKind.POSTAL and self.origin not in (AddressOrigin.EDUCATION, AddressOrigin.INTEGRATION)

    def confirmed(self, at: datetime) -> bool:
        """Whether the person had confirmed it by then, and it still serves."""
        return not self.replaced and self.digital and self.confirmed_at is not None and self.confirmed_at <= at

    def serves(self, at: datetime) -> bool:
        """Whether a message may go there: confirmed, and neither bounced nor shared."""
        return self.confirmed(at) and not self.suspended_for

    def bears_effect(self, at: datetime) -> bool:
        """Whether a notice may have legal effect there: put in by someone who showed who they are (`domain.md` 7.7)."""
        return self.serves(at) and self.changed_by is not ChangedBy.TELEPHONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """What is known of a person as a recipient."""

    portal_activated: bool = False
    last_login_at: datetime | None = None
    ebox_active: bool = False
    preference: Preference | None = None
    represented: bool = False
    digital_skills: DigitalSkills = DigitalSkills.UNKNOWN


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that decides how a person may be told something."""

    consents: tuple[Consent, ...] = ()
    points: tuple[ContactPoint, ...] = ()
    recipient: Recipient = Recipient()

    def withdrawn_for(self, at: datetime) -> frozenset[UUID]:
        """The addresses of which the person took their consent back and has given none since."""
        about = [(consent.contact_point_id, consent) for consent in self.consents if consent.contact_point_id is not None]
        back = {point for point, consent in about if consent.withdrawn_at is not None and consent.withdrawn_at <= at}
        return frozenset(back - {point for point, consent in about if consent.effective and consent.withdrawn_at is None})


def shortcomings(
    *, proof: str | None, text_version: str | None, authentication: Authentication, given_at: datetime, at: datetime
) -> tuple[str, ...]:
    """Why a consent has no effect, as codes; nothing when it has."""
    found: Iterable[tuple[str, bool]] = (
        ("missingProof", not proof),
        ("missingText", not text_version),
        ("weakAuthentication", authentication not in STRONG),
        ("givenInFuture", given_at > at),
    )
    return tuple(code for code, missing in found if missing)
