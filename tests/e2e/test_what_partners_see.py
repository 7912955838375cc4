"""What each partner is told, for every outcome code in use: Education never a status at VDAB, an agency no reason of registration's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pytest

from contracts.codes import LeaverOutcome, NewcomerOutcome
from devkit.demo import MONTH, SCHOOL_YEAR, WINDOWS
from devkit.demo_story import Story
from devkit.population import Newcomer, Pupil, PupilKind, newcomers, pupils
from tests.support.hub import Hub, Person
from tests.support.rights import decides, objects

# What is told of a record, in order: (result, reason) and the names of the details.
Told: TypeAlias = tuple[tuple[str, str | None, tuple[str, ...]], ...]

_DECK, _HUNDRED = 2_500, 100
_WAITED: Told = (("waiting", "waitingWindow", ()),)
_JUST_ACCEPTED: Told = (*_WAITED, ("accepted", None, ()))
# Everything that rests on what VDAB and the registers know: a registered, linked, working, too old, deceased or objecting leaver, one in
# another region, and one whose residence nobody knows, so that a person looks.
_OF_VDAB = {
    LeaverOutcome.REGISTERED,
    LeaverOutcome.LINKED,
    LeaverOutcome.WORKING,
    LeaverOutcome.OUTSIDE_AGE,
    LeaverOutcome.OTHER_REGION,
    LeaverOutcome.NOT_APPLICABLE,
    LeaverOutcome.SUPPRESSED,
}
# What rests on Education's own data, with the reason it may read back.
_OF_EDUCATION: Mapping[LeaverOutcome, set[tuple[str, str | None]]] = {
    LeaverOutcome.CONTINUES: {("accepted", "continues")},
    LeaverOutcome.QUALIFIED: {("accepted", "qualified")},
    LeaverOutcome.EXCLUDED: {("accepted", "excluded")},
    LeaverOutcome.IGNORED: {("accepted", "ignored")},
    LeaverOutcome.COMPULSORY_EDUCATION: {("waiting", "compulsoryEducation")},
    LeaverOutcome.WAITING_FOR_AGE: {("waiting", "waitingForAge")},
    LeaverOutcome.WITHDRAWN: {("withdrawn", "reopened"), ("withdrawn", "deleted"), ("withdrawn", "reportedInError")},
    LeaverOutcome.PARKED: {("parked", "unknownPerson")},
}
_UPHELD, _PENDING = "upheld", "pending"
_AGENCY: Mapping[NewcomerOutcome, set[tuple[str, str | None]]] = {
    NewcomerOutcome.REQUIRED: {("registered", None)},
    NewcomerOutcome.SATISFIED: {("linked", None)},
    NewcomerOutcome.REVIEW: {("held", "review")},
}


@pytest.mark.timeout(600)
async def test_education_and_agencies_are_told_nothing_of_registrations_reasons_whatever_the_outcome(hub: Hub) -> None:
    people = _one_of_each(newcomers(3, _HUNDRED, MONTH))
    school = [*_one_of_each(pupils(3, _DECK, SCHOOL_YEAR)), *_who_object()]
    story = Story(hub.partners, hub.clock, lambda _: None)
    await story.tell(people, school, MONTH)
    for pupil, said in zip(_who_object(), (_UPHELD, _PENDING), strict=True):
        objection = await objects(hub, _person(pupil))
        if said == _UPHELD:
            await decides(hub, objection, said)
    await story.pass_by(WINDOWS)

    await _education_sees(hub, school)
    await _agencies_see(hub, people)


async def _education_sees(hub: Hub, school: Sequence[Pupil]) -> None:
    told = _by_record(await hub.schools.outcomes(), "enrolment")
    seen: dict[str, set[Told]] = defaultdict(set)
    for pupil in school:
        outcome = await _leave_of(hub, pupil)
        history = told[f"{pupil.reference}-enrolment"]
        if outcome == LeaverOutcome.REVIEW and pupil.expected.feed is not LeaverOutcome.REVIEW:
            outcome = "review at VDAB"
        seen[outcome].add(history if outcome not in _OF_EDUCATION and outcome != LeaverOutcome.REVIEW else (history[-1],))
        if pupil.kind is PupilKind.PART_TIME_COMPLETED:  # Education's own proofs were awaited, and it may know that
            seen[outcome] -= {history}
            assert history == (*_WAITED, ("waiting", "waitingForProofs", ()), _JUST_ACCEPTED[-1])

    for outcome in _OF_VDAB:
        assert seen.pop(outcome) == {_JUST_ACCEPTED}, outcome
    assert seen.pop("review at VDAB") == {_JUST_ACCEPTED}
    assert {last[0][:2] for last in seen.pop(LeaverOutcome.REVIEW)} >= {("held", "receptionClass"), ("held", "homeEducation")}
    assert {outcome: {one[:2] for [one] in lasts} for outcome, lasts in seen.items()} == _OF_EDUCATION


async def _agencies_see(hub: Hub, people: Sequence[Newcomer]) -> None:
    told = {"agii": _by_record(await hub.agency.outcomes(), "contract"), "atlas": _by_record(await hub.atlas.outcomes(), "contract")}
    seen: dict[NewcomerOutcome, set[tuple[str, str | None]]] = defaultdict(set)
    for person in people:
        sender = "atlas" if person.contract.agency == "atlas" else "agii"
        result, reason, details = told[sender][f"{person.reference}-contract"][-1]
        seen[person.expected.outcome].add((result, reason))
        assert set(details) <= {"obligationId", "registered", "registeredOn"}
        assert ("registeredOn" in details) == (result in {"registered", "linked"})
    assert seen.pop(NewcomerOutcome.CLOSED) <= {("accepted", "closed"), ("accepted", "contractStopped")}
    # Of all others the agency reads the feed's own outcome: they rest on what it reported, or on where the person lives.
    assert seen == {outcome: _AGENCY.get(outcome, {("accepted", str(outcome))}) for outcome in seen}


def _one_of_each(people: Iterable[Any]) -> list[Any]:
    return list({one.kind: one for one in people}.values())


def _who_object() -> list[Pupil]:
    """Two who would be registered if they did not object."""
    return [one for one in pupils(4, _DECK, SCHOOL_YEAR) if one.kind is PupilKind.LEFT_IN_SUMMER][:2]


def _person(pupil: Pupil) -> Person:
    who = pupil.who
    return Person(who.ssin, who.born, who.family_name, who.given_name, who.reference)


async def _leave_of(hub: Hub, pupil: Pupil) -> str:
    """The last word on a leave, as VDAB's operators read it: of registration, or else of the feed."""
    for api in ("registration", "educationFeed"):
        said = await hub.partners["operator1"].post(f"/{api}/v1/decisions/query", {"ssin": pupil.who.ssin})
        if said["items"]:
            return str(said["items"][-1]["outcome"])
    raise AssertionError(f"nobody decided about {pupil.kind}")


def _by_record(entries: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, Told]:
    """What was told of each record of a kind, oldest first."""
    found: dict[str, Told] = {}
    for one in entries:
        if one["kind"] == kind:
            said = one["result"], one.get("reason"), tuple(sorted(one.get("details", {})))
            found[one["reference"]] = (*found.get(one["reference"], ()), said)
    return found
