"""Facts taken in on a real database: versions, people, and the outcome of each record."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from chassis.http.problems import SourceVersionConflict
from chassis.intake.kinds import Command
from chassis.intake.take import Refused, Told
from tests.integration.intake.conftest import ANNE, ATLAS, BART, House, delete, put, stop


def not_a_test_number() -> str:
    """A number with an ordinary month; computed, since none may stand in the repository."""
    digits = "061231001"
    return f"{digits}{97 - int(f'2{digits}') % 97:02}"


ACCEPTED = Told("accepted")
FIRST = Told("accepted", first=True)


async def test_m16_same_version_and_same_content_is_a_duplicate(house: House) -> None:
    assert await house.take(put(1)) == [FIRST]
    assert await house.take(put(1)) == [Told("duplicate")]
    assert await house.rows("SELECT applied FROM toy") == [(1,)]


async def test_m16_saying_a_default_is_saying_nothing(house: House) -> None:
    await house.take(put(1))
    bare = put(1)
    assert bare.body is not None
    said = type(bare.body).model_validate({"sourceVersion": 1, "ssin": ANNE})
    assert await house.take(Command(bare.organisation, "agii", bare.kind, "r1", 1, "put", said)) == [Told("duplicate")]


async def test_m16_same_version_and_other_content_is_refused(house: House) -> None:
    await house.take(put(1))
    [reply] = await house.take(put(1, "Brugge"))
    assert isinstance(reply, Refused)
    assert isinstance(reply.error, SourceVersionConflict)
    assert await house.state("r1") == ("Gent", None)


async def test_m16_a_lower_version_is_superseded_and_kept_as_history(house: House) -> None:
    await house.take(put(3, "Aalst"))
    assert await house.take(put(2, "Gent")) == [Told("duplicate", "superseded")]
    assert await house.state("r1") == ("Aalst", None)
    assert await house.rows("SELECT source_version FROM fact ORDER BY 1") == [(2,), (3,)]
    assert await house.outcomes("r1") == [(3, "accepted", None)]


async def test_m16_a_delete_names_its_version(house: House) -> None:
    await house.take(put(1))
    assert await house.take(delete(2)) == [Told("withdrawn")]
    assert await house.take(delete(2)) == [Told("duplicate")]
    assert await house.take(put(1)) == [Told("duplicate")]
    assert await house.state("r1") is None


async def test_a_termination_before_its_contract_waits_and_is_applied_on_arrival(house: House) -> None:
    assert await house.take(stop(2)) == [Told("waiting", "unknownReference", first=True)]
    assert await house.take(put(1)) == [ACCEPTED]
    assert await house.state("r1") == ("Gent", date(2026, 3, 1))
    assert await house.outcomes("r1") == [(2, "accepted", None)]


async def test_a_delete_before_its_record_waits_and_then_withdraws(house: House) -> None:
    assert await house.take(delete(2)) == [Told("waiting", "unknownReference", first=True)]
    assert await house.take(put(1)) == [Told("duplicate", "superseded")]
    assert await house.state("r1") is None
    assert await house.outcomes("r1") == [(2, "withdrawn", None)]


async def test_one_batch_may_hold_a_record_and_a_person_many_times(house: House) -> None:
    replies = await house.take(put(1), put(2, "Aalst"), put(2, "Aalst"), put(1, reference="r2"), stop(3), put(1, ssin=BART, reference="r3"))
    assert replies == [FIRST, Told("accepted", first=True), Told("duplicate"), FIRST, Told("accepted", first=True), FIRST]
    assert await house.state("r1") == ("Aalst", date(2026, 3, 1))


async def test_a_record_may_turn_out_to_be_about_someone_else(house: House) -> None:
    await house.take(put(1, ssin=ANNE))
    [(anne,)] = await house.rows("SELECT person_id FROM toy")
    await house.take(put(2, ssin=BART))
    [(bart,)] = await house.rows("SELECT person_id FROM toy")
    assert anne != bart
    claims = dict(await house.rows("SELECT person_id, claims FROM person"))
    assert claims == {anne: 2, bart: 1}


async def test_a_bad_number_is_refused_alone(house: House) -> None:
    replies = await house.take(put(1), put(1, ssin=not_a_test_number(), reference="r2"))
    assert replies[0] == FIRST
    assert isinstance(replies[1], Refused)
    assert str(replies[1].error) == "ssin: realNumberInSandbox"


async def test_m19_another_organisation_has_a_record_of_its_own_under_the_same_reference(house: House) -> None:
    await house.take(put(5, "Aalst"))
    assert await house.take(put(1, "Gent", organisation=ATLAS)) == [FIRST]
    assert len(await house.rows("SELECT 1 FROM fact")) == 2


async def test_what_a_kind_says_is_what_the_sender_is_told(house: House) -> None:
    assert await house.take(put(1, "Brussel")) == [Told("held", "otherRegion", first=True)]
    await house.take(put(2, "Gent"))
    history = await house.rows("SELECT id, result, current, supersedes FROM outcome ORDER BY id")
    assert [row[1:3] for row in history] == [("held", False), ("accepted", True)]
    assert history[1][3] == history[0][0]


async def test_nothing_is_kept_of_a_batch_that_fails(house: House) -> None:
    with pytest.raises(ValueError, match="no such city"):
        await house.take(put(1), put(1, "Atlantis", reference="r2"))
    assert await house.rows("SELECT 1 FROM fact UNION ALL SELECT 1 FROM outcome UNION ALL SELECT 1 FROM toy") == []


async def test_content_is_sealed_and_the_digest_is_keyed(house: House) -> None:
    await house.take(put(1, "Erembodegem"))
    [(content, key, digest)] = await house.rows("SELECT content, content_key, digest FROM fact")
    assert b"Erembodegem" not in content
    assert key.endswith(":intake")
    assert len(digest) == 32


async def test_two_who_send_one_record_at_once_do_not_pass_each_other(house: House) -> None:
    replies = await asyncio.gather(*(house.take(put(version, f"City {version}")) for version in range(1, 9)), house.take(delete(9)))
    assert sum(reply[0].first for reply in replies if isinstance(reply[0], Told)) == 1
    assert await house.state("r1") is None
    assert [row[0] for row in await house.outcomes("r1")] == [9]


@pytest.mark.parametrize("seed", range(4))
async def test_m16_any_order_of_arrival_in_any_batches_ends_the_same(house: House, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(6):
        done = [chance.choice((put, put, delete, stop)) for _ in range(5)]
        people = {version: chance.choice((ANNE, BART)) for version in range(1, 6)}

        def version(reference: str, at: int, done: Sequence[object] = done, people: Mapping[int, str] = people) -> Command:
            if done[at - 1] is put:
                return put(at, f"City {at}", reference=reference, ssin=people[at])
            return delete(at, reference=reference) if done[at - 1] is delete else stop(at, f"2026-03-0{at}", reference=reference)

        straight, mixed = f"straight-{number}", f"mixed-{number}"
        for at in range(1, 6):
            await house.take(version(straight, at))
        arriving = [*range(1, 6), *chance.choices(range(1, 6), k=3)]
        chance.shuffle(arriving)
        cut = chance.randint(0, len(arriving))
        for part in (arriving[:cut], arriving[cut:]):
            await house.take(*(version(mixed, at) for at in part))

        assert await house.state(mixed) == await house.state(straight)
        assert await house.outcomes(mixed) == await house.outcomes(straight)
        assert len(await house.outcomes(mixed)) == 1
