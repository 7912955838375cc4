"""One request for each door, ready to paste; the people in them do not exist."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chassis.clock import BRUSSELS
from devkit.home import Addresses
from devkit.population import facts, tst
from devkit.population.facts import Fact, wire

# Serials above those of the population: who gets a letter, who comes in a file, and who is a jobseeker already.
_BORN = date(1991, 4, 12)
_PERSON, _IN_FILE, _KNOWN = (tst(_BORN, serial) for serial in (901, 903, 905))
# Twenty this year by the hub's clock: past compulsory education, and not yet 25.
_PUPIL_AGE, _PUPIL_SERIAL = 20, 907
_SUMMER = (6, 7, 8)
_AGENCY, _EDUCATION, _REGISTER, _OPERATOR = "agii", "education", "vdab", "operator1"
_SERVICE = {
    "educationFeed": "education_feed",
    "integrationFeed": "integration_feed",
    "registration": "registration",
    "notification": "notifications",
}
_WHO = {"ssin": _PERSON}
_FIRST_ID = 'grep -o \'"id":"[^"]*"\' | head -1 | cut -d\'"\' -f4'


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks what of which door."""

    client: str
    method: str
    path: str
    body: object = None
    media_type: str = "application/json"


def curls(addresses: Addresses, today: date) -> Iterator[str]:
    """The requests as curl commands, in an order that registers a person; each fetches its token by `hub token`."""
    for request in (*_sources(today), *_facts(today), *_questions(today)):
        yield _curl(addresses, request)
    notices = _curl(addresses, _NOTICES)
    yield f"NOTICE=$({notices} | {_FIRST_ID})\n" + _curl(
        addresses, _Request(_OPERATOR, "GET", "/notification/v1/notices/$NOTICE/evidence"), " -o notice.evidence.zip"
    )
    yield "hub policy --out policy.txt && hub verify notice.evidence.zip --policy policy.txt"
    yield _curl(addresses, _Request(_AGENCY, *_ended(today)))


def _sources(today: date) -> Iterator[_Request]:
    seen = {"sourceVersion": 1, "state": "available", "completeUntil": (today + timedelta(days=365)).isoformat()}
    for client, service, name in (
        (_REGISTER, "registration", "populationRegister"),
        (_REGISTER, "registration", "vdabRegister"),
        (_REGISTER, "registration", "workRegister"),
        (_AGENCY, "integrationFeed", "contracts"),
        (_EDUCATION, "educationFeed", "enrolmentsCompulsory"),
        (_EDUCATION, "educationFeed", "enrolmentsHigher"),
        (_EDUCATION, "educationFeed", "enrolmentsAdult"),
        (_EDUCATION, "educationFeed", "led"),
    ):
        yield _Request(client, "PUT", f"/{service}/v1/sourceStates/{name}", seen)


def _facts(today: date) -> Iterator[_Request]:
    home = facts.Address("Proefstraat", "7", "8500", "Kortrijk")
    title = facts.Title("other", today - timedelta(days=300), right_to_work=True)
    noon = datetime.combine(today - timedelta(days=90), time(12), BRUSSELS)
    for client, reference, body in (
        (_REGISTER, "example-home", facts.PersonChange(1, _PERSON, "residence", today - timedelta(days=300), "34022", home)),
        (_REGISTER, "example-known", facts.Jobseeker(1, _KNOWN, "jobseeker", noon.date(), noon, "self")),
        (_REGISTER, "example-work", facts.Employment(1, _KNOWN, today - timedelta(days=200), "regular", "1.00", ends_on=noon.date())),
        (_AGENCY, "example-person", facts.Participant(1, _PERSON, "entitled", _AGENCY, "uk", titles=(title,))),
        (_AGENCY, "example-contract", _contract(_PERSON, today)),
        (_REGISTER, "example-pupil-home", facts.PersonChange(1, _pupil(today), "residence", today - timedelta(days=300), "34022", home)),
        (_EDUCATION, "example-school", _left(today)),
    ):
        fact = Fact.about(client, reference, body)
        yield _Request(client, fact.method, fact.path, fact.json)
    line = Fact.about(_AGENCY, "example-in-a-file", _contract(_IN_FILE, today)).line
    yield _Request(_AGENCY, "POST", "/integrationFeed/v1/factBatches", line, "application/x-ndjson")


def _left(today: date) -> facts.Enrolment:
    """Somebody of twenty who left school long enough ago that the window is over, and so are summer's longer ones for proofs."""
    left_on = today - timedelta(days=16)
    left_on = left_on if left_on.month not in _SUMMER else date(left_on.year, 5, 29)
    closure = facts.Closure(left_on, "E", 5)
    began = date(left_on.year if left_on.month > max(_SUMMER) else left_on.year - 1, 9, 1)
    return facts.Enrolment(
        source_version=1,
        ssin=_pupil(today),
        family_name="Vanverzinsel",
        given_name="Noorke",
        birth_date=_pupil_born(today).isoformat(),
        source="compulsory",
        institution="990011",
        starts_on=began,
        level=3,
        education_kind=1,
        programme=1,
        closure=closure,
    )


def _pupil_born(today: date) -> date:
    return date(today.year - _PUPIL_AGE, 4, 12)


def _pupil(today: date) -> str:
    return tst(_pupil_born(today), _PUPIL_SERIAL)


def _contract(ssin: str, today: date) -> facts.Contract:
    return facts.Contract(1, ssin, "Zorianyk", "Oles", _BORN.isoformat(), _AGENCY, today - timedelta(days=20))


def _ended(today: date) -> tuple[str, str, Mapping[str, object]]:
    fact = Fact.about(_AGENCY, "example-contract", facts.Termination(2, "stopped", today))
    return fact.method, fact.path, wire(fact.body)


_NOTICES = _Request(_OPERATOR, "POST", "/notification/v1/notices/query", _WHO)


def _questions(today: date) -> Iterator[_Request]:
    pupil = {"ssin": _pupil(today)}
    yield from _ABOUT_THE_NEWCOMER
    yield _Request(_EDUCATION, "GET", "/educationFeed/v1/outcomes")
    yield _Request(_OPERATOR, "POST", "/educationFeed/v1/decisions/query", pupil)
    yield _Request(_OPERATOR, "POST", "/registration/v1/decisions/query", pupil)
    yield _Request(_OPERATOR, "POST", "/notification/v1/notices/query", pupil)


_ABOUT_THE_NEWCOMER = (
    _Request(_AGENCY, "GET", "/integrationFeed/v1/factBatches"),
    _Request(_AGENCY, "GET", "/integrationFeed/v1/outcomes"),
    _Request(_AGENCY, "POST", "/integrationFeed/v1/obligations/query", _WHO),
    _Request(_REGISTER, "POST", "/registration/v1/registrations/query", _WHO),
    _Request(_OPERATOR, "POST", "/registration/v1/decisions/query", _WHO),
    _NOTICES,
    _Request(_OPERATOR, "GET", "/notification/v1/log/checkpoint"),
)


def _curl(addresses: Addresses, request: _Request, options: str = "") -> str:
    url = addresses.services[_SERVICE[request.path.split("/")[1]]] + request.path
    token = f'-H "Authorization: Bearer $(hub token {request.client})"'
    words = [f"curl -sS{options} -w '\\n' -X {request.method} {url} {token}"]
    if request.method == "POST":
        words.append('-H "Idempotency-Key: paste-$RANDOM$RANDOM"')
    if request.body is not None:
        words.append(f"-H 'Content-Type: {request.media_type}' -d '{json.dumps(request.body)}'")
    return " \\\n  ".join(words)
