"""Notifications: registrations from Kafka -> inbox, notice and evidence leaf; a message a transaction."""

import asyncio
import os
from hashlib import sha256

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker

from tests.bench.bare.loop import Place, say_ready
from tests.bench.bare.notifications import TEXT
from tests.bench.idiomatic.messages import Registered
from tests.bench.idiomatic.models import Leaf, Notice, NoticeInbox, sessions


def app(place: Place) -> FastStream:
    """The service, with a worker for each partition."""
    make, broker = sessions(place.database), KafkaBroker(place.kafka, acks="all", logger=None)

    @broker.subscriber(
        "idiomatic.registrations",
        group_id="idiomatic-notifications",
        max_workers=place.partitions,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        auto_offset_reset="earliest",
    )
    async def registered(told: Registered) -> None:
        content, salt = TEXT.format_map(told.model_dump(mode="json", by_alias=True)), os.urandom(16)
        async with make.begin() as session:
            if await session.get(NoticeInbox, told.id) is not None:
                return
            session.add(NoticeInbox(id=told.id))
            notice = Notice(registration_id=told.id, person_id=told.person, content=content)
            session.add(notice)
            await session.flush()
            digest = sha256(b"\0" + salt + told.id.bytes + sha256(content.encode()).digest()).digest()
            session.add(Leaf(notice_n=notice.n, salt=salt, hash=digest))

    found = FastStream(broker)
    found.after_startup(say_ready)
    return found


if __name__ == "__main__":
    asyncio.run(app(Place.given()).run())
