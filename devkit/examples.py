"""One request for each door, ready to paste; the person in them does not exist."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

from devkit.home import Addresses
from devkit.population import tst

_PERSON = tst(date(1991, 4, 12), 901)  # above the serials of the population
_AGENCY, _REGISTER, _OPERATOR = "agii", "vdab", "operator1"
_ADDRESS = {"street": "Proefstraat", "number": "7", "postCode": "8500", "municipality": "Kortrijk"}
_CONTRACT = {
    "sourceVersion": 1,
    "ssin": _PERSON,
    "familyName": "Zorianyk",
    "givenName": "Oles",
    "birthDate": "1991-04-12",
    "agency": "agii",
    "signedOn": "2026-11-02",
}
_TITLE = {"ground": "other", "validFrom": "2026-01-01", "rightToWork": True}
_PARTICIPANT = {
    "sourceVersion": 1,
    "ssin": _PERSON,
    "status": "entitled",
    "agency": "agii",
    "contactLanguage": "uk",
    "titles": [_TITLE],
}
_RESIDENCE = {"sourceVersion": 1, "ssin": _PERSON, "kind": "residence", "on": "2026-01-05", "nis": "34022", "address": _ADDRESS}
_SEEN = {"sourceVersion": 1, "state": "available", "completeUntil": "2027-12-31"}
_WHO = {"ssin": _PERSON}

Example = tuple[str, str, str, Mapping[str, object] | None]

# In an order that registers this person, so that the last ones have something to show.
_DOORS: tuple[Example, ...] = (
    (_REGISTER, "PUT", "/registration/v1/sourceStates/populationRegister", _SEEN),
    (_REGISTER, "PUT", "/registration/v1/sourceStates/vdabRegister", _SEEN),
    (_REGISTER, "PUT", "/registration/v1/sourceStates/workRegister", _SEEN),
    (_AGENCY, "PUT", "/integrationFeed/v1/sourceStates/contracts", _SEEN),
    (_REGISTER, "PUT", "/registration/v1/personChanges/example-home", _RESIDENCE),
    (_AGENCY, "PUT", "/integrationFeed/v1/participants/example-person", _PARTICIPANT),
    (_AGENCY, "PUT", "/integrationFeed/v1/contracts/example-contract", _CONTRACT),
    (_AGENCY, "GET", "/integrationFeed/v1/outcomes", None),
    (_AGENCY, "POST", "/integrationFeed/v1/obligations/query", _WHO),
    (_REGISTER, "POST", "/registration/v1/registrations/query", _WHO),
    (_OPERATOR, "POST", "/registration/v1/decisions/query", _WHO),
    (_OPERATOR, "POST", "/notification/v1/notices/query", _WHO),
    (_OPERATOR, "GET", "/notification/v1/log/checkpoint", None),
)
_SERVICE = {"integrationFeed": "integration_feed", "registration": "registration", "notification": "notifications"}


def curls(addresses: Addresses) -> Iterator[str]:
    """The requests as curl commands; each fetches its token by `hub token`."""
    for client, method, path, body in _DOORS:
        url = addresses.services[_SERVICE[path.split("/")[1]]] + path
        words = [f'curl -sS -X {method} {url} -H "Authorization: Bearer $(hub token {client})"']
        if method == "POST":
            words.append('-H "Idempotency-Key: paste-$RANDOM$RANDOM"')
        if body is not None:
            words.append(f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'")
        yield " \\\n  ".join(words)
