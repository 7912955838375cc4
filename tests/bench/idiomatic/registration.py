"""Registration: facts from Kafka -> inbox, decision, registration and outbox -> Kafka; a message a transaction."""

import asyncio

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from tests.bench.bare.loop import Place, say_ready
from tests.bench.bare.registration import decide
from tests.bench.idiomatic.messages import FactPosted, Registered
from tests.bench.idiomatic.models import Decision, Registration, RegistrationInbox, RegistrationOutbox, sessions
from tests.bench.idiomatic.outbox import poll


def app(place: Place) -> FastStream:
    """The service, with a worker for each partition."""
    make, broker = sessions(place.database), KafkaBroker(place.kafka, acks="all", logger=None)

    @broker.subscriber(
        "idiomatic.facts",
        group_id="idiomatic-registration",
        max_workers=place.partitions,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
    )
    async def fact_posted(fact: FactPosted) -> None:
        outcome, rule = decide(fact.model_dump(mode="json", by_alias=True))
        async with make.begin() as session:
            if await session.get(RegistrationInbox, fact.id) is not None:
                return
            session.add(RegistrationInbox(id=fact.id))
            session.add(Decision(id=fact.id, person_id=fact.person, outcome=outcome, rule=rule))
            if outcome == "required":
                session.add(Registration(id=fact.id, person_id=fact.person, since=fact.signed_on))
                said = Registered(
                    id=fact.id,
                    person=fact.person,
                    since=fact.signed_on,
                    family_name=fact.family_name,
                    given_name=fact.given_name,
                    address=fact.address,
                )
                session.add(RegistrationOutbox(key=str(fact.person), value=said.model_dump_json(by_alias=True)))

    found = FastStream(broker)
    ended, tasks = asyncio.Event(), list[asyncio.Task[None]]()

    @found.after_startup
    async def start_polling() -> None:
        tasks.append(asyncio.create_task(poll(make, RegistrationOutbox, broker, "idiomatic.registrations", ended)))
        say_ready()

    @found.on_shutdown
    async def stop_polling() -> None:
        ended.set()
        await asyncio.gather(*tasks)

    return found


if __name__ == "__main__":
    asyncio.run(app(Place.given()).run())
