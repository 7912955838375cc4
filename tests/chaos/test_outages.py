"""What a hub goes on doing while something it needs is away, and that afterwards nothing is missing and nothing was done twice."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from devkit.evidence import proven, trust_policy
from devkit.population import Newcomer
from devkit.sandbox.inner import inner_doors
from tests.chaos import counting, reached
from tests.chaos.judging import judge
from tests.chaos.load import FILES, Load
from tests.chaos.stage import Opener, Stage
from tests.chaos.storm import morning, people_of
from tests.chaos.watching import LogWatch
from tests.support.eventually import eventually
from tests.support.told import Tell

pytestmark = pytest.mark.slow

_SEED, _PEOPLE = 1, 60
_PATIENCE_S, _REST_S = 60.0, 120.0
_BULK = "/registration/v1/factBatches"


async def test_m17_without_a_bus_facts_are_taken_and_bulk_is_told_to_come_back_until_there_is_room_again(stage: Opener, tell: Tell) -> None:
    people = people_of(_SEED, _PEOPLE)
    async with stage(HUB_OUTBOX_LIMIT="20") as hub:
        load, register = await begun(hub), hub.hasty["vdab"].doors
        bulk = f"{hub.addresses.registration}{_BULK}"
        async with hub.servers.without_bus():
            await load.send_all([person for person in people if person.contract.agency != FILES], chance())
            refused = await register.stream(bulk, nothing())
            says_503(refused)
            tell(f"          without a bus {load.accepted} facts were taken, one by one; bulk was told 503")
        await eventually(lambda: nothing_waits_for_the_bus(hub), _PATIENCE_S)
        assert (await register.stream(bulk, nothing())).status_code == httpx.codes.ACCEPTED
        await load.send_all([person for person in people if person.contract.agency == FILES], chance())
        await hub.sandbox.settled(_REST_S)
        await judge(hub, load, people, tell)


async def test_m06_without_the_vault_doors_say_so_consumers_pause_and_relays_feeds_evidence_and_verification_go_on(
    stage: Opener, tell: Tell
) -> None:
    people = people_of(_SEED, _PEOPLE)
    before, meanwhile = people[::2], people[1::2]
    async with stage() as hub:
        load = await begun(hub)
        await load.send_all(before, chance())
        await hub.sandbox.settled(_REST_S)
        notice = next(notice for of_person in await counting.notices(hub.partners, before) for notice in of_person)
        evidence = f"/notification/v1/notices/{notice['id']}/evidence"
        bundle = await hub.partners["operator1"].get_bytes(evidence)
        async with AsyncExitStack() as bus:
            await bus.enter_async_context(hub.servers.without_bus())
            await load.send_all(meanwhile, chance())
            async with hub.servers.without_vault():
                await bus.aclose()
                await eventually(lambda: nothing_waits_for_the_bus(hub), _PATIENCE_S)
                tell("          without a vault the relays carried every event to the bus")
                await eventually(lambda: is_not_ready(hub, "integration_feed"), _PATIENCE_S)
                await consumers_stand_still(hub)
                fact = before[0].facts[-1]
                says_503(await hub.hasty[fact.client].answer(fact.method, fact.path, fact.json))
                says_503(await hub.hasty["operator1"].answer("GET", evidence))
                assert len(await counting.outcomes(hub.hasty["agii"], "integrationFeed")) > 0
                size = await the_log_is_read(hub)
                assert proven(bundle, trust_policy(hub.keys)).events
                tell(f"          doors said 503; feeds and the log of {size} entries were read, and evidence at hand was proven")
        await hub.sandbox.settled(_REST_S)
        await judge(hub, load, people, tell)


@pytest.mark.parametrize("broker", ["postgres", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.endure])], indirect=True)
async def test_m26_a_provider_that_hangs_holds_up_its_own_carrier_only_and_nothing_is_sent_twice(stage: Opener, tell: Tell) -> None:
    people = [person for person in people_of(_SEED, 2 * _PEOPLE) if person.expected.registered][:30]
    mailed, told_by_sms, lettered = people[::3], people[1::3], people[2::3]
    async with stage(HUB_CARRIER_TIMEOUT_S="3", HUB_RETRY_FIRST_S="1") as hub:
        load = await begun(hub)
        await reached.by_mail(hub.partners["vdab"], mailed)
        await reached.by_portal(hub.partners["vdab"], told_by_sms)
        await hub.sandbox.order("email", answersAfterS=600)
        await hub.sandbox.order("sms", answersAfterS=600)

        await load.send_all(people, chance())
        await eventually(lambda: letters_lie_there(hub, len(lettered)), _PATIENCE_S)
        assert set(await states(hub, told_by_sms, "sms")) <= {"submitted", "sending"}
        await eventually(lambda: all_are(hub, mailed, "email", "unknown"), _PATIENCE_S)
        tell(f"          mail host and SMS gateway hang: {len(lettered)} letters went out, {len(mailed)} mails are unknown")

        await hub.sandbox.order("email")
        await hub.sandbox.order("sms", state="delivered")
        await eventually(lambda: all_are(hub, told_by_sms, "sms", "delivered"), _PATIENCE_S)
        await hub.sandbox.settled(_REST_S)
        await judge(hub, load, people, tell)
        asked = await hub.sandbox.received("sms")
        assert len(asked) == len(told_by_sms)
        assert all(one["taken"] for one in asked)
        tell(f"          the gateway was asked {sum(one['requests'] for one in asked)} times about {len(asked)} messages and has each once")


def chance() -> random.Random:
    """The same order of sending every time."""
    return random.Random(_SEED)


async def nothing() -> AsyncIterator[bytes]:
    """An empty file."""
    yield b""


async def begun(hub: Stage) -> Load:
    """A load on a fresh hub."""
    load = Load(hub.partners)
    await morning(hub, load)
    return load


async def nothing_waits_for_the_bus(hub: Stage) -> bool:
    """Whether every outbox is empty and no relay at work."""
    async with inner_doors(hub.addresses.services, hub.keys) as doors:
        return not any(["outbox" in (await door.snapshot()).busy for door in doors])


async def is_not_ready(hub: Stage, service: str) -> bool:
    """What a service says of itself."""
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{hub.fleet.urls[service]}/readyz")).status_code == httpx.codes.SERVICE_UNAVAILABLE


async def consumers_stand_still(hub: Stage) -> None:
    """Records wait for the feed's consumer, which needs to know who they are about; none is handled, and none is parked."""
    async with inner_doors({"integration_feed": hub.fleet.urls["integration_feed"]}, hub.keys) as [feed]:
        seen = [await feed.snapshot() for _ in range(3)]
        assert all("consumer" in one.busy for one in seen)
        assert len({one.counters["consumed"] for one in seen}) == 1
        assert await feed.parked() == []


def says_503(answer: httpx.Response) -> None:
    """Not now, and a sender knows when to come again."""
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert int(answer.headers["Retry-After"]) > 0


async def the_log_is_read(hub: Stage) -> int:
    """Its size: the newest checkpoint, whose signature holds, and the leaves below it."""
    watch = LogWatch(hub.hasty["operator1"], trust_policy(hub.keys))
    return await watch.prove_all_seen()


async def letters_lie_there(hub: Stage, count: int) -> bool:
    """Whether the print house was handed so many."""
    return len(list(hub.print_folder.glob("*.json"))) == count


async def states(hub: Stage, people: list[Newcomer], channel: str) -> list[str]:
    """The state of each delivery of these people on a channel."""
    notices = [notice for of_person in await counting.notices(hub.partners, people) for notice in of_person]
    return [one["state"] for notice in notices for one in notice["deliveries"] if one["channel"] == channel]


async def all_are(hub: Stage, people: list[Newcomer], channel: str, state: str) -> bool:
    """Whether each of these people has one delivery there, in that state."""
    return await states(hub, people, channel) == [state] * len(people)
