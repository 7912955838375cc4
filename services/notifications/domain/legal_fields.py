"""What a notice must say before it may have legal effect, each field refused by its name."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Appeal:
    """Where, until when and how a person can object to a decision (administrative decree, article II.21)."""

    body: str | None = None
    body_kind: str | None = None  # decreeBody or court
    term: str | None = None  # ISO 8601, such as P3M
    manner: str | None = None

    @property
    def complete(self) -> bool:
        """Whether a reader is fully informed."""
        return all((self.body, self.body_kind, self.term, self.manner))


@dataclass(frozen=True, slots=True)
class LegalFields:
    """The fields the law asks for; what is unknown is None."""

    informant: str | None = None  # article II.20
    reason: str | None = None
    notice_date: date | None = None
    dossier_number: str | None = None
    appeal: Appeal = Appeal()
    privacy_block: str | None = None  # GDPR article 14, at the first contact


def missing(fields: LegalFields) -> tuple[str, ...]:
    """The names of the fields without which a notice meant to have legal effect is refused, as codes."""
    needed = {
        "missingInformant": fields.informant,
        "missingReason": fields.reason,
        "missingNoticeDate": fields.notice_date,
        "missingDossierNumber": fields.dossier_number,
        "missingAppealBody": fields.appeal.body,
        "missingAppealBodyKind": fields.appeal.body_kind,
        "missingAppealTerm": fields.appeal.term,
        "missingAppealManner": fields.appeal.manner,
        "missingPrivacyBlock": fields.privacy_block,
    }
    return tuple(code for code, value in needed.items() if not value)
