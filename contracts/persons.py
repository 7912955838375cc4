"""What registration announces about people themselves: changed, merged, deceased, erased.

Deaths, merges and erasures name no flow: they tell readers to stop or to forget, which no missing protocol may hold back.
"""

from contracts.codes import PersonChangeKind
from contracts.fields import Code, Instant, LocalDate, Version
from contracts.identifiers import PersonId, Region
from contracts.people import PersonFacts
from contracts.registry import REGISTRATION, Event, Sensitivity
from contracts.sealed import Sealed


class PersonChanged(
    Event,
    type="persons.notify.changed",
    service=REGISTRATION,
    flows=("registrationToNotification", "registrationToIntegration"),
    sensitivity=Sensitivity.SEALED,
):
    """The register says something new of a person; beside `kind` and `changed_on`, every field says how things stand now."""

    person_id: PersonId
    kind: PersonChangeKind
    changed_on: LocalDate
    region: Region | None = None  # left out: no main residence, or unknown
    region_since: LocalDate | None = None  # since when the main residence lies in that region
    region_before: Region | None = None  # where it lay before that
    ended: Code | None = None  # deceased, struckOff, abroad, residenceLost: why the registers follow the person no longer
    unknown: bool = False  # the register knows no such number
    version: Version
    person: Sealed[PersonFacts] | None = None


class PersonMerged(Event, type="persons.notify.merged", service=REGISTRATION):
    """Two ids turned out to be one person; told once under each id, so that order holds for readers of both."""

    person_id: PersonId  # under which it is told: the survivor or one of the absorbed
    survivor_id: PersonId
    absorbed_ids: tuple[PersonId, ...]
    merge_number: Version


class PersonDeceased(Event, type="persons.notify.deceased", service=REGISTRATION):
    """The person died."""

    person_id: PersonId
    deceased_on: LocalDate
    version: Version


class PersonErased(Event, type="persons.notify.erased", service=REGISTRATION):
    """The keys of these classes were destroyed; readers clear what they keep opened."""

    person_id: PersonId
    erased_ids: tuple[PersonId, ...]  # the survivor and all absorbed ids
    classes: tuple[Code, ...]
    ground: Code
    erased_at: Instant
