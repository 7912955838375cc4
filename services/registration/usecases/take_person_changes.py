"""Takes in what the registers say of people: where they live, what they are called, that they died or left."""

from collections.abc import Sequence

from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.uow import UnitOfWork
from contracts.codes import PersonChangeKind
from contracts.identifiers import PersonId, Ssin
from contracts.people import PersonFacts, Residence
from contracts.persons import PersonDeceased
from contracts.registry import Event
from contracts.sealed import Sealed
from services.registration.domain.people import ENDS
from services.registration.store import people, person_changes
from services.registration.store.people import RegisterPerson
from services.registration.usecases import replace_numbers
from services.registration.usecases.bodies import PersonChangeBody
from services.registration.usecases.decide import decide_people
from services.registration.usecases.standing import changed, described, stands
from vault.client import Vault
from vault.values import DataClass


async def take_person_changes(uow: UnitOfWork, changes: Sequence[Taken[PersonChangeBody]]) -> None:
    """Keep what each change says, work out how the people stand now, tell the hub, and decide anew for them."""
    told = [(change.person_id, change) for change in changes if change.person_id is not None]
    # A record that turns out to be about somebody else is taken back from whom it was about before.
    mistaken = [(change.previous_person_id, change) for change in changes if change.previous_person_id is not None]
    concerned = list(dict.fromkeys(person for person, _ in (*told, *mistaken)))
    await person_changes.keep(uow, await _rows(uow, told))
    await replace_numbers.ask(uow, told)
    before = await people.persons(uow, concerned)
    said = await person_changes.of_people(uow, concerned)
    after = {person: stands(before[person], said[person]) for person in concerned}
    await people.save(uow, after)
    boxes = await described(uow, after)
    uow.publish(
        [_event(person, change.whole, after[person], boxes.get(person)) for person, change in told]
        + [_corrected(person, change.whole, after[person], boxes.get(person)) for person, change in mistaken]
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


def _event(person: PersonId, body: PersonChangeBody, after: RegisterPerson, box: Sealed[PersonFacts] | None) -> Event:
    if body.kind == "death":
        return PersonDeceased(person_id=person, deceased_on=body.on, version=after.version)
    # A departure that a later residence undid is no departure to anybody who hears of it now.
    undone = body.kind in ENDS and after.ended != ENDS[body.kind]
    return changed(person, body.on, after, box, _standing_kind(after) if undone else PersonChangeKind(body.kind))


def _corrected(person: PersonId, body: PersonChangeBody, after: RegisterPerson, box: Sealed[PersonFacts] | None) -> Event:
    """What was said turned out to be about somebody else: how things stand for this person without it."""
    return changed(person, body.on, after, box, _standing_kind(after))


def _standing_kind(after: RegisterPerson) -> PersonChangeKind:
    return PersonChangeKind.RESIDENCE if after.residence is not None else PersonChangeKind.IDENTITY
