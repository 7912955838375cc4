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


async def objects(hub: Hub, person: Person, kind: str = "objection") -> Body:
    """VDAB hands in an objection for a person."""
    said = await hub.partners["vdab"].post("/registration/v1/objections", {"ssin": person.ssin, "kind": kind})
    await hub.settled()
    return dict(said)


async def decides(hub: Hub, objection: Body, outcome: str) -> Body:
    """Someone who wrote no rule decides about it."""
    operator = hub.partners["operator1"]
    address = f"{operator.addresses.services['registration']}/registration/v1/objections/{objection['id']}/decisions"
    body = {"outcome": outcome, "reason": "Heard in person.", "decidedBy": "counsellor.7"}
    answer = await operator.doors.request("POST", address, body=body, headers={"If-Match": f'"v{objection["version"]}"'})
    assert answer.is_success, answer.text
    await hub.settled()
    return dict(answer.json())
