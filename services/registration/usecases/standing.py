"""How people stand by everything the registers said of them, as it is kept and as the hub hears it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chassis.merging import Merged
from chassis.uow import UnitOfWork
from contracts.codes import PersonChangeKind
from contracts.identifiers import PersonId, Region
from contracts.people import PersonFacts
from contracts.persons import PersonChanged, PersonDeceased
from contracts.sealed import Sealed
from services.registration.domain.people import ENDS, standing
from services.registration.store import leaver_cases, newcomer_cases, people, person_changes
from services.registration.store.people import RegisterPerson
from services.registration.store.person_changes import Told
from services.registration.usecases.identity import IDENTIFYING, composed, identities
from vault.client import Vault
from vault.values import DataClass, Erased


async def stand_anew(uow: UnitOfWork, merged: Sequence[Merged], on: date) -> None:
    """Work out how merged people stand, and tell the hub; the version is later than any that was told of either id."""
    rows = await people.persons(uow, [person for one in merged for person in (one.survivor, *one.absorbed)])
    told = await person_changes.of_people(uow, [one.survivor for one in merged])
    known = [one for one in merged if told[one.survivor]]
    latest = {one.survivor: max(rows[person].version for person in (one.survivor, *one.absorbed)) for one in known}
    after = {person: stands(RegisterPerson(version=version), told[person]) for person, version in latest.items()}
    await people.save(uow, after)
    boxes = await described(uow, after)
    uow.publish(_merged(person, now, boxes.get(person), on) for person, now in after.items())


def _merged(person: PersonId, now: RegisterPerson, box: Sealed[PersonFacts] | None, on: date) -> PersonChanged | PersonDeceased:
    if now.ended == ENDS["death"]:
        return PersonDeceased(person_id=person, deceased_on=now.ended_on or on, version=now.version)
    return changed(person, on, now, box, PersonChangeKind.NUMBER_REPLACED)


def stands(before: RegisterPerson, said: Sequence[Told]) -> RegisterPerson:
    """The person by all that was said; the version rises with each change, whatever it changed."""
    now = standing(told.change for told in said)
    by_number = {told.change.number: told for told in said}
    identity = by_number[now.identity] if now.identity is not None else None
    residence = by_number[now.residence] if now.residence is not None else None
    return RegisterPerson(
        identity=identity.said if identity else None,
        identity_on=identity.change.on if identity else None,
        residence=residence.said if residence else None,
        residence_on=residence.change.on if residence else None,
        region=now.region,
        region_since=now.region_since,
        region_before=now.region_before,
        ended=now.ended,
        ended_on=now.ended_on,
        unknown=now.unknown,
        version=before.version + 1,
    )


def changed(person: PersonId, on: date, after: RegisterPerson, box: Sealed[PersonFacts] | None, kind: PersonChangeKind) -> PersonChanged:
    """How a person stands now, as the hub hears it."""
    return PersonChanged(
        person_id=person,
        kind=kind,
        changed_on=on,
        region=Region(after.region) if after.region else None,
        region_since=after.region_since,
        region_before=Region(after.region_before) if after.region_before else None,
        ended=after.ended,
        unknown=after.unknown,
        version=after.version,
        person=box,
    )


async def described(uow: UnitOfWork, after: Mapping[PersonId, RegisterPerson]) -> Mapping[PersonId, Sealed[PersonFacts]]:
    """Everything known of each person, sealed; a person nobody has named yet is left out."""
    vault = uow.resource(Vault)
    opened = await identities(vault, after)
    cases = {case.person_id: case.person for case in await leaver_cases.open_cases(uow, list(after))}
    cases |= {case.person_id: case.person for case in await newcomer_cases.open_cases(uow, list(after))}
    in_feed: list[Sealed[Any]] = list(cases.values())
    opened_feed = await vault.open(in_feed, PersonFacts, IDENTIFYING)
    from_feed = dict(zip(cases, opened_feed, strict=True))
    known: dict[PersonId, PersonFacts] = {}
    for person, register in opened.items():
        feed = from_feed.get(person)
        base = register.identity or (None if isinstance(feed, Erased) else feed)
        if base is not None:
            known[person] = composed(register, base)
    boxes = await vault.seal([(person, DataClass.DOSSIER, facts) for person, facts in known.items()])
    return dict(zip(known, boxes, strict=True))
