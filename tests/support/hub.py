"""A whole hub for end-to-end tests, on either bus, that speaks the field's words; nothing here looks into a table."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from devkit.databases import DatabaseUrls
from devkit.evidence import trust_policy
from devkit.ground import Ground, declare_topics, make_keys
from devkit.home import Home
from devkit.hub import FREE_PORTS, hub_at_work
from devkit.hub import Hub as HubAtWork
from devkit.journey import Evidence, Journey, evidence, told
from devkit.migrate import of_home, upgrade_all
from devkit.partners import Partner, Partners
from devkit.population import tst
from devkit.sandbox.inner import InnerDoors, inner_doors
from devkit.sandbox_client import SandboxClient
from tests.support.postgres import Postgres, Template

PARTITIONS = 6  # `mechanics.md` 4: 12 in production, 6 in tests
KORTRIJK = "34022"
HOME_ADDRESS = {"street": "Proefstraat", "number": "7", "postCode": "8500", "municipality": "Kortrijk"}
Body: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist; `reference` is what senders call their records about them."""

    ssin: str
    born: date
    family_name: str
    given_name: str
    reference: str


@dataclass(frozen=True, slots=True)
class Agency:
    """The integration agency at its doors."""

    partner: Partner

    async def reports_contract(self, person: Person, *, signed_on: str, version: int = 1, **more: Any) -> Body:
        """A contract was signed that day."""
        body = {
            "sourceVersion": version,
            "ssin": person.ssin,
            "familyName": person.family_name,
            "givenName": person.given_name,
            "birthDate": person.born.isoformat(),
            "agency": "agii",
            "signedOn": signed_on,
        }
        return dict(await self.partner.put(f"/integrationFeed/v1/contracts/{person.reference}", body | more))

    async def reports_participant(self, person: Person, *, version: int = 1, **more: Any) -> Body:
        """A participant who may work, unless `more` says otherwise."""
        title = {"ground": "other", "validFrom": "2024-01-01", "rightToWork": True}
        body = {"sourceVersion": version, "ssin": person.ssin, "status": "entitled", "agency": "agii", "titles": [title]}
        return dict(await self.partner.put(f"/integrationFeed/v1/participants/{person.reference}", body | more))

    async def stops_contract(self, person: Person, *, on: str, version: int = 2) -> Body:
        """The contract was stopped."""
        body = {"sourceVersion": version, "kind": "stopped", "on": on}
        return dict(await self.partner.post(f"/integrationFeed/v1/contracts/{person.reference}/terminations", body))

    async def outcomes(self) -> Sequence[Body]:
        """Everything it was told so far, oldest first."""
        return await _every_outcome(self.partner, "integrationFeed")

    async def outcome_of(self, person: Person) -> Body:
        """What it was last told of the contract of this person."""
        told_so_far = [one for one in await self.outcomes() if (one["kind"], one["reference"]) == ("contract", person.reference)]
        assert told_so_far, "the agency was told nothing of this contract"
        return told_so_far[-1]

    async def obligation_of(self, person: Person) -> Body | None:
        """What the person owes, if anything."""
        items = (await self.partner.post("/integrationFeed/v1/obligations/query", {"ssin": person.ssin}))["items"]
        return dict(items[0]) if items else None


@dataclass(frozen=True, slots=True)
class Schools:
    """Education at its doors: schools, and the database of proofs."""

    partner: Partner

    async def reports_enrolment(
        self, person: Person, *, starts_on: str = "2025-09-01", part: str = "school", version: int = 1, **more: Any
    ) -> Body:
        """The person is enrolled in full-time secondary education since that day, unless `more` says otherwise."""
        body = {
            "sourceVersion": version,
            "ssin": person.ssin,
            "familyName": person.family_name,
            "givenName": person.given_name,
            "birthDate": person.born.isoformat(),
            "source": "compulsory",
            "institution": "990011",
            "startsOn": starts_on,
            "level": 3,
            "educationKind": 1,
            "programme": 1,
        }
        return dict(await self.partner.put(f"/educationFeed/v1/enrolments/{person.reference}-{part}", body | more))

    async def reports_departure(
        self, person: Person, *, left_on: str, reason: str = "X", situation_after: int = 10, version: int = 1, **more: Any
    ) -> Body:
        """The person was deregistered as of the end of that day."""
        closure = {"endsOn": left_on, "reason": reason, "situationAfter": situation_after}
        return await self.reports_enrolment(person, version=version, closure=closure, **more)

    async def reports_proof(self, person: Person, *, issued_on: str, version: int = 1, **more: Any) -> Body:
        """The database of proofs holds a diploma of secondary education, unless `more` says otherwise."""
        body = {
            "sourceVersion": version,
            "ssin": person.ssin,
            "category": "Secundair onderwijs",
            "proofType": "Diploma",
            "proofState": "Eindbewijs",
            "authentic": True,
            "ledStatus": 1,
            "issuedOn": issued_on,
        }
        return dict(await self.partner.put(f"/educationFeed/v1/qualifications/{person.reference}-proof", body | more))

    async def outcomes(self) -> Sequence[Body]:
        """Everything it was told so far, oldest first."""
        return await _every_outcome(self.partner, "educationFeed")

    async def outcome_of(self, person: Person, *, part: str = "school") -> Body:
        """What it was last told of that enrolment of this person."""
        mine = ("enrolment", f"{person.reference}-{part}")
        told_so_far = [one for one in await self.outcomes() if (one["kind"], one["reference"]) == mine]
        assert told_so_far, "Education was told nothing of this enrolment"
        return told_so_far[-1]


