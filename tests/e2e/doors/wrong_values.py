"""Values that no field of a fact takes, days at the edge of the calendar, and the good bodies they are put into."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.doors.stand import contract, leave, participant, residence

WRONG_VALUES: list[tuple[str, dict[str, Any], str]] = [
    # closed lists
    ("participants", {"status": "perhaps"}, "status"),
    ("personChanges", {"kind": "movedToMars"}, "kind"),
    ("employments", {"kind": "slavery"}, "kind"),
    ("jobseekers", {"category": "dreamer"}, "category"),
    ("jobseekers", {"origin": "martian"}, "origin"),
    # days and instants that are none, or not written as such
    ("contracts", {"signedOn": "2026-02-30"}, "signedOn"),
    ("contracts", {"signedOn": "30/02/2026"}, "signedOn"),
    ("contracts", {"signedOn": "2026-1-5"}, "signedOn"),
    ("contracts", {"signedOn": 86400}, "signedOn"),
    ("contracts", {"signedOn": "86400"}, "signedOn"),
    ("contracts", {"signedOn": "2026-01-05T00:00:00"}, "signedOn"),
    ("contracts", {"signedOn": "10000-01-01"}, "signedOn"),
    ("contracts", {"signedOn": None, "signedAt": "2026-01-05T10:00:00"}, "signedAt"),
    ("contracts", {"signedOn": None, "signedAt": 1_700_000_000}, "signedAt"),
    ("contracts", {"birthDate": "1990-02-30"}, "birthDate"),
    ("contracts", {"birthDate": "1990-13"}, "birthDate"),
    ("contracts", {"birthDate": "0000-00-00"}, "birthDate"),
    ("contracts", {"birthDate": 1990}, "birthDate"),
    ("participants", {"titles": [{"ground": "other", "validFrom": "2026-02-30"}]}, "titles[0].validFrom"),
    ("participants", {"titles": [{"ground": "other", "validFrom": 0}]}, "titles[0].validFrom"),
    ("participants", {"fullTimeStudy": {"startsOn": 20000}}, "fullTimeStudy.startsOn"),
    ("participants", {"statusSince": 86400}, "statusSince"),
    ("personChanges", {"on": 86400}, "on"),
    ("employments", {"startsOn": 86400}, "startsOn"),
    ("jobseekers", {"registeredAt": 86400}, "registeredAt"),
    ("jobseekers", {"startsOn": "soon"}, "startsOn"),
    # versions
    ("contracts", {"sourceVersion": 0}, "sourceVersion"),
    ("contracts", {"sourceVersion": -1}, "sourceVersion"),
    ("contracts", {"sourceVersion": 2**53}, "sourceVersion"),
    ("contracts", {"sourceVersion": 10**40}, "sourceVersion"),
    ("contracts", {"sourceVersion": 1.5}, "sourceVersion"),
    ("contracts", {"sourceVersion": None}, "sourceVersion"),
    ("contracts", {"sourceVersion": True}, "sourceVersion"),
    ("contracts", {"sourceVersion": "1"}, "sourceVersion"),
    ("contracts", {"sourceVersion": 1.0}, "sourceVersion"),
    # texts
    ("contracts", {"familyName": ""}, "familyName"),
    ("contracts", {"familyName": "Ver\nborgen"}, "familyName"),
    ("contracts", {"familyName": "V" * 201}, "familyName"),
    ("contracts", {"familyName": ["Verborgenaere"]}, "familyName"),
    ("contracts", {"agency": "No Code!"}, "agency"),
    ("participants", {"contactLanguage": "Dutch"}, "contactLanguage"),
    ("participants", {"titles": [{"ground": "other", "validFrom": "2026-01-01"}] * 51}, "titles"),
    ("employments", {"workFraction": "2.00"}, "workFraction"),
    ("employments", {"workFraction": "NaN"}, "workFraction"),
    ("personChanges", {"nis": "3402"}, "nis"),
    # schools and proofs
    ("enrolments", {"source": "kindergarten"}, "source"),
    ("enrolments", {"startsOn": "2026-02-30"}, "startsOn"),
    ("enrolments", {"startsOn": 86400}, "startsOn"),
    ("enrolments", {"schoolYear": "last"}, "schoolYear"),
    ("enrolments", {"level": "three"}, "level"),
    ("enrolments", {"level": -1}, "level"),
    ("enrolments", {"level": "1"}, "level"),
    ("enrolments", {"schoolYear": "2026"}, "schoolYear"),
    ("enrolments", {"flemish": "perhaps"}, "flemish"),
    ("enrolments", {"flemish": "no"}, "flemish"),
    ("enrolments", {"flemish": 0}, "flemish"),
    ("enrolments", {"familyName": None}, "familyName"),
    ("enrolments", {"closure": {"endsOn": "2026-02-30"}}, "closure.endsOn"),
    ("enrolments", {"closure": {"endsOn": "2026-10-08", "situationAfter": "dunno"}}, "closure.situationAfter"),
    ("enrolments", {"administrativeGroup": {"name": "BuSO OV1"}}, "administrativeGroup.number"),
    ("enrolments", {"administrativeGroup": {"number": 10**7}}, "administrativeGroup.number"),
    ("qualifications", {"category": ""}, "category"),
    ("qualifications", {"authentic": "nearly"}, "authentic"),
    ("qualifications", {"ledStatus": "registered"}, "ledStatus"),
    ("qualifications", {"issuedOn": "2026-02-30"}, "issuedOn"),
    ("qualifications", {"country": "Belgium"}, "country"),
    ("qualifications", {"equivalence": "so-so"}, "equivalence"),
    ("qualifications", {"vksLevel": 9}, "vksLevel"),
    ("homeEducations", {"startsOn": "soon"}, "startsOn"),
]

EDGES_OF_THE_CALENDAR: list[tuple[str, dict[str, Any]]] = [
    ("contracts", {"signedOn": "9999-12-31"}),
    ("contracts", {"signedOn": "0001-01-01"}),
    ("contracts", {"signedOn": None, "signedAt": "9999-12-31T23:59:59Z"}),
    ("contracts", {"signedOn": None, "signedAt": "0001-01-01T00:00:00+14:00"}),
    ("contracts", {"birthDate": "0001"}),
    ("contracts", {"birthDate": "9999-12-31"}),
    ("participants", {"titles": [{"ground": "other", "validFrom": "9999-12-31", "rightToWork": True}]}),
    ("participants", {"titles": [{"ground": "other", "validFrom": "0001-01-01", "validTo": "9999-12-31", "rightToWork": True}]}),
    ("participants", {"statusSince": "9999-12-31", "fullTimeStudy": {"startsOn": "0001-01-01", "endsOn": "9999-12-31"}}),
    ("personChanges", {"on": "9999-12-31"}),
    ("personChanges", {"on": "0001-01-01"}),
    ("personChanges", {"kind": "death", "nis": None, "address": None, "on": "9999-12-31"}),
    ("employments", {"startsOn": "0001-01-01", "endsOn": "9999-12-31"}),
    ("jobseekers", {"startsOn": "9999-12-31", "registeredAt": "9999-12-31T23:59:59Z"}),
    ("jobseekers", {"startsOn": "0001-01-01", "registeredAt": "0001-01-01T00:00:00+14:00", "endsOn": "0001-01-01"}),
    ("enrolments", {"startsOn": "0001-01-01", "closure": {"endsOn": "0001-01-01"}}),
    ("enrolments", {"startsOn": "9999-12-31", "closure": {"endsOn": "9999-12-31"}}),
    ("enrolments", {"birthDate": "0001", "closure": {"endsOn": "2026-08-31"}, "startsOn": "2026-01-01"}),
    ("enrolments", {"birthDate": "9999-12-31", "closure": {"endsOn": "2026-08-31"}, "startsOn": "2026-01-01"}),
    ("enrolments", {"schoolYear": 2200, "closure": None}),
    ("qualifications", {"issuedOn": "0001"}),
    ("qualifications", {"issuedOn": "9999-12-31"}),
    ("homeEducations", {"startsOn": "0001-01-01", "endsOn": "9999-12-31"}),
]

_PROOF = {"category": "Secundair onderwijs", "proofType": "Diploma", "proofState": "Eindbewijs", "issuedOn": "2026-06-30"}
_TIMES = {"startsOn": "2026-01-01", "registeredAt": "2026-01-01T09:00:00Z"}
_BODIES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "contracts": contract,
    "participants": participant,
    "personChanges": residence,
    "enrolments": leave,
    "qualifications": lambda ssin: {"sourceVersion": 1, "ssin": ssin, "authentic": True, "ledStatus": 1, **_PROOF},
    "homeEducations": lambda ssin: {"sourceVersion": 1, "ssin": ssin, "startsOn": "2026-09-01"},
    "employments": lambda ssin: {"sourceVersion": 1, "ssin": ssin, "startsOn": "2026-01-01", "kind": "regular"},
    "jobseekers": lambda ssin: {"sourceVersion": 1, "ssin": ssin, "category": "jobseeker", "origin": "self", **_TIMES},
}


def base(kind: str, ssin: str) -> dict[str, Any]:
    """A good body of a kind."""
    return _BODIES[kind](ssin)
