"""What a service declares about a kind of fact, and how a record of it reaches the service."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ConfigDict, Field

from chassis.http.models import Body, Whole
from chassis.intake.order import DELETE, PUT
from chassis.intake.outcomes import Outcome
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

# The largest integer that every JSON reader keeps exact (RFC 8259, section 6).
LARGEST_VERSION = 2**53 - 1


class FactBody(Body):
    """What every fact carries; `sourceVersion` rises per client and reference (`facts.md` 1)."""

    # Only wire names come in; the parent would take our own spelling too.
    model_config = ConfigDict(populate_by_name=False, validate_by_name=False, validate_by_alias=True)

    source_version: Whole = Field(ge=1, le=LARGEST_VERSION)

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """What it says by wire names, defaults left out, so that saying a default and leaving it out are the same."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)


B = TypeVar("B", bound=FactBody)


class Record(NamedTuple):
    """The identity of a fact (`mechanics.md` 16); sorts, so that locks are taken in one order."""

    organisation: str
    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class Taken(Generic[B]):
    """One version of a record that is to have an effect; everybody named in it is claimed."""

    record: Record
    source_version: int
    operation: str  # put, delete, or the name of an amendment
    body: B | None  # of a put
    amendment: FactBody | None  # of an amendment
    person_id: PersonId | None  # whom the record is about; survivor of any merge
    previous_person_id: PersonId | None  # whom an earlier version was about, when that was somebody else
    client_id: str
    received_at: datetime  # on the hub's business clock
    earlier: bool  # whether what a delete or amendment is about has arrived, or a put has been before

    @property
    def organisation(self) -> str:
        """The partner whose record it is."""
        return self.record.organisation

    @property
    def reference(self) -> str:
        """The partner's own name for the record."""
        return self.record.reference

    @property
    def whole(self) -> B:
        """The body of a put."""
        assert self.body is not None
        return self.body

    def outcome(
        self, result: str, reason: str | None = None, details: dict[str, Any] | None = None, internal: dict[str, Any] | None = None
    ) -> Outcome:
        """What the partner is to be told of it."""
        return Outcome(*self.record, self.source_version, result, reason, self.person_id, details or {}, internal)


@dataclass(frozen=True, slots=True)
class Amendment:
    """An operation that changes a record without sending it whole: `POST /{kind path}/{reference}/{path}`; its body names no person."""

    name: str
    path: str
    model: type[FactBody]


@dataclass(frozen=True, slots=True)
class FactKind(Generic[B]):
    """One kind of fact: its name in bulk lines, its path at the door, its body, and what its arrival does.

    `apply` gets each person and each record at most once a call, people claimed. It records an outcome for each (`outcomes.record`); one it
    leaves out becomes `accepted`. A record may come again when an earlier version arrives late, so applying twice must do no harm.
    `conclude` comes once after all of them, with every record of the unit: what is decided there rests on everything the sender said at
    once, so that a correction in the same upload leaves no trace of what it corrects.
    """

    name: str
    path: str
    model: type[B]
    scope: str
    apply: Callable[[UnitOfWork, Sequence[Taken[B]]], Awaitable[None]]
    person: Callable[[B], Hashable | None]  # the person number in a body, for `Custody.resolve`
    deletes: bool = True
    amendments: tuple[Amendment, ...] = ()
    # Other person numbers in a body, by the name of their field: checked, but nobody is looked up.
    mentions: Callable[[B], Mapping[str, Hashable]] = lambda _: {}
    conclude: Callable[[UnitOfWork, Sequence[Taken[B]]], Awaitable[None]] | None = None
    flow: str | None = None  # the data flow under which it may be taken in (`contracts.protocols`); None: the service's own register

    @property
    def operations(self) -> frozenset[str]:
        """Every operation a bulk line may name."""
        return frozenset({PUT, *({DELETE} if self.deletes else ()), *(amendment.name for amendment in self.amendments)})

    def body_model(self, operation: str) -> type[FactBody]:
        """The body of a put or an amendment."""
        return next((amendment.model for amendment in self.amendments if amendment.name == operation), self.model)


@dataclass(frozen=True, slots=True)
class Command:
    """What a partner asks: one version of one record, as it came through a door."""

    organisation: str
    client_id: str
    kind: FactKind[Any]
    reference: str
    source_version: int
    operation: str
    body: FactBody | None = None
    line: int | None = None
    record: Record = field(init=False)  # which record it is about
    number: Hashable | None = field(init=False, repr=False)  # the person number in it

    def __post_init__(self) -> None:
        object.__setattr__(self, "record", Record(self.organisation, self.kind.name, self.reference))
        named = self.operation == PUT and self.body is not None
        object.__setattr__(self, "number", self.kind.person(self.body) if named else None)

    @property
    def mentioned(self) -> Mapping[str, Hashable]:
        """Further person numbers in it, by the name of their field."""
        return self.kind.mentions(self.body) if self.operation == PUT and self.body is not None else {}
