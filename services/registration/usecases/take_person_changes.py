"""Takes in what the registers say of people: where they live, what they are called, that they died or left."""

from collections.abc import Mapping, Sequence
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
from services.registration.domain.people import ENDS, standing
from services.registration.store import leaver_cases, newcomer_cases, people, person_changes
from services.registration.store.people import RegisterPerson
from services.registration.store.person_changes import Told
from services.registration.usecases.bodies import PersonChangeBody
from services.registration.usecases.decide import decide_people
from services.registration.usecases.identity import IDENTIFYING, composed, identities
from vault.client import Vault
from vault.values import DataClass, Erased


async def take_person_changes(uow: UnitOfWork, changes: Sequence[Taken[PersonChangeBody]]) -> None:
    """Keep what each change says, work out how the people stand now, tell the hub, and decide anew for them."""
    told = [(change.person_id, change) for change in changes if change.person_id is not None]
    # A record that turns out to be about somebody else is taken back from whom it was about before.
    mistaken = [(change.previous_person_id, change) for change in changes if change.previous_person_id is not None]
    concerned = list(dict.fromkeys(person for person, _ in (*told, *mistaken)))
    await person_changes.keep(uow, await _rows(uow, told))
    before = await people.persons(uow, concerned)
    said = await person_changes.of_people(uow, concerned)
    after = {person: _stands(before[person], said[person]) for person in concerned}
    await people.save(uow, after)
    described = await _described(uow, after)
    uow.publish(
        [_event(person, change.whole, after[person], described.get(person)) for person, change in told]
        + [_corrected(person, change.whole, after[person], described.get(person)) for person, change in mistaken]
    )
    await outcomes.record(uow, [change.outcome("accepted") for change in changes])
    await decide_people(uow, concerned)


Change = tuple[PersonId, Taken[PersonChangeBody]]


async def _rows(uow: UnitOfWork, told: Sequence[Change]) -> list[dict[str, object]]:
    boxes = await uow.resource(Vault).seal([(person, DataClass.DOSSIER, _said(change.whole)) for person, change in told])
    return [
        {
            "organisation": change.organisation,
            "reference": change.reference,
            "person_id": str(person),
            "kind": change.whole.kind,
            "changed_on": change.whole.on.isoformat(),
            "region": change.whole.nis.on(change.whole.on).region if change.whole.nis else None,
            "said": box.wire,
        }
        for (person, change), box in zip(told, boxes, strict=True)
    ]


def _said(body: PersonChangeBody) -> PersonFacts | Residence:
    if body.kind == "identity":
        return PersonFacts(ssin=Ssin(body.ssin), family_name=body.family_name or "", given_name=body.given_name, birth_date=body.birth_date)
    return Residence(nis=body.nis, address=body.address.address() if body.address else None)


def _stands(before: RegisterPerson, said: Sequence[Told]) -> RegisterPerson:
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


def _event(person: PersonId, body: PersonChangeBody, after: RegisterPerson, described: Sealed[PersonFacts] | None) -> Event:
    if body.kind == "death":
        return PersonDeceased(person_id=person, deceased_on=body.on, version=after.version)
    # A departure that a later residence undid is no departure to anybody who hears of it now.
    undone = body.kind in ENDS and after.ended != ENDS[body.kind]
    return _changed(person, body, after, described, _standing_kind(after) if undone else PersonChangeKind(body.kind))


def _corrected(person: PersonId, body: PersonChangeBody, after: RegisterPerson, described: Sealed[PersonFacts] | None) -> Event:
    """What was said turned out to be about somebody else: how things stand for this person without it."""
    return _changed(person, body, after, described, _standing_kind(after))


def _standing_kind(after: RegisterPerson) -> PersonChangeKind:
    return PersonChangeKind.RESIDENCE if after.residence is not None else PersonChangeKind.IDENTITY


def _changed(
    person: PersonId, body: PersonChangeBody, after: RegisterPerson, described: Sealed[PersonFacts] | None, kind: PersonChangeKind
) -> PersonChanged:
    return PersonChanged(
        person_id=person,
        kind=kind,
        changed_on=body.on,
        region=Region(after.region) if after.region else None,
        region_since=after.region_since,
        region_before=Region(after.region_before) if after.region_before else None,
        ended=after.ended,
        unknown=after.unknown,
        version=after.version,
        person=described,
    )


async def _described(uow: UnitOfWork, after: Mapping[PersonId, RegisterPerson]) -> Mapping[PersonId, Sealed[PersonFacts]]:
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
