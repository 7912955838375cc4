"""What was decided about one announced case, and what stands now."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from contracts.codes import Flag
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.registration.domain.cases import Decision, KnownJobseeker
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import Registration
from services.registration.usecases.identity import Opened


class Announced(Protocol):
    """What every case that a feed announced has, an obligation or a leave."""

    @property
    def case_id(self) -> UUID:
        """The feed's id of it."""

    @property
    def person_id(self) -> PersonId:
        """Whose it is."""

    @property
    def contract_id(self) -> UUID | None:
        """The contract behind it, where there is one."""

    @property
    def period(self) -> str:
        """What the one confirmation is unique for."""

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What a person who looks at it should see at once."""

    @property
    def person(self) -> Sealed[PersonFacts]:
        """Who it is about, as the feed knows them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision on its way to those concerned."""

    case: Announced
    person: RegisterPerson
    named: PersonFacts | None  # as the feed knows them; None once erased
    decision: Decision
    jobseeker: KnownJobseeker | None
    after: Registration
    register: Opened | None = None  # what the registers say of the person, where that is opened already
