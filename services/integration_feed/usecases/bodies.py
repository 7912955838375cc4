"""What the integration agencies send to the fact doors (`facts.md` 1)."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chassis.clock import local_date
from chassis.http.models import Body, Day, Flag, Instant
from chassis.intake.kinds import FactBody
from contracts.fields import Code, Language, PersonNumber, Text
from contracts.identifiers import IncompleteDate


class ContractBody(FactBody):
    """An integration contract; without a signature it is only followed. A transfer between agencies is the next version."""

    ssin: PersonNumber
    family_name: Text
    given_name: Text
    birth_date: IncompleteDate
    agency: Code
    signed_on: Day | None = None
    signed_at: Instant | None = None
    programme_status: Code | None = None

    @model_validator(mode="after")
    def _one_signature(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.signed_on is not None and self.signed_at is not None:
            raise ValueError("a contract has signedOn or signedAt, not both")
        return self

    @property
    def signature_day(self) -> date | None:
        """The day of the signature in Brussels."""
        return self.signed_on or (local_date(self.signed_at) if self.signed_at else None)


class TerminationBody(FactBody):
    """A contract was stopped, or withdrawn as if it had never been."""

    kind: Literal["stopped", "withdrawn"]
    on: Day


class TitleBody(Body):
    """A residence title; `rightToWork` left out is unknown."""

    ground: Code
    valid_from: Day
    valid_to: Day | None = None
    right_to_work: Flag | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("validTo lies before validFrom")
        return self


class StudyBody(Body):
    """Full-time study, both ends included."""

    starts_on: Day
    ends_on: Day | None = None


class ParticipantBody(FactBody):
    """What the agency says of the person; no ground of an exemption is ever stored (GDPR article 9)."""

    ssin: PersonNumber
    status: Literal["obliged", "entitled", "exempt"]
    status_since: Day | None = None
    vdab_component: Flag = True
    contact_language: Language | None = None
    agency: Code
    titles: Annotated[tuple[TitleBody, ...], Field(max_length=50)] = ()
    full_time_study: StudyBody | None = None
