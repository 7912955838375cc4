"""A group member as a process: says on its standard output what it holds and what it reads."""

import asyncio
import json
import sys

from chassis.bus.connect import connect
from tests.conformance.members import ends


async def main(url: str, group: str, topic: str, instance: str, manner: str) -> None:
    """Read until killed."""
    bus = connect(url, f"test-{instance}")
    subscription = await bus.subscribe(group, [topic], instance)
    held = -1
    while True:
        records = await subscription.poll(500, 0.2)
        if (now := len(subscription.assignment())) != held:
            held = now
            print(json.dumps({"held": held}), flush=True)  # noqa: T201 - the parent listens
        if records:
            print(json.dumps({"values": [record.value.decode() for record in records]}), flush=True)  # noqa: T201 - the same
            if manner == "commits":
                await subscription.commit(ends(records))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
