"""One person for every outcome code in use: how each is brought there, and what the partner who sent the record may read of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from contracts.codes import LeaverOutcome, NewcomerOutcome
from tests.e2e.doors.stand import contract, leave, participant
from tests.support.hub import Hub, Person
from tests.support.rights import decides, objects

REPORTED_ON, TODAY = "2026-09-21", "2026-10-20"
BRUSSELS = "21004"
Step: TypeAlias = Callable[[Hub, Person], Awaitable[object]]
Said: TypeAlias = Mapping[str, Any]

# The window of the first ends between the report and today, that of the second is open.
_LEFT: Said = {"startsOn": "2026-09-01", "closure": {"endsOn": "2026-09-15", "reason": "E", "situationAfter": 5}}
_JUST_LEFT: Said = {"closure": {"endsOn": "2026-10-15", "reason": "E", "situationAfter": 5}}
_PART_TIME: Said = {"programme": 2, "closure": {"endsOn": "2026-09-15", "reason": "X", "situationAfter": 10}}


async def nothing(_: Hub, __: Person) -> None:
    """Nobody says any more."""


async def dies(hub: Hub, person: Person) -> None:
    """The register reports a death."""
    await hub.vdab.reports_death(person, on="2026-09-20")


async def is_unknown(hub: Hub, person: Person) -> None:
    """The register does not know the number."""
    body = {"sourceVersion": 1, "ssin": person.ssin, "kind": "numberUnknown", "on": "2026-09-01"}
    await hub.partners["vdab"].put(f"/registration/v1/personChanges/{person.reference}-number", body)


async def works(hub: Hub, person: Person) -> None:
    """VDAB knows of a job."""
    await hub.vdab.employs(person, since="2026-09-16")


async def registered_before(hub: Hub, person: Person) -> None:
    """VDAB knows the person as a jobseeker."""
    await hub.vdab.has_registered(person, on="2026-09-16")


async def objects_only(hub: Hub, person: Person) -> None:
    """The person objects; nobody decides yet."""
    await objects(hub, person)


async def objects_and_is_right(hub: Hub, person: Person) -> None:
    """The person objects, and VDAB agrees."""
    await decides(hub, await objects(hub, person), "upheld")


async def is_enrolled_again(hub: Hub, person: Person) -> None:
    """Another school reports an enrolment."""
    await hub.schools.partner.put(
        f"/educationFeed/v1/enrolments/{person.reference}-next", leave(person.ssin, startsOn="2026-09-16", closure=None)
    )


async def opens_again(hub: Hub, person: Person) -> None:
    """The school takes the closure back."""
    body = leave(person.ssin, 2, startsOn="2026-09-01", closure=None)
    await hub.schools.partner.put(f"/educationFeed/v1/enrolments/{person.reference}", body)


async def has_a_diploma(hub: Hub, person: Person) -> None:
    """The database of proofs holds a diploma."""
    await hub.schools.reports_proof(person, issued_on="2026-06-30")


async def stops(hub: Hub, person: Person) -> None:
    """The agency reports that the contract was stopped, before it reports the contract."""
    await hub.agency.stops_contract(person, on="2026-10-16")


@dataclass(frozen=True, slots=True, eq=False)
class Leaver:
    """Somebody who left school, what feed and registration make of it, and what Education reads of it in the end."""

    name: str
    feed: LeaverOutcome
    registration: LeaverOutcome | None  # None: registration never heard of the leave
    told: tuple[str, str | None]
    said: Said = field(default_factory=dict)
    born: str = "2005-05-17"
    nis: str | None = "34022"
    before: Step = nothing
    after: Step = nothing
    silent: str = ""  # a source that says nothing any more when the leave is reported

    @property
    def body(self) -> Callable[[Person], dict[str, Any]]:
        """The enrolment as the school reports it."""
        return lambda person: leave(person.ssin, **{**_LEFT, "birthDate": self.born, **self.said})


_L = LeaverOutcome
ACCEPTED = ("accepted", None)

# Of these Education may read one and the same thing: what happened to them is VDAB's, or the registers'.
OF_VDAB = (
    Leaver("registered", _L.DETECTED, _L.REGISTERED, ACCEPTED),
    Leaver("contested", _L.DETECTED, _L.REVIEW, ACCEPTED, after=objects_only),
    Leaver("suppressed after the registration", _L.DETECTED, _L.SUPPRESSED, ACCEPTED, after=objects_and_is_right),
    Leaver("died after the registration", _L.DETECTED, _L.REGISTERED, ACCEPTED, after=dies),
    Leaver("linked", _L.DETECTED, _L.LINKED, ACCEPTED, before=registered_before),
    Leaver("working", _L.DETECTED, _L.WORKING, ACCEPTED, before=works),
    Leaver("too old", _L.DETECTED, _L.OUTSIDE_AGE, ACCEPTED, born="1999-05-17"),
    Leaver("without a residence", _L.DETECTED, _L.REVIEW, ACCEPTED, nis=None),
    Leaver("a register is silent", _L.DETECTED, _L.WAITING_FOR_SOURCE, ACCEPTED, silent="workRegister"),
    Leaver("elsewhere", _L.OTHER_REGION, None, ACCEPTED, nis=BRUSSELS),
    Leaver("deceased", _L.NOT_APPLICABLE, None, ACCEPTED, before=dies),
    Leaver("suppressed", _L.SUPPRESSED, None, ACCEPTED, before=objects_and_is_right),
    Leaver("objecting", _L.REVIEW, _L.REVIEW, ACCEPTED, before=objects_only),
)
# What follows from what Education itself reported it may know.
OF_EDUCATION = (
    Leaver("unknown number", _L.PARKED, None, ("parked", "unknownPerson"), nis=None, before=is_unknown),
    Leaver("primary school", _L.IGNORED, None, ("accepted", "ignored"), {"level": 2}),
    Leaver("opened again", _L.WITHDRAWN, _L.WITHDRAWN, ("withdrawn", "reopened"), after=opens_again),
    Leaver("in the window", _L.WAITING_WINDOW, None, ("waiting", "waitingWindow"), _JUST_LEFT),
    Leaver("goes on", _L.CONTINUES, None, ("accepted", "continues"), before=is_enrolled_again),
    Leaver("compulsory", _L.COMPULSORY_EDUCATION, None, ("waiting", "compulsoryEducation"), born="2011-03-10"),
    Leaver("17 years old", _L.WAITING_FOR_AGE, None, ("waiting", "waitingForAge"), born="2008-12-15"),
    Leaver("own curriculum", _L.EXCLUDED, None, ("accepted", "excluded"), {"individualCurriculum": True}),
    Leaver("qualified", _L.QUALIFIED, None, ("accepted", "qualified"), before=has_a_diploma),
    Leaver("proofs are to come", _L.WAITING_FOR_PROOFS, None, ("waiting", "waitingForProofs"), _PART_TIME),
    Leaver("reception class", _L.REVIEW, _L.REVIEW, ("held", "receptionClass"), {"receptionClass": True}),
    Leaver("its own source is silent", _L.WAITING_FOR_SOURCE, None, ("waiting", "waitingForSource"), silent="enrolmentsHigher"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Newcomer:
    """Somebody with a contract, what feed and registration make of it, and what the agency reads of it in the end."""

    name: str
    feed: NewcomerOutcome
    registration: NewcomerOutcome | None
    told: tuple[str, str | None]
    said: Said = field(default_factory=dict)
    participant: Said = field(default_factory=dict)
    nis: str | None = "34022"
    before: Step = nothing
    after: Step = nothing
    silent: str = ""

    @property
    def registered(self) -> bool:
        """Whether the agency reads that the person is."""
        return self.told[0] in {"registered", "linked"}

    def contract_of(self, person: Person) -> dict[str, Any]:
        """The contract as the agency reports it."""
        return contract(person.ssin, **self.said)

    def participant_of(self, person: Person) -> dict[str, Any]:
        """The participant as the agency reports it."""
        return participant(person.ssin, **self.participant)


def _title(ground: str, **said: object) -> Said:
    return {"titles": [{"ground": ground, "validFrom": "2026-01-01", **said}]}


_N = NewcomerOutcome
HELD = ("held", "review")

NEWCOMERS = (
    Newcomer("registered", _N.SATISFIED, _N.REQUIRED, ("registered", None)),
    Newcomer("linked", _N.SATISFIED, _N.SATISFIED, ("linked", None), before=registered_before),
    Newcomer("no signature", _N.FOLLOWED, None, ("accepted", "followed"), {"signedOn": None}),
    Newcomer("exempt with a part at VDAB", _N.VOLUNTARY, None, ("accepted", "voluntary"), participant={"status": "exempt"}),
    Newcomer("exempt", _N.EXEMPT, None, ("accepted", "exempt"), participant={"status": "exempt", "vdabComponent": False}),
    Newcomer("elsewhere", _N.OTHER_REGION, None, ("accepted", "otherRegion"), nis=BRUSSELS),
    Newcomer(
        "asylum seeker", _N.NOT_TARGET_GROUP, None, ("accepted", "notTargetGroup"), participant=_title("asylumSeeker", rightToWork=True)
    ),
    Newcomer(
        *("may not work", _N.NO_LABOUR_MARKET_PERSPECTIVE, None, ("accepted", "noLabourMarketPerspective")),
        participant=_title("other", rightToWork=False),
    ),
    Newcomer(
        *("protected", _N.TEMPORARILY_PROTECTED, None, ("accepted", "temporarilyProtected")),
        participant=_title("temporaryProtection", rightToWork=True),
    ),
    Newcomer("stopped", _N.CLOSED, None, ("accepted", "contractStopped"), before=stops),
    Newcomer("deceased", _N.CLOSED, None, ("accepted", "closed"), before=dies),
    Newcomer("unknown number", _N.PARKED, None, ("parked", "unknownPerson"), nis=None, before=is_unknown),
    Newcomer("unknown right to work", _N.REVIEW, None, HELD, participant=_title("other")),
    Newcomer("the register is silent", _N.WAITING_FOR_SOURCE, None, ("waiting", "waitingForSource"), nis=None, silent="populationRegister"),
)
# Why registration holds these the agency never reads.
HELD_AT_VDAB = (
    Newcomer("working", _N.REVIEW, _N.REVIEW, HELD, before=works),
    Newcomer("objecting", _N.REVIEW, _N.REVIEW, HELD, before=objects_only),
    Newcomer("suppressed", _N.REVIEW, _N.SUPPRESSED, HELD, before=objects_and_is_right),
)
