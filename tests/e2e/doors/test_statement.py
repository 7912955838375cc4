"""The statement of a partner: every record that was accepted has exactly one current outcome, and nothing else has one."""

import asyncio
import json
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from devkit.population import Fact, newcomers, pupils, school_watermarks, watermarks
from devkit.population.pupil_profiles import DECK
from tests.e2e.doors.bad_numbers import BAD_NUMBERS
from tests.e2e.doors.stand import TODAY, Stand, contract, reference

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = 20261015
PEOPLE = 50
KIND = {
    "contracts": "contract",
    "participants": "participant",
    "personChanges": "personChange",
    "jobseekers": "jobseeker",
    "employments": "employment",
}
Record = tuple[str, str, str, str]  # client, API, kind, reference


class Sender:
    """Sends facts in every way there is, and keeps which records the hub said it took."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self.chance = random.Random(SEED)
        self.taken: dict[Record, int] = {}
        self.refused = 0

    async def single(self, fact: Fact) -> None:
        answer = await self._stand.ask(fact.client, fact.method, fact.path, json=fact.json)
        self._keep(_record(fact), fact.json["sourceVersion"], taken=answer.status_code in {200, 201})

    async def deletion(self, fact: Fact, version: int) -> None:
        answer = await self._stand.ask(fact.client, "DELETE", fact.path, params={"sourceVersion": version})
        self._keep(_record(fact), version, taken=answer.status_code in {200, 201})

    async def bulk(self, facts: list[Fact], *, spoilt: bool) -> None:
        """The facts of one client and API as one batch; `spoilt` mixes lines in that cannot be taken."""
        groups: dict[tuple[str, str], list[Fact]] = {}
        for fact in facts:
            groups.setdefault(_record(fact)[:2], []).append(fact)
        for (client, api), group in groups.items():
            lines = [_line(fact) for fact in group]
            bad = [b"{", b"[]", json.dumps({"operation": "put", "kind": "contract", "reference": reference()}).encode()]
            bad += [_bad_contract(number) for number, _ in BAD_NUMBERS.values()]
            lines += bad if spoilt else []
            results = await self._stand.line_results(client, await self._stand.bulk(client, api, *lines))
            assert len(results) == len(lines)
            for fact, result in zip(group, results, strict=False):
                self._keep(_record(fact), fact.json["sourceVersion"], taken=result["result"] != "parked")
            assert {result["result"] for result in results[len(group) :]} <= {"parked"}

    def _keep(self, record: Record, version: int, *, taken: bool) -> None:
        if taken:
            self.taken[record] = max(version, self.taken.get(record, 0))
        else:
            self.refused += 1


def _record(fact: Fact) -> Record:
    _, api, _, kind, name, *_ = fact.path.split("/")
    return fact.client, api, KIND[kind], name


def _line(fact: Fact) -> bytes:
    _, _, kind, name = _record(fact)
    operation = "termination" if fact.path.endswith("/terminations") else "put"
    return json.dumps({"operation": operation, "kind": kind, "reference": name} | fact.json).encode()


def _bad_contract(number: str) -> bytes:
    return json.dumps({"operation": "put", "kind": "contract", "reference": reference()} | contract(number)).encode()


def corrected(fact: Fact, version: int, **changed: Any) -> Fact:
    """A later version of a fact."""

    class Corrected(Fact):
        @property
        def json(self) -> dict[str, Any]:
            return {**fact.json, **changed, "sourceVersion": version}

    return Corrected(fact.client, fact.method, fact.path, fact.body)


async def test_facts_in_equal_current_outcomes_for_every_record_after_a_mixed_load(stand: Stand) -> None:
    for number, mark in enumerate(watermarks(TODAY + timedelta(days=60))):
        said = mark.json | {"sourceVersion": number + 1}
        assert (await stand.ask(mark.client, mark.method, mark.path, json=said)).status_code in {200, 201}
    people = list(newcomers(SEED, PEOPLE, date(2026, 10, 1)))
    facts = [fact for person in people for fact in person.facts]
    sender = Sender(stand)
    chance = sender.chance
    contracts = [fact for fact in facts if "/contracts/" in fact.path and fact.method == "PUT"]

    # Half one by one in any order and several at once, the other half in bulk; corrections may come before what they correct.
    chance.shuffle(facts)
    alone, together = facts[: len(facts) // 2], facts[len(facts) // 2 :]
    for start in range(0, len(alone), 10):
        await asyncio.gather(*(sender.single(fact) for fact in alone[start : start + 10]))
    await sender.bulk(together, spoilt=True)
    # Everything again, the other way round.
    await sender.bulk(chance.sample(alone, 40), spoilt=False)
    await asyncio.gather(*(sender.single(fact) for fact in chance.sample(together, 40)))
    # Corrections, contradictions, late versions, deletions of what is there and of what never came.
    for fact in chance.sample(contracts, 12):
        await sender.single(corrected(fact, 6, signedOn="2026-10-02"))
        await sender.single(corrected(fact, 6, signedOn="2026-10-03"))
        await sender.single(corrected(fact, 4, signedOn="2026-10-04"))
    await asyncio.gather(*(sender.deletion(fact, 9) for fact in chance.sample(contracts, 5)))
    await sender.deletion(Fact("agii", "PUT", f"/integrationFeed/v1/contracts/{reference()}", contracts[0].body), 2)
    await stand.settled()

    assert sender.refused >= 12, "contradictions were refused"
    for client, api in sorted({record[:2] for record in sender.taken}):
        current = await stand.current_outcomes(client, api)
        expected = {record[2:]: version for record, version in sender.taken.items() if record[:2] == (client, api)}
        assert {record: entry["sourceVersion"] for record, entry in current.items()} == expected, (client, api)
        positions = [int(entry["id"]) for entry in await stand.outcomes(client, api)]
        assert positions == list(range(1, len(positions) + 1))
    results = Counter(entry["result"] for entry in (await stand.current_outcomes("agii", "integrationFeed")).values())
    assert results["registered"] > 0, results
    assert [await stand.parked(service) for service in stand.services] == [[]] * len(stand.services)
    secrets = {said for person in people for said in (person.contract.ssin, person.contract.family_name, person.contract.given_name)}
    await stand.leaks_nothing(*secrets, *(number for number, _ in BAD_NUMBERS.values()))
    await stand.unharmed()


async def test_facts_in_equal_current_outcomes_for_every_record_of_schools_whatever_the_order_of_their_files(stand: Stand) -> None:
    for mark in school_watermarks(TODAY):
        assert (await stand.ask(mark.client, mark.method, mark.path, json=mark.json)).is_success
    chance = random.Random(SEED)
    people = {pupil.kind: pupil for pupil in pupils(SEED, DECK, TODAY.year - 1)}.values()
    facts = [report.fact for pupil in people for report in pupil.reports if report.fact.client == "education"]
    taken: dict[tuple[str, str], int] = {}
    for again in range(2):
        chance.shuffle(facts)
        for start in range(0, len(facts), 50):
            lines = [fact.line for fact in facts[start : start + 50]]
            results = await stand.line_results("education", await stand.bulk("education", "educationFeed", *map(_encoded, lines)))
            assert not [one for one in results if one["result"] == "parked" or (again and one["result"] != "duplicate")]
            for line in lines:
                record = line["kind"], line["reference"]
                taken[record] = max(line["sourceVersion"], taken.get(record, 0))
    await stand.settled()

    current = await stand.current_outcomes("education", "educationFeed")
    assert {record: entry["sourceVersion"] for record, entry in current.items()} == taken
    positions = [int(entry["id"]) for entry in await stand.outcomes("education", "educationFeed")]
    assert positions == list(range(1, len(positions) + 1))
    assert {entry["result"] for entry in current.values()} >= {"accepted", "waiting", "held", "withdrawn"}
    assert [await stand.parked(service) for service in stand.services] == [[]] * len(stand.services)
    await stand.leaks_nothing(*(said for pupil in people for said in (pupil.who.ssin, pupil.who.family_name)))
    await stand.unharmed()


def _encoded(line: dict[str, Any]) -> bytes:
    return json.dumps(line).encode()
