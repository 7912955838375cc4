"""Whatever fits or does not fit a service's own description is answered as described, and never with a fault."""

import asyncio
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation

from devkit.databases import SERVICES
from tests.e2e.doors.stand import Stand

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]

EXAMPLES = 25
# Every status a door may give a client that may do everything; of the fives only "come back later", from the log's newest leaves.
ANSWERS = {200, 201, 202, 204, 400, 404, 405, 409, 413, 415}


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "application/ndjson")
def as_lines(_: object, value: object) -> bytes:
    """A body of lines as it is, whatever is in it."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of a service's document."""
    for found in schemathesis.openapi.from_dict(dict(document)).get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def attack(operation: Operation, url: str, headers: dict[str, str], people: list[str]) -> Counter[int]:
    """Ask many times, with what fits and with what does not; the answers by status."""
    seen: Counter[int] = Counter()
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    strange = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if _can_be_strange(operation) else fitting

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(fitting, strange), person=st.sampled_from([*people, None]))
    def ask(case: Any, person: str | None) -> None:
        if person is not None and isinstance(case.body, dict) and "ssin" in case.body:
            case.body["ssin"] = person  # a made-up number ends at its check digits; this one reaches the rules
        answer = case.call(base_url=url, headers=headers, session=session)
        seen[answer.status_code] += 1
        assert answer.status_code in ANSWERS, (operation.label, answer.status_code, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], operation.label

    with requests.Session() as session, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generators of a library warn about formats they do not know
        ask()
    return seen


def _can_be_strange(operation: Operation) -> bool:
    """Whether there is anything to get wrong; without a parameter or a body nothing can be."""
    return bool(list(operation.iter_parameters()) or operation.body)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_answers_whatever_its_description_allows_and_forbids_without_a_fault(stand: Stand, service: str) -> None:
    document = (await stand.http.get(f"{stand.services[service].url}/doc/openapi.json")).json()
    client = {"education_feed": "education", "integration_feed": "agii", "registration": "vdab", "notifications": "vdab"}[service]
    scopes = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"]
    headers = stand.tokens.bearer(client, scope=" ".join(scopes))
    people = [stand.person() for _ in range(5)]
    seen: Counter[int] = Counter()
    for operation in operations(document):
        seen += await asyncio.to_thread(attack, operation, stand.services[service].url, headers, people)
    assert {200, 400} <= set(seen), seen
    await stand.settled()
    assert [await stand.parked(name) for name in stand.services] == [[]] * len(stand.services)
    await stand.leaks_nothing(*people)
    await stand.unharmed()