async def _every_outcome(partner: Partner, api: str) -> Sequence[Body]:
    found: list[Body] = []
    after: dict[str, str | int] = {"pageSize": 500}
    while True:
        page = await partner.get(f"/{api}/v1/outcomes", after)
        found += page["items"]
        if "next" not in page:
            return found
        after["after"] = page["cursor"]


@dataclass(frozen=True, slots=True)
class Registers:
    """VDAB and the registers it speaks for, at their doors."""

    partner: Partner
    operator: Partner

    async def knows_residence(self, person: Person, *, nis: str = KORTRIJK, on: str = "2025-01-05", version: int = 1) -> Body:
        """The person lives there since that day."""
        return await self._changed(person, {"kind": "residence", "on": on, "nis": nis, "address": HOME_ADDRESS}, "home", version)

    async def reports_death(self, person: Person, *, on: str) -> Body:
        """The person died."""
        return await self._changed(person, {"kind": "death", "on": on}, "death", 1)

    async def replaces_number(self, old: Person, new: Person, *, on: str) -> Body:
        """The person has another number since that day."""
        return await self._changed(old, {"kind": "numberReplaced", "on": on, "newSsin": new.ssin}, "number", 1)

    async def has_registered(self, person: Person, *, on: str) -> Body:
        """The person registered without the hub."""
        body = {
            "sourceVersion": 1,
            "ssin": person.ssin,
            "category": "jobseeker",
            "startsOn": on,
            "registeredAt": f"{on}T09:00:00Z",
            "origin": "self",
        }
        return dict(await self.partner.put(f"/registration/v1/jobseekers/{person.reference}", body))

    async def employs(self, person: Person, *, since: str) -> Body:
        """The person works full time since that day."""
        body = {"sourceVersion": 1, "ssin": person.ssin, "startsOn": since, "kind": "regular"}
        return dict(await self.partner.put(f"/registration/v1/employments/{person.reference}", body))

    async def decisions_on(self, person: Person) -> Sequence[Body]:
        """Every decision of registration about the person, oldest first."""
        said = await self.operator.post("/registration/v1/decisions/query", {"ssin": person.ssin})
        return list(said["items"])

    async def registrations_of(self, person: Person) -> Sequence[Body]:
        """What the hub made for the person."""
        said = await self.operator.post("/registration/v1/registrations/query", {"ssin": person.ssin})
        return list(said["items"])

    async def _changed(self, person: Person, change: Body, part: str, version: int) -> Body:
        body = {"sourceVersion": version, "ssin": person.ssin, **change}
        return dict(await self.partner.put(f"/registration/v1/personChanges/{person.reference}-{part}", body))


