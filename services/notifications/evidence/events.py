"""What the service hands over to be logged: one event of one notice, with everything its leaf will commit to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chassis.ids import uuid7
from contracts.codes import Channel
from contracts.identifiers import PersonId
from proof.canonical import Json
from proof.disclosures import Attachment
from services.notifications.evidence.vocabulary import EventName


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceEvent:
    """An event of a notice.

    `fields` (recipient, sender, subject) and `files` (`content`: the exact bytes handed to the channel; `artefact`: the raw answer of a
    third party) are committed to under salts, and sealed; `outcome` holds short codes only and stands in clear. `answers` names the
    earlier event of this notice whose outcome this is. Without `at` it happened when it is recorded, by the technical clock.
    """

    person_id: PersonId
    notice_id: UUID
    name: EventName
    channel: Channel | None = None
    fields: Mapping[str, Json] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)
    outcome: Mapping[str, str] = field(default_factory=dict)
    answers: UUID | None = None
    policy: bytes | None = None
    event_id: UUID = field(default_factory=uuid7)
    at: datetime | None = None
