"""A small API with one door of each kind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import Query
from pydantic import Field, field_validator
from starlette.requests import Request

from chassis.errors import DatabaseUnavailable
from chassis.http.api import PROVIDED, Answer, Api, Caller
from chassis.http.conditional import IfMatch, check_version
from chassis.http.models import Body, View
from chassis.http.paging import After, Page, PageSize, decode_cursor, page
from chassis.http.problems import Problem, TooManyRequests
from contracts.errors import InvalidSsin
from contracts.identifiers import SsinReason
from tests.support.doors import calling, doors
from tests.support.tokens import Tokens

api = Api("/registration/v1", "registration")
other_api = Api("/notification/v1", "notification")


class Title(Body):
    ground: Literal["asylumSeeker", "other"]
    valid_from: date | None = None


class FindPerson(Body):
    ssin: str = Field(min_length=11, max_length=11)
    family_name: str | None = None
    titles: tuple[Title, ...] = ()

    @field_validator("family_name")
    @classmethod
    def quotes_the_input(cls, value: str | None) -> str | None:
        if value is not None and value.startswith("bad"):
            raise ValueError(f"{value} is no name")
        if value == "empty":
            raise ValueError("a name is needed")
        return value


class RegistrationView(View):
    id: str
    note: str | None = None


@api.post("/registrations/query", scope="registration.read", summary="Find a person's registration")
async def query_registration(body: FindPerson, caller: Caller) -> RegistrationView:
    """Find it by the number in the body."""
    return RegistrationView(id=caller.organisation, note=body.family_name)


@api.get("/registrations/{registrationId}", scope="registration.read", summary="One registration")
async def get_registration(registration_id: str, valid_on: date | None = None) -> Answer[RegistrationView]:
    return Answer(RegistrationView(id=registration_id, note=str(valid_on) if valid_on else None), version=7)


@api.get("/outcomes", scope="registration.read", summary="Outcomes in order")
async def list_outcomes(request: Request, after: After = None, page_size: PageSize = 2) -> Page[RegistrationView]:
    start = int(decode_cursor(after, (int,))[0]) if after else 0
    items = [RegistrationView(id=str(number)) for number in range(start + 1, 6)]
    return page(request, items, page_size, lambda item: (int(item.id),))


@api.put("/contactPoints/{contactPointId}", scope="registration.write", summary="Change a contact point")
async def change_contact_point(contact_point_id: str, body: Title, if_match: IfMatch = None) -> Answer[RegistrationView]:
    check_version(if_match, 7)
    return Answer(RegistrationView(id=contact_point_id, note=body.ground), version=8)


@api.delete("/jobseekers/{reference}", scope="registration.write", summary="Take a jobseeker back", status=204)
async def delete_jobseeker(reference: str, source_version: Annotated[int, Query(ge=1)]) -> None:
    del reference, source_version


@api.post("/factBatches", scope="registration.write", summary="Many facts", status=202, consumes=("application/x-ndjson",))
async def create_fact_batch(request: Request) -> Answer[RegistrationView]:
    lines = b"".join([chunk async for chunk in request.stream()]).splitlines()
    return Answer(RegistrationView(id=str(len(lines))), location="/registration/v1/factBatches/1")


@dataclass(frozen=True, slots=True)
class Words:
    greeting: str


@api.get("/greetings", scope="registration.read", summary="Says hello")
async def get_greeting(words: Annotated[Words, PROVIDED]) -> RegistrationView:
    return RegistrationView(id=words.greeting)


@api.get("/problems/{kind}", scope="registration.read", summary="Raises")
async def raise_problem(kind: str) -> None:
    raise RAISED[kind]


@other_api.get("/notices/{noticeId}", scope="notification.read", summary="One notice")
async def get_notice(notice_id: str) -> RegistrationView:
    return RegistrationView(id=notice_id)


RAISED: dict[str, Exception] = {
    "database": DatabaseUnavailable("secret host name"),
    "number": InvalidSsin(next(iter(SsinReason))),
    "fault": RuntimeError("DETAIL: Key (ssin)=(06641000507) exists"),
    "tooMany": TooManyRequests(600, 12),
}
RAISED |= {kind: found() for kind, found in Problem.catalogue().items() if kind in {"missingPermission", "sourceVersionConflict"}}


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
async def anyone(tokens: Tokens) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with calling(doors([api, other_api], tokens)) as client:
        yield client


@pytest.fixture
async def client(tokens: Tokens) -> AsyncIterator[httpx.AsyncClient]:
    """The client `vdab`, with all its scopes."""
    async with calling(doors([api, other_api], tokens), tokens.bearer("vdab")) as known:
        yield known
