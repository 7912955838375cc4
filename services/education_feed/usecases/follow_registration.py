"""Follows what registration announces of people: changes, deaths, objections, erasures."""

from collections.abc import Sequence

from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.persons import PersonChanged, PersonDeceased, PersonErased
from contracts.registers import ObjectionDecided, ObjectionReceived
from services.education_feed.store import forgetting, registers
from services.education_feed.usecases.decide import decide_leaves
from services.education_feed.usecases.tell_education import known_again

# The classes of keys under which who a pupil is lies here: in the facts themselves, and as the register says.
_OWN = frozenset({"intake", "dossier"})


async def people_changed(uow: UnitOfWork, events: Sequence[Received[PersonChanged]]) -> None:
    """Keep how people stand in the registers, and decide anew."""
    survivors = uow.claim(event.data.person_id for event in events)
    await registers.keep(
        uow,
        [
            {
                "person_id": str(survivors[changed.person_id]),
                "identity": changed.person.wire if changed.person and changed.kind == "identity" else None,
                "region": changed.region,
                "ended": changed.ended,
                "unknown": changed.unknown,
                "register_version": changed.version,
            }
            for changed in (event.data for event in events)
        ],
    )
    people = list(survivors.values())
    await decide_leaves(uow, people, said=await known_again(uow, people))


async def people_died(uow: UnitOfWork, events: Sequence[Received[PersonDeceased]]) -> None:
    """The dead leave no school."""
    survivors = uow.claim(event.data.person_id for event in events)
    await registers.died(uow, {survivors[event.data.person_id]: event.data.version for event in events})
    await decide_leaves(uow, list(survivors.values()))


async def objections_received(uow: UnitOfWork, events: Sequence[Received[ObjectionReceived]]) -> None:
    """Until someone decided about an objection nothing is announced."""
    await _keep_objections(uow, events)


async def objections_decided(uow: UnitOfWork, events: Sequence[Received[ObjectionDecided]]) -> None:
    """Upheld: nothing is ever announced; rejected: it counts for nothing."""
    await _keep_objections(uow, events)


async def _keep_objections(uow: UnitOfWork, events: Sequence[Received[ObjectionReceived] | Received[ObjectionDecided]]) -> None:
    survivors = uow.claim(event.data.person_id for event in events)
    rows = [
        {
            "objection_id": str(said.objection_id),
            "person_id": str(survivors[said.person_id]),
            "outcome": said.outcome if isinstance(said, ObjectionDecided) else None,
            "version": said.version,
        }
        for said in (event.data for event in events)
    ]
    await registers.object_to(uow, rows)
    await decide_leaves(uow, list(survivors.values()))


async def people_erased(uow: UnitOfWork, events: Sequence[Received[PersonErased]]) -> None:
    """Clear what is known of these people under every id they ever had; a leave that still waited ends."""
    erased = [event.data for event in events if _OWN.intersection(event.data.classes)]
    survivors = list(uow.claim(event.person_id for event in erased).values())
    await forgetting.forget(uow, survivors, [person for event in erased for person in event.erased_ids])
    await decide_leaves(uow, survivors)
