"""Logs never carry a person."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog

from chassis import logs

SSIN = "06641000507"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers = list(logging.getLogger().handlers)
    logs.configure(stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers = handlers


def _line(out: io.StringIO) -> dict[str, Any]:
    [line] = out.getvalue().splitlines()
    return dict(json.loads(line))


@pytest.mark.parametrize(
    "field",
    [
        "ssin",
        "name",
        "family_name",
        "familyName",
        "given_name",
        "address",
        "street",
        "email",
        "eMail",
        "phone_number",
        "value",
        "body",
        "birthDate",
    ],
)
def test_no_field_that_could_carry_a_person_passes(out: io.StringIO, field: str) -> None:
    logs.logger("test").info("said", **{field: "Anne", "inside": {field: "Anne", "kept": 1}, "many": [{field: "Anne"}]})

    assert "Anne" not in out.getvalue()
    assert field not in out.getvalue()
    assert _line(out)["inside"] == {"kept": 1}


@pytest.mark.parametrize(
    "personal", [SSIN, "06.64.10-005.07", "066410 005 07", "anne@school.example", "+32 470 12 34 56", int("9" + SSIN[1:])]
)
@pytest.mark.parametrize("field", ["why", "reference", "detail"])
def test_what_looks_like_a_person_is_struck_out_of_any_text(out: io.StringIO, personal: object, field: str) -> None:
    logs.logger("test").warning(f"refused {personal}", **{field: personal, "among": [f"of {personal}."]})

    assert str(personal) not in out.getvalue()
    assert out.getvalue().count("[personal]") == 3


def test_codes_ids_counts_and_times_pass(out: io.StringIO) -> None:
    said: dict[str, Any] = {
        "event_type": "be.vdab.registration.v1.decisions.notify.made",
        "event_id": str(uuid4()),
        "status": 200,
        "milliseconds": 12.5,
        "route": "/registration/v1/registrations/{id}",
        "position": 123456,
        "at": "2026-02-02T09:00:00.123456+00:00",
        "where": ["uow.py:12 take"],
        "ok": True,
        "nothing": None,
    }
    logs.logger("test").info("done", **said)

    assert _line(out).items() >= said.items()


def test_of_an_exception_only_kind_and_place_are_shown(out: io.StringIO) -> None:
    try:
        int(f"Key (ssin)=({SSIN}) of Anne")
    except ValueError:
        logs.logger("test").exception("failed")

    assert "Anne" not in out.getvalue()
    assert (_line(out)["error"], _line(out)["where"][0].partition(":")[0]) == ("ValueError", "test_logs.py")


def test_what_libraries_log_comes_without_the_values_they_fill_in(out: io.StringIO) -> None:
    try:
        int("Anne")
    except ValueError:
        logging.getLogger("asyncio").exception("Task of %s failed", "Anne")

    assert "Anne" not in out.getvalue()
    assert _line(out).items() >= {"event": "Task of %s failed", "library": "asyncio", "error": "ValueError"}.items()


def test_an_id_is_shown_by_its_first_eight_characters() -> None:
    assert logs.short(SSIN + "-tail") == SSIN[:8]
