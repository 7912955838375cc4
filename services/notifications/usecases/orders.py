"""An order for a notice: who is told what, why, with which legal fields; whoever asks fills one in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.codes import Purpose
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from services.notifications.domain.legal_fields import LegalFields, missing
from services.notifications.usecases.book import NoticeBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One notice that someone asks for, everything from its purpose's row filled in."""

    person_id: PersonId
    person: PersonFacts
    purpose: Purpose
    period: str
    organisation: str
    procedure: str
    template: str
    impact: str
    legal_effect_intended: bool
    registered_mail: bool
    legal: LegalFields
    about_id: UUID | None = None
    values: Mapping[str, object] = field(default_factory=dict)  # of the template
    posted_on: date | None = None  # of a letter that was posted without the hub

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why it cannot have the effect it is meant to have, as codes; what is in the post already is kept, whatever it lacks."""
        return missing(self.legal) if self.legal_effect_intended and self.posted_on is None else ()

    @property
    def addressee(self) -> str:
        """The name on the letter."""
        return " ".join(filter(None, (self.person.given_name, self.person.family_name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notice of the hub's own is about."""

    period: str
    about_id: UUID
    reason: str
    values: Mapping[str, object]


def own_order(
    book: NoticeBook, organisation: str, purpose: Purpose, person_id: PersonId, person: PersonFacts, about: About, on: date
) -> Order:
    """An order of the hub itself, with VDAB's own texts in the legal fields."""
    row = book.purposes[purpose]
    return Order(
        person_id=person_id,
        person=person,
        purpose=purpose,
        period=about.period,
        organisation=organisation,
        procedure=row.procedure,
        template=row.template,
        impact=row.impact,
        legal_effect_intended=row.legal_effect_intended,
        registered_mail=row.registered_mail_required,
        legal=LegalFields(
            informant=book.informant,
            reason=about.reason,
            notice_date=on,
            dossier_number=dossier_number(about.about_id),
            appeal=book.appeal(purpose),
            privacy_block=book.privacy_block,
        ),
        about_id=about.about_id,
        values=about.values,
    )


def dossier_number(about_id: UUID) -> str:
    """What a person can read out on the telephone: the random end of the id, in groups."""
    tail = about_id.hex[-12:].upper()
    return f"{tail[:4]}-{tail[4:8]}-{tail[8:]}"
