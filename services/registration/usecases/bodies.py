"""What partners send to the fact doors of registration (`facts.md` 1)."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chassis.http.models import Day, Flag, Instant
from chassis.intake.kinds import FactBody
from contracts.codes import Category, Origin
from contracts.fields import PersonNumber, Text
from contracts.identifiers import IncompleteDate, NisCode
from contracts.people import AddressBody


class PersonChangeBody(FactBody):
    """What a register says happened to a person."""

    ssin: PersonNumber
    kind: Literal["residence", "death", "struckOff", "abroad", "residenceLost", "numberReplaced", "numberUnknown", "identity"]
    on: Day
    new_ssin: PersonNumber | None = None
    nis: NisCode | None = None
    address: AddressBody | None = None
    family_name: Text | None = None
    given_name: Text | None = None
    birth_date: IncompleteDate | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.kind == "identity" and self.family_name is None:
            raise ValueError("identity needs familyName")
        if (self.kind == "numberReplaced") is (self.new_ssin is None):
            raise ValueError("numberReplaced needs newSsin, and nothing else has one")
        if self.new_ssin == self.ssin:
            raise ValueError("newSsin is the number that it replaces")
        if self.kind == "residence" and self.nis is None and self.address is None:
            raise ValueError("residence needs nis, address or both")
        return self


class JobseekerBody(FactBody):
    """A registration in VDAB's own register."""

    ssin: PersonNumber
    category: Category
    starts_on: Day
    registered_at: Instant
    ends_on: Day | None = None
    origin: Origin

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("endsOn lies before startsOn")
        return self


class EmploymentBody(FactBody):
    """An employment (Dimona); both ends included."""

    ssin: PersonNumber
    starts_on: Day
    ends_on: Day | None = None
    kind: Literal["regular", "interim", "student"]
    work_fraction: Annotated[Decimal, Field(gt=0, le=1, description='of full time, as text such as "0.50"')] = Decimal(1)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("endsOn lies before startsOn")
        return self


class AssessmentBody(FactBody):
    """What a counsellor says of a jobseeker: when they were screened, or agreed what binds them."""

    ssin: PersonNumber
    kind: Literal["screening", "agreements"]
    on: Day
    self_reliant: Flag | None = None
    benefit_entitled: Flag | None = None
