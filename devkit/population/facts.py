"""Facts as the doors take them: one class per body of `facts.md` 1, and what is sent where."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
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


Body = Contract | Termination | Participant | PersonChange | Jobseeker | Employment | SourceState

_DOORS: dict[type[Body], tuple[Literal["PUT", "POST"], str]] = {
    Contract: ("PUT", "/integrationFeed/v1/contracts/{}"),
    Termination: ("POST", "/integrationFeed/v1/contracts/{}/terminations"),
    Participant: ("PUT", "/integrationFeed/v1/participants/{}"),
    PersonChange: ("PUT", "/registration/v1/personChanges/{}"),
    Jobseeker: ("PUT", "/registration/v1/jobseekers/{}"),
    Employment: ("PUT", "/registration/v1/employments/{}"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One request: who sends what where."""

    client: str
    method: Literal["PUT", "POST"]
    path: str
    body: Body

    @classmethod
    def about(cls, client: str, reference: str, body: Body) -> "Fact":
        """A fact under the sender's opaque reference."""
        method, path = _DOORS[type(body)]
        return cls(client, method, path.format(quote(reference, safe="")), body)

    @property
    def line(self) -> dict[str, Any]:
        """A put as a line of a bulk body. Bodies with a `kind` of their own cannot go that way: a line's `kind` is that of the fact."""
        assert "kind" not in self.json
        [*_, collection, reference] = self.path.split("/")
        return {"operation": "put", "kind": collection.removesuffix("s"), "reference": unquote(reference), **self.json}

    @property
    def json(self) -> dict[str, Any]:
        """The body as the door takes it: lowerCamelCase, what is unknown left out."""
        found = wire(self.body)
        assert isinstance(found, dict)
        return found


def wire(value: object) -> Any:
    """A body, or a part of one, as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {to_camel(field.name): wire(getattr(value, field.name)) for field in fields(value)}
        return {name: part for name, part in named.items() if part is not None and part != []}
    if isinstance(value, tuple):
        return [wire(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
