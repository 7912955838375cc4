"""What people may ask of the hub about their own data, through VDAB's doors: an erasure, followed until it can be relied on."""

from collections.abc import Sequence

from tests.support.eventually import eventually
from tests.support.hub import Body, Hub, Person

EVERYTHING = ("dossier", "evidence", "intake", "notice")


async def erase(hub: Hub, person: Person, classes: Sequence[str] = EVERYTHING) -> Body:
    """Two people of VDAB have these classes of a person's data erased; the erasure once it is done and heard everywhere."""
    body = {"ssin": person.ssin, "ground": "art17Gdpr", "classes": list(classes), "requestedBy": "dpo.1", "approvedBy": "head.2"}
    operator = hub.partners["operator1"]
    path = f"/registration/v1/erasures/{(await operator.post('/registration/v1/erasures', body))['id']}"

    async def done() -> bool:
        return bool((await operator.get(path))["state"] == "done")

    await eventually(done)
    await hub.settled()
    return dict(await operator.get(path))
