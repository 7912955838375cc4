"""Facts as the doors take them: one class per body of `facts.md` 1, and what is sent where."""

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal
from urllib.parse import quote, unquote

from pydantic.alias_generators import to_camel


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    street: str
    number: str
    post_code: str
    municipality: str
    box: str | None = None


@dataclass(frozen=True, slots=True)
class Title:
    """A residence title; the right to work left out is unknown."""

    ground: str
    valid_from: date
    valid_to: date | None = None
    right_to_work: bool | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """Full-time study."""

    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """`PUT /integrationFeed/v1/contracts/{reference}`; the birth date may be incomplete, so it is text."""

    source_version: int
    ssin: str
    family_name: str
    given_name: str
    birth_date: str
    agency: str
    signed_on: date | None = None
    programme_status: str | None = None


@dataclass(frozen=True, slots=True)
class Termination:
    """`POST /integrationFeed/v1/contracts/{reference}/terminations`."""

    source_version: int
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Participant:
    """`PUT /integrationFeed/v1/participants/{reference}`."""

    source_version: int
    ssin: str
    status: str
    agency: str
    contact_language: str
    status_since: date | None = None
    vdab_component: bool | None = None
    titles: tuple[Title, ...] = ()
    full_time_study: Study | None = None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """`PUT /registration/v1/personChanges/{reference}`."""

    source_version: int
    ssin: str
    kind: str
    on: date
    nis: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Jobseeker:
    """`PUT /registration/v1/jobseekers/{reference}`."""

    source_version: int
    ssin: str
    category: str
    starts_on: date
    registered_at: datetime
    origin: str


@dataclass(frozen=True, slots=True)
class Employment:
    """`PUT /registration/v1/employments/{reference}`."""

    source_version: int
    ssin: str
    starts_on: date
    kind: str
    work_fraction: str | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """`PUT /{service}/v1/sourceStates/{name}`."""

    source_version: int
    state: str
    complete_until: date


@dataclass(frozen=True, slots=True)
class AdministrativeGroup:
    """The group of an enrolment, by which special education and reception classes are told."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Closure:
    """A deregistration; the letter and the number are those of Discimus."""

    ends_on: date
    reason: str
    situation_after: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`PUT /educationFeed/v1/enrolments/{reference}`."""

    source_version: int
    ssin: str
    family_name: str
    given_name: str
    birth_date: str
    source: str
    institution: str
    starts_on: date
    flemish: bool | None = None
    towards_qualification: bool | None = None
    individual_curriculum: bool | None = None
    reception_class: bool | None = None
    level: int | None = None
    education_kind: int | None = None
    programme: int | None = None
    special_education_form: str | None = None
    administrative_group: AdministrativeGroup | None = None
    closure: Closure | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """`POST /educationFeed/v1/enrolments/{reference}/retractions`."""

    source_version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Qualification:
    """`PUT /educationFeed/v1/qualifications/{reference}`."""

    source_version: int
    ssin: str
    category: str
    proof_type: str
    proof_state: str
    authentic: bool
    led_status: int
    issued_on: str
    stage: str | None = None
    education_form: str | None = None
    title: str | None = None
    supplier: str | None = None
    vks_level: int | None = None
    country: str | None = None
    equivalence: str | None = None


@dataclass(frozen=True, slots=True)
class HomeEducation:
    """`PUT /educationFeed/v1/homeEducations/{reference}`."""

    source_version: int
    ssin: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class Deleted:
    """`DELETE /educationFeed/v1/enrolments/{reference}?sourceVersion=n`: the enrolment never was."""

    source_version: int


Body = (
    Contract
    | Termination
    | Participant
    | PersonChange
    | Jobseeker
    | Employment
    | SourceState
    | Enrolment
    | Retraction
    | Deleted
    | Qualification
    | HomeEducation
)
Method = Literal["PUT", "POST", "DELETE"]

_DOORS: dict[type[Body], tuple[Method, str]] = {
    Contract: ("PUT", "/integrationFeed/v1/contracts/{}"),
    Termination: ("POST", "/integrationFeed/v1/contracts/{}/terminations"),
    Participant: ("PUT", "/integrationFeed/v1/participants/{}"),
    PersonChange: ("PUT", "/registration/v1/personChanges/{}"),
    Jobseeker: ("PUT", "/registration/v1/jobseekers/{}"),
    Employment: ("PUT", "/registration/v1/employments/{}"),
    Enrolment: ("PUT", "/educationFeed/v1/enrolments/{}"),
    Retraction: ("POST", "/educationFeed/v1/enrolments/{}/retractions"),
    Deleted: ("DELETE", "/educationFeed/v1/enrolments/{}"),
    Qualification: ("PUT", "/educationFeed/v1/qualifications/{}"),
    HomeEducation: ("PUT", "/educationFeed/v1/homeEducations/{}"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One request: who sends what where."""

    client: str
    method: Method
    path: str
    body: Body

    @classmethod
    def about(cls, client: str, reference: str, body: Body) -> "Fact":
        """A fact under the sender's opaque reference."""
        method, path = _DOORS[type(body)]
        return cls(client, method, path.format(quote(reference, safe="")), body)

    @property
    def line(self) -> dict[str, Any]:
        """The fact as a line of a bulk body; a record with a `kind` of its own stands under `record` (docs/decisions/0002)."""
        [_, _, _, collection, reference, *amendment] = self.path.split("/")
        operation = _OPERATIONS.get(self.method) or amendment[0].removesuffix("s")
        head = {"operation": operation, "kind": collection.removesuffix("s"), "reference": unquote(reference)}
        record = self.json
        return {**head, "record": record} if "kind" in record else {**head, **record}

    @property
    def json(self) -> dict[str, Any]:
        """The body as the door takes it: lowerCamelCase, what is unknown left out."""
        found = wire(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def encoded(self) -> bytes:
        """That line as it is sent, with its line feed."""
        return json.dumps(self.line, ensure_ascii=False).encode() + b"\n"


_OPERATIONS: dict[Method, str] = {"PUT": "put", "DELETE": "delete"}


def wire(value: object) -> Any:
    """A body, or a part of one, as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {wire_name: wire(getattr(value, name)) for name, wire_name in _names(type(value))}
        return {name: part for name, part in named.items() if part is not None and part != []}
    if isinstance(value, tuple):
        return [wire(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


@cache
def _names(kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """The fields of a body with their names on the wire; looked up once a class, for bulk has hundreds of thousands of bodies."""
    return tuple((field.name, to_camel(field.name)) for field in fields(kind))
