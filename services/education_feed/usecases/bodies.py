"""What Education sends to the fact doors (`facts.md` 1)."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chassis.http.models import Body, Day, Flag, Whole
from chassis.intake.kinds import FactBody
from contracts.fields import PersonNumber, Text
from contracts.identifiers import IncompleteDate

# A school year begins on 1 September (codex secundair onderwijs, article 3); a day before it belongs to the year that is ending. Who closes
# an enrolment in the holiday before, from 1 July, may speak of either year.
_SCHOOL_YEAR_BEGINS, _HOLIDAY_BEGINS = 9, 7

SchoolYear = Annotated[Whole, Field(ge=1900, le=2200, description="Its first calendar year: 2025 is the school year 2025-2026")]
# Lists that may grow: an unknown value is taken in and ends with a person; they travel as numbers or as the codes of a list.
Number = Annotated[Whole, Field(ge=0, le=999_999)]
Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]*$", description="A code of an open list")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 3166-1 alpha-3")]


class AdministrativeGroupBody(Body):
    """The administrative group; not a closed list."""

    number: Number
    name: Text | None = None


class ClosureBody(Body):
    """The enrolment was closed: the last day, and why."""

    ends_on: Day
    reason: Label | None = None
    situation_after: Number | None = None


class EnrolmentBody(FactBody):
    """An enrolment; with `closure` the pupil was deregistered, a next version without it opens it again."""

    ssin: PersonNumber
    family_name: Text
    given_name: Text
    birth_date: IncompleteDate
    source: Literal["compulsory", "higher", "adult", "boarding"]
    institution: Label
    starts_on: Day
    school_year: SchoolYear | None = None
    flemish: Flag = True
    towards_qualification: Flag = True
    individual_curriculum: Flag = False
    reception_class: Flag = False
    former_reception_class: Flag = False
    level: Number | None = None
    education_kind: Number | None = None
    programme: Number | None = None
    special_education_form: Label | None = None
    administrative_group: AdministrativeGroupBody | None = None
    closure: ClosureBody | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.closure is not None and self.closure.ends_on < self.starts_on:
            raise ValueError("endsOn lies before startsOn")
        return self

    @model_validator(mode="after")
    def _lies_in_its_school_year(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.school_year is None:
            return self
        if school_year_of(self.starts_on) > self.school_year:
            raise ValueError("startsOn lies after schoolYear")
        if self.closure is not None and self.closure.ends_on < date(self.school_year, _HOLIDAY_BEGINS, 1):
            raise ValueError("endsOn lies before schoolYear")
        return self

    @property
    def year(self) -> int:
        """The school year it belongs to."""
        return self.school_year if self.school_year is not None else school_year_of(self.starts_on)


def school_year_of(day: date) -> int:
    """The first calendar year of the school year of a day."""
    return day.year if day.month >= _SCHOOL_YEAR_BEGINS else day.year - 1


class RetractionBody(FactBody):
    """The school says that this closure is no leave; the enrolment itself stays as it was sent."""

    reason: Literal["noLeaver", "wrongPerson", "reportedInError"]
    remark: Text | None = None


class QualificationBody(FactBody):
    """A proof of qualification as the database of proofs of learning and work experience sends it (LED)."""

    ssin: PersonNumber
    category: Text
    proof_type: Text
    proof_state: Text
    stage: Text | None = None
    education_form: Text | None = None
    finality: Text | None = None
    title: Text | None = None
    supplier: Text | None = None
    authentic: Flag
    led_status: Number
    issued_on: IncompleteDate
    vks_level: Annotated[Whole, Field(ge=1, le=8)] | None = None
    country: Country | None = None
    equivalence: Literal["none", "pending", "recognised"] = "none"


class HomeEducationBody(FactBody):
    """Parents notified that they teach at home."""

    ssin: PersonNumber
    starts_on: Day
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("endsOn lies before startsOn")
        return self
