"""Two people turned out to be one: how they stand is worked out from all that was said of both, and one registration of theirs goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from chassis.clock import local_date
from chassis.merging import Merged, mark
from chassis.uow import UnitOfWork
from contracts.codes import Cause, LeaverOutcome, NewcomerOutcome, Reason, RegistrationState
from contracts.identifiers import PersonId
from contracts.persons import PersonMerged
from contracts.registration import RegistrationRevised, RegistrationWithdrawn
from services.registration.store import ledger, newcomer_cases, registrations, tables, term_tables
from services.registration.store.objection_tables import objection
from services.registration.store.registrations import Registration
from services.registration.usecases import announce, terms
from services.registration.usecases.decide import decide_people
from services.registration.usecases.standing import stand_anew

RULE = "merge"
_MARKED = (
    tables.person_change,
    tables.register_person,
    tables.jobseeker,
    tables.employment,
    tables.newcomer_case,
    tables.leaver_case,
    tables.decision,
    tables.registration,
    tables.review_decision,
    tables.consultation,
    objection,
    term_tables.assessment,
    term_tables.term,
)


async def merge_people(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Announce the merge under each id, then what it changes; a merge comes here once, in the unit that first meets it."""
    uow.publish(event for one in merged for event in _told(one))
    await mark(uow, merged, _MARKED)
    people = [one.survivor for one in merged]
    await stand_anew(uow, merged, local_date(uow.now))
    await _one_registration(uow, people)
    await terms.settle_people(uow, people)
    await decide_people(uow, people)


def _told(one: Merged) -> Iterator[PersonMerged]:
    for person in (one.survivor, *sorted(one.absorbed)):
        yield PersonMerged(person_id=person, survivor_id=one.survivor, absorbed_ids=tuple(sorted(one.absorbed)), merge_number=one.number)


async def _one_registration(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """Of several registrations that stand the first goes on; nobody is told a second time that they are registered."""
    standing = [one for one in await registrations.of_people(uow, people) if one.state in registrations.STANDING]
    anchors = await newcomer_cases.anchors(uow, [one.case_id for one in standing])

    def age(one: Registration) -> tuple[date, date, datetime]:
        return anchors.get(one.case_id) or one.effective_on, one.effective_on, one.recorded_at

    changed: list[Registration] = []
    for person in people:
        own = sorted((one for one in standing if one.person_id == person), key=age)
        if len(own) > 1:
            changed += [_revised(uow, own[0]), *(_withdrawn(uow, other, own[0]) for other in own[1:])]
    await ledger.keep(uow, changed)
    uow.publish(_event(item) for item in changed)


def _revised(uow: UnitOfWork, first: Registration) -> Registration:
    return replace(first, rule=RULE, reasons=(Reason.MERGED,), recorded_at=uow.recorded_at, version=first.version + 1)


def _withdrawn(uow: UnitOfWork, other: Registration, first: Registration) -> Registration:
    return replace(
        other,
        state=RegistrationState.WITHDRAWN,
        outcome=LeaverOutcome.WITHDRAWN if other.cause is Cause.LEAVER else NewcomerOutcome.CLOSED,
        rule=RULE,
        reasons=(Reason.MERGED,),
        recorded_at=uow.recorded_at,
        gave_way_to=first.registration_id,
        version=other.version + 1,
    )


def _event(item: Registration) -> RegistrationRevised | RegistrationWithdrawn:
    said = announce.said(item)
    if item.gave_way_to is None:
        return RegistrationRevised.model_validate(said)
    return RegistrationWithdrawn.model_validate(said | {"merged_into": item.gave_way_to})
