"""The doors of single facts: PUT and DELETE of a record, POST of an amendment; idempotent by reference and source version."""

import re
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from starlette.requests import Request

from chassis.http.api import PROVIDED, Answer, Api, Caller
from chassis.http.models import View
from chassis.http.problems import BadRequest
from chassis.http.visit import visit_of
from chassis.intake.intake import Intake
from chassis.intake.kinds import LARGEST_VERSION, Amendment, Command, FactBody, FactKind
from chassis.intake.order import DELETE, PUT
from chassis.intake.references import Reference, objection
from chassis.intake.replies import Refused
from chassis.intake.take import take_one

_CREATED, _OK = 201, 200

GivenIntake = Annotated[Intake, PROVIDED]
SourceVersion = Annotated[int, Query(ge=1, le=LARGEST_VERSION, description="Rises with each version of the record")]


class FactAnswer(View):
    """What became of one version of one record so far; `GET /outcomes` tells what follows."""

    reference: str
    source_version: int
    result: str = Field(description="accepted, duplicate, waiting, held, declined, linked, registered, withdrawn or parked")
    reason: str | None = None


def fact_doors(api: Api, *kinds: FactKind[Any]) -> None:
    """Open the doors of these kinds."""
    for kind in kinds:
        _put(api, kind)
        if kind.deletes:
            _delete(api, kind)
        for amendment in kind.amendments:
            _amend(api, kind, amendment)


def _put(api: Api, kind: FactKind[Any]) -> None:
    async def put(reference: Reference, body: FactBody, caller: Caller, request: Request, intake: GivenIntake) -> Answer[FactAnswer]:
        """Send a whole record; a higher source version replaces it."""
        return await _ask(intake, request, _command(caller, kind, reference, PUT, body.source_version, body))

    put.__annotations__["body"] = kind.model
    put.__name__ = f"put_{_snake(kind.name)}"
    api.put(f"/{kind.path}/{{reference}}", scope=kind.scope, summary=f"Send a {_words(kind.name)}")(put)


def _delete(api: Api, kind: FactKind[Any]) -> None:
    async def delete(
        reference: Reference, source_version: SourceVersion, caller: Caller, request: Request, intake: GivenIntake
    ) -> Answer[FactAnswer]:
        """Say that a record never was."""
        return await _ask(intake, request, _command(caller, kind, reference, DELETE, source_version, None))

    delete.__name__ = f"delete_{_snake(kind.name)}"
    api.delete(f"/{kind.path}/{{reference}}", scope=kind.scope, summary=f"Take a {_words(kind.name)} back")(delete)


def _amend(api: Api, kind: FactKind[Any], amendment: Amendment) -> None:
    async def amend(reference: Reference, body: FactBody, caller: Caller, request: Request, intake: GivenIntake) -> Answer[FactAnswer]:
        """Change a record without sending it whole; before the record itself has come, this waits for it."""
        return await _ask(intake, request, _command(caller, kind, reference, amendment.name, body.source_version, body))

    amend.__annotations__["body"] = amendment.model
    amend.__name__ = f"post_{_snake(kind.name)}_{_snake(amendment.name)}"
    summary = f"Send the {_words(amendment.name)} of a {_words(kind.name)}"
    api.post(f"/{kind.path}/{{reference}}/{amendment.path}", scope=kind.scope, summary=summary)(amend)


def _command(caller: Caller, kind: FactKind[Any], reference: str, operation: str, version: int, body: FactBody | None) -> Command:
    if (refused := objection(reference)) is not None:
        raise BadRequest.about("path", "reference", refused)
    return Command(caller.organisation, caller.client_id, kind, reference, version, operation, body)


async def _ask(intake: Intake, request: Request, command: Command) -> Answer[FactAnswer]:
    reply = await take_one(intake, command, visit_of(request).trace_id)
    if isinstance(reply, Refused):
        raise reply.error
    answer = FactAnswer(reference=command.reference, source_version=command.source_version, result=reply.result, reason=reply.reason)
    return Answer(answer, status=_CREATED if reply.first else _OK)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _words(name: str) -> str:
    return _snake(name).replace("_", " ")
