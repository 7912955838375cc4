"""The feed: `POST /facts` -> fact and outbox -> Kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from tests.bench.bare.loop import Place, say_ready
from tests.bench.idiomatic.messages import FactPosted
from tests.bench.idiomatic.models import Fact, FeedOutbox, sessions
from tests.bench.idiomatic.outbox import poll

_LOOK_S = 0.05


def app(place: Place) -> FastAPI:
    """The service."""
    make, broker = sessions(place.database), KafkaBroker(place.kafka, acks="all", logger=None)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await broker.start()
        ended = asyncio.Event()
        polling = asyncio.create_task(poll(make, FeedOutbox, broker, "idiomatic.facts", ended))
        yield
        ended.set()
        await polling
        await broker.stop()

    found = FastAPI(lifespan=lifespan)

    @found.post("/facts", status_code=201)
    async def post_fact(fact: FactPosted) -> dict[str, str]:
        body = fact.model_dump_json(by_alias=True)
        async with make.begin() as session:
            session.add(Fact(id=fact.id, reference=fact.reference, version=fact.source_version, person_id=fact.person, body=body))
            session.add(FeedOutbox(key=str(fact.person), value=body))
        return {"id": str(fact.id)}

    return found


async def run(place: Place) -> None:
    """Serve until told to end."""
    server = uvicorn.Server(uvicorn.Config(app(place), port=place.port, access_log=False, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(_LOOK_S)
    say_ready()
    await serving


if __name__ == "__main__":
    asyncio.run(run(Place.given()))
