"""What callers send about notices (`facts.md` 1)."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.models import Body, Day, Flag, Instant
from contracts.codes import Purpose
from contracts.fields import NO_CONTROLS, Code, PersonNumber, Text
from contracts.people import AddressBody
from services.notifications.domain.legal_fields import Appeal
from services.notifications.domain.notices import Answer
from services.notifications.domain.terms import LONGEST_DAYS, Period

Paragraph = Annotated[str, Field(min_length=1, max_length=4000, pattern=NO_CONTROLS)]
# A digest, a receipt number or the name of a file at the carrier; never the file itself.
Proof = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9._:/+=-]+$")]


class AppealBody(Body):
    """Where, until when and how a person can object."""

    body: Paragraph | None = None
    body_kind: Literal["decreeBody", "court"] | None = None
    term: Annotated[str, Field(max_length=8)] | None = None
    manner: Paragraph | None = None

    @model_validator(mode="after")
    def _term_can_be_computed(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.term is not None and Period.parse(self.term).at_most_days > LONGEST_DAYS:
            raise ValueError("a term of appeal lasts two years at most")
        return self

    def appeal(self) -> Appeal:
        """The same as a value of the domain."""
        return Appeal(self.body, self.body_kind, self.term, self.manner)


class ImportedBody(Body):
    """A letter that was posted without the hub."""

    posted_on: Day


class NoticeBody(Body):
    """A notice to be submitted; what the law asks for is refused by its name when it is missing, unless it is in the post already."""

    ssin: PersonNumber
    family_name: Text
    given_name: Text | None = None
    address: AddressBody | None = None
    purpose: Purpose
    period: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
    about_id: UUID | None = None
    procedure: Code | None = None
    legal_effect_intended: Flag | None = None
    impact: Literal["low", "high"] | None = None
    registered_mail_required: Flag | None = None
    subject: Text
    paragraphs: Annotated[tuple[Paragraph, ...], Field(min_length=1, max_length=40)]
    informant: Paragraph | None = None
    reason: Paragraph | None = None
    notice_date: Day | None = None
    dossier_number: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9./-]+$")] | None = None
    appeal: AppealBody | None = None
    privacy_block: Paragraph | None = None
    imported: ImportedBody | None = None


class NoticesQuery(Body):
    """Whose notices, by number, optionally of one purpose."""

    ssin: PersonNumber
    purpose: Purpose | None = None


class WithdrawalBody(Body):
    """Why a notice is withdrawn."""

    reason: Code


# Of a letter; of a mail or a message.
DeliveryReason = Literal[
    "moved", "unclaimed", "refused", "addressUnknown", "mailboxFull", "refusedByPolicy", "expired", "undeliverable", "rejected"
]


class ReceiptBody(Body):
    """A carrier's answer, about one delivery, one notice or a whole batch."""

    delivery_id: UUID | None = None
    notice_id: UUID | None = None
    batch_id: UUID | None = None
    event: Answer
    at: Instant
    reason: DeliveryReason | None = None
    proof: Proof | None = None

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if sum(named is not None for named in (self.delivery_id, self.notice_id, self.batch_id)) != 1:
            raise ValueError("name one of deliveryId, noticeId and batchId")
        return self
