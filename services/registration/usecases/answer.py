"""What was decided about one announced case, and what stands now."""

from dataclasses import dataclass

from contracts.people import PersonFacts
from services.registration.domain.cases import Decision, KnownJobseeker
from services.registration.store.newcomer_cases import AnnouncedCase
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import Registration


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision on its way to those concerned."""

    case: AnnouncedCase
    person: RegisterPerson
    named: PersonFacts | None  # as the feed knows them; None once erased
    decision: Decision
    jobseeker: KnownJobseeker | None
    after: Registration
