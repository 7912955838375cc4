"""The sandbox's switches over sources, rule rows and data protocols, set through the public and the inner doors of the services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import httpx
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from chassis.clock import local_date, technical_now
from chassis.http.clients.doors import DoorClient
from devkit.errors import DoorRefused, NoSuchSwitch
from devkit.sandbox.coordinator import Coordinator
from devkit.sandbox.inner import InnerDoors


@dataclass(frozen=True, slots=True)
class Source:
    """Whose word it is, and at which service's doors it is given."""

    client: str
    service: str
    api: str


_EDUCATION = Source("education", "education_feed", "educationFeed")
_AGENCY = Source("agii", "integration_feed", "integrationFeed")
_REGISTER = Source("vdab", "registration", "registration")
SOURCES: Mapping[str, Source] = {
    "enrolmentsCompulsory": _EDUCATION,
    "enrolmentsHigher": _EDUCATION,
    "enrolmentsAdult": _EDUCATION,
    "led": _EDUCATION,
    "contracts": _AGENCY,
    "workRegister": _REGISTER,
    "populationRegister": _REGISTER,
    "vdabRegister": _REGISTER,
}


# Who switched, in the record that every service keeps of it.
_BY = "sandbox"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class SourceSetting(_Body):
    """How the source is; without a day it is complete up to the hub's own."""

    state: Literal["available", "notFresh", "unavailable"]
    complete_until: date | None = None


class Switching(_Body):
    """Whether a row holds, and from when until when."""

    active: bool
    valid_from: date | None = None
    valid_to: date | None = None


def router(
    coordinator: Coordinator, doors: Sequence[InnerDoors], services: Mapping[str, str], client: Callable[[str], DoorClient]
) -> APIRouter:
    """The doors of sources, rule rows and data protocols."""
    found = APIRouter(prefix="/sandbox/v1", tags=["Sandbox"])

    @found.put("/sources/{name}", operation_id="putSource", summary="Let a source say how it is", status_code=204)
    async def put_source(name: str, setting: SourceSetting) -> Response:
        if (source := SOURCES.get(name)) is None:
            raise NoSuchSwitch("source", name)
        until = setting.complete_until or local_date((await coordinator.clock())[0])
        # Later than whatever was said before: watermarks of the population count days, this counts milliseconds.
        version = int(technical_now().timestamp() * 1000)
        body = {"sourceVersion": version, "state": setting.state, "completeUntil": until.isoformat()}
        path = f"/{source.api}/v1/sourceStates/{name}"
        answer = await client(source.client).put(services[source.service] + path, body)
        if answer.is_error:
            raise DoorRefused("PUT", path, answer.status_code, answer.reason_phrase)
        return Response(status_code=httpx.codes.NO_CONTENT)

    @found.put("/ruleRows/{rowId}", operation_id="putRuleRow", summary="Switch a rule row", status_code=204)
    async def put_rule_row(rowId: str, switching: Switching) -> Response:  # noqa: N803 - the name in the path
        return await _switch("ruleRows", rowId, switching)

    @found.put("/dataProtocols/{flow}", operation_id="putDataProtocol", summary="Switch the legal basis of a flow", status_code=204)
    async def put_data_protocol(flow: str, switching: Switching) -> Response:
        return await _switch("dataProtocols", flow, switching)

    async def _switch(kind: str, name: str, switching: Switching) -> Response:
        body = switching.model_dump(mode="json", by_alias=True, exclude_none=True) | {"by": _BY}
        if not any([await door.switch(kind, name, body) for door in doors]):
            raise NoSuchSwitch(kind, name)
        return Response(status_code=httpx.codes.NO_CONTENT)

    return found
