"""The register of events: declaring an event class names its type, topic, flows and sensitivity, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from contracts.errors import DeclarationError, UnknownEventType, UnknownVersion
from contracts.identifiers import PersonId
from contracts.protocols import NAMES

ORGANISATION = "be.vdab"


@dataclass(frozen=True, slots=True)
class ServiceName:
    """A producing service as partners see it (Belgif `async-svctype`: `<reverse-dns>.<name>.v<major>`)."""

    name: str
    slug: str
    major: int = 1

    @property
    def service(self) -> str:
        """The CloudEvents `service` attribute; every event type begins with it."""
        return f"{ORGANISATION}.{self.name}.v{self.major}"

    @property
    def source(self) -> str:
        """The CloudEvents `source` attribute."""
        return f"urn:async-source:{ORGANISATION}.{self.name}"

    @property
    def topic(self) -> str:
        """Its one topic: order is promised per service and person (`mechanics.md` 4)."""
        return f"vdab.{self.slug}.v{self.major}"


EDUCATION_FEED = ServiceName("educationFeed", "education-feed")
INTEGRATION_FEED = ServiceName("integrationFeed", "integration-feed")
REGISTRATION = ServiceName("registration", "registration")
NOTIFICATION = ServiceName("notification", "notification")


class Sensitivity(StrEnum):
    """What an event says about people."""

    OPERATIONAL = "operational"  # nothing: it is about no person
    PSEUDONYMOUS = "pseudonymous"  # a person_id, codes and dates
    SEALED = "sealed"  # that, and personal data only the vault can open


class Part(BaseModel):
    """A value inside an event; unknown fields are ignored, so that a producer may add some (Belgif `addi-prop`)."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


class Event(Part):
    """A fact that happened; a subclass with a `type` is registered under it when it is declared.

    Class arguments: `type` (`<plural>.notify.<participle>`; left out for a base of several events), `service`, `flows` (the data flows of
    `contracts.protocols` that carry it), `sensitivity`, `keyless` for events about no person.
    """

    event_type: ClassVar[str]
    service: ClassVar[ServiceName]
    topic: ClassVar[str]
    flows: ClassVar[tuple[str, ...]] = ()
    sensitivity: ClassVar[Sensitivity]
    keyless: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002 - reads as the CloudEvents attribute it is
        service: ServiceName | None = None,
        flows: tuple[str, ...] = (),
        sensitivity: Sensitivity | None = None,
        keyless: bool = False,
        **config: Any,  # pydantic's own
    ) -> None:
        """Accept the class arguments; `__pydantic_init_subclass__` uses them once the fields are known."""
        super().__init_subclass__(**config)

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002
        service: ServiceName | None = None,
        flows: tuple[str, ...] = (),
        sensitivity: Sensitivity | None = None,
        keyless: bool = False,
        **config: Any,
    ) -> None:
        """Register the class.

        Raises:
            DeclarationError: the type is taken, the service is missing, a flow is unknown, or `person_id` and `keyless` contradict.
        """
        super().__pydantic_init_subclass__(**config)
        if type is None:
            return
        if service is None:
            raise DeclarationError(f"{cls.__name__} names no service")
        if keyless == ("person_id" in cls.model_fields):
            raise DeclarationError(f"{cls.__name__} needs a person_id, or keyless=True, and not both")
        if unknown := sorted(set(flows) - NAMES):
            raise DeclarationError(f"{cls.__name__} names unknown flows {unknown}")
        cls.service, cls.topic, cls.event_type = service, service.topic, f"{service.service}.{type}"
        cls.flows, cls.keyless = flows, keyless
        cls.sensitivity = sensitivity or (Sensitivity.OPERATIONAL if keyless else Sensitivity.PSEUDONYMOUS)
        if cls.event_type in _EVENTS:
            raise DeclarationError(f"{cls.__name__} and {_EVENTS[cls.event_type].__name__} are both of type {cls.event_type}")
        _EVENTS[cls.event_type] = cls

    @property
    def key(self) -> PersonId | None:
        """The person it is about, or None when it is about no one."""
        return None if self.keyless else cast("PersonId", self.person_id)  # type: ignore[attr-defined] # checked at declaration

    @property
    def partition_key(self) -> str:
        """What the bus orders by: the person, else the producing service."""
        person = self.key
        return self.service.source if person is None else str(person)

    def needed_flows(self) -> tuple[str, ...]:
        """The data flows this very event takes part in; all of `flows` unless its content says that a reader has no part in it."""
        return self.flows


_EVENTS: dict[str, type[Event]] = {}


def events() -> Mapping[str, type[Event]]:
    """Every declared event by its type; only of modules that were imported."""
    return MappingProxyType(_EVENTS)


def topics(declared: Iterable[type[Event]] | None = None) -> frozenset[str]:
    """The topics of these events, or of all."""
    return frozenset(event.topic for event in (_EVENTS.values() if declared is None else declared))


def find(event_type: str) -> type[Event]:
    """The event class of a type.

    Raises:
        UnknownEventType: no such event is declared.
        UnknownVersion: its service has another major version here.
    """
    if event_type not in _EVENTS:
        # A service need not import the contract of an event that it has no use for; unknown is only what no contract declares.
        import_module("contracts.catalogue")
    if event_type in _EVENTS:
        return _EVENTS[event_type]
    parts = event_type.split(".")
    if any(parts[:3] == event.service.service.split(".")[:3] and parts[3:4] != [f"v{event.service.major}"] for event in _EVENTS.values()):
        raise UnknownVersion(event_type)
    raise UnknownEventType(event_type)
