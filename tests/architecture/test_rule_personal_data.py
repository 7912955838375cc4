"""The rules about personal data catch a number, name or address on its way out, and let what only tells about one pass."""

import pytest

from tests.architecture.house.personal_data import (
    is_personal,
    no_person_in_keys_and_problems,
    no_person_in_logs,
    no_person_in_telemetry,
    no_person_in_urls,
)
from tests.architecture.house.source import python


@pytest.mark.parametrize("name", ["ssin", "guardian_email", "streetName", "phone", "home_address", "last_name", "givenName", "birth_date"])
def test_a_name_that_holds_something_of_a_person_is_recognised(name: str) -> None:
    assert is_personal(name)


@pytest.mark.parametrize(
    "name", ["person_id", "ssin_reason", "service_name", "email_count", "topic", "letter_id", "birthday_rule", "phonebook"]
)
def test_a_name_that_does_not_is_let_pass(name: str) -> None:
    assert not is_personal(name)


@pytest.mark.parametrize(
    "text",
    [
        '@api.get("/people/{ssin}")\nasync def door(uow: Uow) -> View: ...',
        '@api.get("/people/{name}")\nasync def door(uow: Uow) -> View: ...',
        '@api.get("/people", scope="read")\nasync def door(email: str, uow: Uow) -> View: ...',
        'async def f():\n    await client.get(f"/people/{person.ssin}")',
        'async def f():\n    await client.get("/people", params={"ssin": number})',
        'async def f():\n    await client.get("/people", params={"q": ssin})',
    ],
)
def test_a_person_in_a_url_is_found(text: str) -> None:
    assert list(no_person_in_urls(python(text)))


@pytest.mark.parametrize(
    "text",
    [
        '@api.get("/registrations/{reference}")\nasync def door(reference: UUID, uow: Uow) -> View: ...',
        '@api.put("/sourceStates/{name}")\nasync def door(name: str, uow: Uow) -> View: ...',
        'async def f():\n    await client.post("/registrations/query", json={"ssin": ssin})',
        'value = mapping.get("ssin")',
    ],
)
def test_an_opaque_reference_in_a_url_is_not(text: str) -> None:
    assert not list(no_person_in_urls(python(text)))


@pytest.mark.parametrize(
    "line",
    [
        'log.info("registered", ssin=number)',
        'log.info("registered", name=person.shown)',
        'self._log.warning("refused", value=body.ssin)',
        'log.error(f"refused {why}")',
        'logger.info("refused", text=f"for {person.email}")',
        "log.bind(phone=value)",
    ],
)
def test_a_person_in_a_log_line_is_found(line: str) -> None:
    assert list(no_person_in_logs(python(line + "\n")))


@pytest.mark.parametrize(
    "line",
    [
        'log.info("registered", person=shorten(person_id), rule="S18")',
        'log.info("sealed", count=len(emails))',
        'self._log.warning("refused", reason=error.ssin_reason)',
        'print("ssin", ssin)',
    ],
)
def test_a_log_line_about_the_work_is_not(line: str) -> None:
    assert not list(no_person_in_logs(python(line + "\n")))


@pytest.mark.parametrize(
    "line", ['span.set_attribute("who", ssin)', "metric.labels(email=x)", 'tracer.start_span("send", attributes={"phone": x})']
)
def test_a_person_in_a_span_or_label_is_found(line: str) -> None:
    assert list(no_person_in_telemetry(python(line + "\n")))


def test_a_kind_in_a_span_is_not() -> None:
    assert not list(no_person_in_telemetry(python('span.set_attribute("channel", notice.channel)\n')))


@pytest.mark.parametrize(
    "line",
    [
        "Outgoing(topic, ssin.encode(), value)",
        "Outgoing(topic, key=person.ssin.encode(), value=value)",
        'raise BadRequest(detail=f"{body.email} is no address")',
        "raise InputProblem(ssin)",
    ],
)
def test_a_person_in_a_record_key_or_problem_is_found(line: str) -> None:
    assert list(no_person_in_keys_and_problems(python(line + "\n")))


@pytest.mark.parametrize(
    "line", ["Outgoing(topic, str(person_id).encode(), value)", 'raise BadRequest(detail="the check digits are wrong")']
)
def test_a_record_key_or_problem_without_a_person_is_not(line: str) -> None:
    assert not list(no_person_in_keys_and_problems(python(line + "\n")))
