"""The notice book: what letters say about VDAB itself and a row for each purpose, from `deploy/config/notices.yaml`."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from contracts.codes import Purpose
from contracts.fields import Code
from services.notifications.channels.mail_message import Announcements
from services.notifications.domain.legal_fields import Appeal
from services.notifications.domain.terms import Period

DEFAULT = Path(__file__).parents[3] / "deploy" / "config" / "notices.yaml"


class _Row(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class Sender(_Row):
    """Who writes."""

    name: str
    unit: str
    lines: tuple[str, ...]


class AppealText(_Row):
    """What a decision says about appeal (administrative decree, article II.21)."""

    body_kind: Literal["decreeBody", "court"]
    body: str
    term: str
    manner: str

    @model_validator(mode="after")
    def _term_can_be_computed(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        Period.parse(self.term)
        return self

    def appeal(self) -> Appeal:
        """The same as a value of the domain."""
        return Appeal(self.body, self.body_kind, self.term, self.manner)


class PurposeRow(_Row):
    """What follows from the purpose of a notice (`facts.md` 1)."""

    template: str
    procedure: Code
    legal_effect_intended: bool
    impact: Literal["low", "high"]
    registered_mail_required: bool
    filled: bool = False
    appeal: str | None = None


class NoticeBook(_Row):
    """The whole file."""

    sender: Sender
    informant: str
    appeals: Mapping[str, AppealText]
    privacy_block: str
    human_review: str
    copy_note: str
    announcements: Announcements
    reasons: Mapping[str, str]
    dispatch_days: int = Field(ge=0, le=30)
    extra_holidays: tuple[date, ...] = ()
    purposes: Mapping[Purpose, PurposeRow]

    @model_validator(mode="after")
    def _appeals_exist(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        unknown = {row.appeal for row in self.purposes.values() if row.appeal is not None} - set(self.appeals)
        if unknown or set(self.purposes) != set(Purpose):
            raise ValueError("every purpose has a row, and every row names an appeal that is described")
        return self

    @classmethod
    def read(cls, path: Path = DEFAULT) -> Self:
        """Read and check the file.

        Raises:
            ValueError: it does not describe every purpose.
        """
        return cls.model_validate(yaml.safe_load(path.read_text("utf-8")))

    def appeal(self, purpose: Purpose) -> Appeal:
        """What a notice of this purpose says about appeal unless its author says otherwise."""
        named = self.purposes[purpose].appeal
        return self.appeals[named].appeal() if named is not None else Appeal()
