"""Takes in what the registers say of people: where they live, what they are called, that they died or left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.uow import UnitOfWork
from contracts.codes import PersonChangeKind
from contracts.identifiers import PersonId, Region, Ssin
from contracts.people import PersonFacts, Residence
from contracts.persons import PersonChanged, PersonDeceased
from contracts.registry import Event
from contracts.sealed import Sealed
from services.registration.store import newcomer_cases, people
from services.registration.store.people import RegisterPerson
from services.registration.usecases.bodies import PersonChangeBody
from services.registration.usecases.decide_newcomers import decide_newcomers
from services.registration.usecases.identity import IDENTIFYING, composed, identities
from vault.client import Vault
from vault.values import DataClass, Erased

_ENDS = {"death": "deceased", "struckOff": "struckOff", "abroad": "abroad", "residenceLost": "residenceLost"}


async def take_person_changes(uow: UnitOfWork, changes: Sequence[Taken[PersonChangeBody]]) -> None:
    """Keep what each change says, tell the hub, and decide anew for the people concerned."""
    told = [(change.person_id, change.body) for change in changes if change.body is not None and change.person_id is not None]
    concerned = [person for person, _ in told]
    before = await people.persons(uow, concerned)
    after = await _after(uow, told, before)
    await people.save(uow, after)
    uow.publish(await _events(uow, told, after))
    await outcomes.record(uow, [change.outcome("accepted") for change in changes])
    await decide_newcomers(uow, concerned)


Change = tuple[PersonId, PersonChangeBody]


async def _after(uow: UnitOfWork, told: Sequence[Change], before: Mapping[PersonId, RegisterPerson]) -> Mapping[PersonId, RegisterPerson]:
    boxes = await uow.resource(Vault).seal([(person, DataClass.DOSSIER, _said(body)) for person, body in told])
    return {person: _changed(before[person], body, box) for (person, body), box in zip(told, boxes, strict=True)}


def _said(body: PersonChangeBody) -> PersonFacts | Residence:
    if body.kind == "identity":
        return PersonFacts(ssin=Ssin(body.ssin), family_name=body.family_name or "", given_name=body.given_name, birth_date=body.birth_date)
    return Residence(nis=body.nis, address=body.address.address() if body.address else None)


def _changed(before: RegisterPerson, body: PersonChangeBody, box: Sealed[Any]) -> RegisterPerson:
    """The person after the change; of two changes of one kind the later date stands, whatever came first."""
    after = replace(before, version=before.version + 1)
    match body.kind:
        case "residence" if before.residence_on is None or before.residence_on <= body.on:
            region = body.nis.on(body.on).region if body.nis else None
            # Someone who moved in again after leaving is followed again; the dead are not.
            ended = before.ended if before.ended == "deceased" or (before.ended_on or body.on) > body.on else None
            return replace(after, residence=box, residence_on=body.on, region=region, ended=ended)
        case "identity" if before.identity_on is None or before.identity_on <= body.on:
            return replace(after, identity=box, identity_on=body.on)
        case "numberUnknown":
            return replace(after, unknown=True)
        case kind if kind in _ENDS and before.ended != "deceased":
            return replace(after, ended=_ENDS[kind], ended_on=body.on)
        case _:
            return after


async def _events(uow: UnitOfWork, told: Sequence[Change], after: Mapping[PersonId, RegisterPerson]) -> list[Event]:
    described = await _described(uow, after)
    return [_event(person, body, after[person], described.get(person)) for person, body in told]


def _event(person: PersonId, body: PersonChangeBody, after: RegisterPerson, described: Sealed[PersonFacts] | None) -> Event:
    if body.kind == "death":
        return PersonDeceased(person_id=person, deceased_on=body.on, version=after.version)
    return PersonChanged(
        person_id=person,
        kind=PersonChangeKind(body.kind),
        changed_on=body.on,
        region=Region(after.region) if after.region else None,
        version=after.version,
        person=described,
    )


async def _described(uow: UnitOfWork, after: Mapping[PersonId, RegisterPerson]) -> Mapping[PersonId, Sealed[PersonFacts]]:
    """Everything known of each person, sealed; a person nobody has named yet is left out."""
    vault = uow.resource(Vault)
    opened = await identities(vault, after)
    cases = {case.person_id: case.person for case in await newcomer_cases.open_cases(uow, list(after))}
    in_feed: list[Sealed[PersonFacts]] = list(cases.values())
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