@dataclass(slots=True)
class Hub:
    """A hub at work and everyone at its doors."""

    work: HubAtWork
    partners: Partners
    clock: SandboxClient
    inside: Sequence[InnerDoors]
    _serials: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def agency(self) -> Agency:
        """The Flemish integration agency."""
        return Agency(self.partners["agii"])

    @property
    def atlas(self) -> Agency:
        """The agency of Antwerp."""
        return Agency(self.partners["atlas"])

    @property
    def schools(self) -> Schools:
        """Education."""
        return Schools(self.partners["education"])

    @property
    def vdab(self) -> Registers:
        """VDAB."""
        return Registers(self.partners["vdab"], self.partners["operator1"])

    @property
    def print_folder(self) -> Path:
        """Where letters lie for the print house."""
        return self.work.ground.home.print_folder

    @property
    def policy(self) -> bytes:
        """Whom a verifier trusts who got it from us in person."""
        return trust_policy(self.work.ground.home.keys)

    def someone(self, *, born: str = "1991-04-12") -> Person:
        """A person nobody has met."""
        serial = next(self._serials)
        return Person(tst(date.fromisoformat(born), serial), date.fromisoformat(born), "Zorianyk", "Oles", f"test-{born[:4]}-{serial}")

    async def newcomer(self, *, signed_on: str, born: str = "1991-04-12") -> Person:
        """Someone who lives in Kortrijk, may work, and signed a contract that day."""
        person = self.someone(born=born)
        await self.vdab.knows_residence(person)
        await self.agency.reports_participant(person)
        await self.settled()
        await self.agency.reports_contract(person, signed_on=signed_on)
        return person

    async def leaver(self, *, left_on: str, born: str = "2006-06-10", **closure: Any) -> Person:
        """Someone who lives in Kortrijk and was deregistered by a secondary school; nothing else is known."""
        person = self.someone(born=born)
        await self.vdab.knows_residence(person)
        await self.settled()
        await self.schools.reports_departure(person, left_on=left_on, **closure)
        return person

    async def sources_are_complete(self, until: str) -> None:
        """Every register says that it is complete up to that day."""
        body = {"sourceVersion": date.fromisoformat(until).toordinal(), "state": "available", "completeUntil": until}
        for source in ("populationRegister", "vdabRegister", "workRegister"):
            await self.partners["vdab"].put(f"/registration/v1/sourceStates/{source}", body)
        await self.partners["agii"].put("/integrationFeed/v1/sourceStates/contracts", body)
        for source in ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led"):
            await self.partners["education"].put(f"/educationFeed/v1/sourceStates/{source}", body)

    async def switch_rule_row(self, row: str, *, active: bool) -> None:
        """A person switches a rule row, wherever it is kept."""
        assert any([await door.switch("ruleRows", row, {"active": active, "by": "tests"}) for door in self.inside]), (
            f"no service has a rule row {row}"
        )

    async def settled(self) -> None:
        """Wait until nothing is under way; on timeout it says who was busy."""
        await self.clock.settled()

    async def notices_for(self, person: Person) -> Sequence[Body]:
        """The notices to a person, oldest first."""
        said = await self.partners["operator1"].post("/notification/v1/notices/query", {"ssin": person.ssin})
        return list(said["items"])

    async def evidence_of(self, notice_id: str) -> Evidence:
        """The bundle of a notice, and what it proves to who trusts our log."""
        return await evidence(self.partners["operator1"], UUID(notice_id), self.policy)

    async def journey_of(self, identifier: str) -> Journey:
        """What all services tell of whoever this id is of."""
        return await told(self.inside, UUID(identifier))

    async def outcomes_of(self, person: Person) -> Sequence[Body]:
        """Everything the agency was told of the person's contract, oldest first."""
        return [one for one in await self.agency.outcomes() if one["reference"] == person.reference and one["kind"] == "contract"]

    async def starts_on(self, day: str) -> None:
        """Let it be eight in the morning of that day, with every source complete up to it."""
        await self.clock.advance_to(datetime.fromisoformat(f"{day}T08:00"))
        await self.sources_are_complete(day)
        await self.settled()


async def _migrated(urls: DatabaseUrls) -> None:
    await upgrade_all(of_home(urls))
    await declare_topics(urls.owner("bus"), PARTITIONS)


WHOLE = Template("hub", _migrated)


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
async def hub(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> AsyncIterator[Hub]:
    """A hub with databases of its own, on each bus; on Kafka with topics that hold nothing yet."""
    home = Home(tmp_path / "hub")
    home.make()
    await asyncio.to_thread(make_keys, home.keys)
    kafka = request.getfixturevalue("kafka").bus if request.param == "kafka" else None
    async with postgres.fresh(WHOLE) as urls:
        ground = Ground(home, urls, kafka, PARTITIONS)
        async with (
            hub_at_work(ground, FREE_PORTS) as work,
            Partners(work.addresses, home.keys) as partners,
            SandboxClient(work.addresses.sandbox) as clock,
            inner_doors(work.addresses.services, home.keys) as inside,
        ):
            yield Hub(work, partners, clock, inside)
