"""What is known of one pupil on the moment of deciding: what schools, the database of proofs and the registers said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.codes import SourceState
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.cases import Kept

# The sources whose silence matters; each sender keeps its watermark (`facts.md` 1).
ENROLMENTS_COMPULSORY = "enrolmentsCompulsory"
ENROLMENTS_HIGHER = "enrolmentsHigher"
ENROLMENTS_ADULT = "enrolmentsAdult"
LED = "led"


@dataclass(frozen=True, slots=True)
class Closure:
    """A deregistration; `ends_on` is the last day of the enrolment and day 0 of the window."""

    ends_on: date
    reason: str | None = None
    situation_after: int | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """The school says of the record as it stood: its closure is no leave."""

    reason: str  # noLeaver, wrongPerson, reportedInError
    received_at: datetime


@dataclass(frozen=True, slots=True)
class AdministrativeGroup:
    """What a school calls the class group; not a closed list."""

    number: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment as its newest version says; a deleted one keeps what it said, so that its withdrawal can be told from its absence."""

    organisation: str
    reference: str
    source_version: int
    received_at: datetime  # of the newest version, or of what deleted it
    first_received_at: datetime
    source: str  # compulsory, higher, adult, boarding
    institution: str
    school_year: int  # the sender's, else of `starts_on`
    starts_on: date
    flemish: bool = True
    towards_qualification: bool = True
    individual_curriculum: bool = False
    reception_class: bool = False
    former_reception_class: bool = False
    level: int | None = None
    education_kind: int | None = None
    programme: int | None = None
    special_education_form: str | None = None
    administrative_group: AdministrativeGroup | None = None
    closure: Closure | None = None
    deleted: bool = False
    retraction: Retraction | None = None  # only one that speaks of this version or a later one


@dataclass(frozen=True, slots=True)
class Qualification:
    """One proof as the database of proofs sends it; texts as sent, the qualification table normalises them."""

    organisation: str
    reference: str
    source_version: int
    received_at: datetime
    category: str
    proof_type: str
    proof_state: str
    authentic: bool
    led_status: int
    issued_on: IncompleteDate
    stage: str | None = None
    education_form: str | None = None
    finality: str | None = None
    title: str | None = None
    supplier: str | None = None
    vks_level: int | None = None
    country: str | None = None
    equivalence: str = "none"  # none, pending, recognised
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class HomeEducation:
    """Parents notified that they teach at home."""

    organisation: str
    reference: str
    source_version: int
    received_at: datetime
    starts_on: date
    ends_on: date | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How the person stands, as registration announced it; `heard_at` is when the last change of any of these was heard, if known."""

    ended: str | None = None  # deceased, struckOff, abroad, residenceLost
    region: str | None = None  # flanders, brussels, wallonia; None is not known here: registration looks
    unknown: bool = False  # the register does not know the number
    objection: str | None = None  # pending, upheld; None when there is none, or it was rejected
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watermark:
    """What a source last said of itself; `complete_until` is the last day about which its silence counts."""

    state: SourceState
    complete_until: date | None = None
    received_at: datetime | None = None

    def covers(self, day: date) -> bool:
        """Whether silence about that day means that there is nothing."""
        return self.state is SourceState.AVAILABLE and self.complete_until is not None and day <= self.complete_until


@dataclass(frozen=True, slots=True)
class Sources:
    """The watermarks by name of the source; one that never spoke is missing."""

    watermarks: Mapping[str, Watermark] = field(default_factory=dict)

    def silent(self, name: str, day: date) -> bool:
        """Whether absence at this source counts up to and including that day."""
        watermark = self.watermarks.get(name)
        return watermark is not None and watermark.covers(day)


@dataclass(frozen=True, slots=True)
class Switches:
    """The rule rows a person can switch, as they stand on the day of the decision (`facts.md` 3)."""

    min_age: bool = True  # active: nobody under 18 is registered; switched off: at once, with the flag `minor`


@dataclass(frozen=True, slots=True)
class Pupil:
    """One person with every fact that is kept, and what was last decided of each school year; the order of the facts means nothing."""

    birth: IncompleteDate | None
    enrolments: tuple[Enrolment, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    home_educations: tuple[HomeEducation, ...] = ()
    standing: Standing = Standing()
    kept: tuple[Kept, ...] = ()
