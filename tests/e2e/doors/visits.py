"""What one newcomer's partners put into the hub, and with which request a stranger reaches for each piece of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.e2e.doors.stand import FAMILY_NAME, NDJSON, STREET, contract, participant, reference, residence

KINDS = (
    *("contracts", "participants", "personChanges", "jobseekers", "employments", "assessments", "recipients"),
    *("enrolments", "qualifications", "homeEducations"),
)
MAILBOX = "onzichtbertha@verborgenaere.test"


@dataclass(slots=True)
class Theirs:
    """What one newcomer's partners put into the hub, and where each piece is found."""

    ssin: str
    other: str  # somebody the stranger really has to do with
    names: dict[str, str] = field(default_factory=lambda: {kind: reference() for kind in KINDS})
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names["unborn"] = reference()


def notice(ssin: str, period: str = "2026-10") -> dict[str, Any]:
    body = {"ssin": ssin, "familyName": FAMILY_NAME, "purpose": "informationLetter", "period": period, "subject": "Informatie"}
    address = {"street": STREET, "number": "7", "postCode": "8500", "municipality": "Kortrijk"}
    return body | {"paragraphs": ["Een zin."], "address": address, "legalEffectIntended": False}


def jobseeker(ssin: str) -> dict[str, Any]:
    times = {"startsOn": "2026-01-01", "registeredAt": "2026-01-01T09:00:00Z", "endsOn": "2026-02-01"}
    return {"sourceVersion": 1, "ssin": ssin, "category": "jobseeker", "origin": "self"} | times


def consent(ssin: str) -> dict[str, Any]:
    how = {"means": "portal", "procedures": ["automaticRegistration"], "authentication": "itsme", "source": "portal"}
    return {"ssin": ssin, "givenAt": "2026-10-01T09:00:00Z", "textVersion": "2026.1", "proof": "sha256:5f70bf18"} | how


def contact_point(ssin: str) -> dict[str, Any]:
    return {"ssin": ssin, "kind": "email", "value": MAILBOX, "origin": "person", "changedBy": "authenticated"}


def recipient(ssin: str, version: int = 1) -> dict[str, Any]:
    return {"sourceVersion": version, "ssin": ssin, "preference": "digital"}


def employment(ssin: str) -> dict[str, Any]:
    return {"sourceVersion": 1, "ssin": ssin, "startsOn": "2026-01-01", "endsOn": "2026-02-01", "kind": "regular"}


def assessment(ssin: str) -> dict[str, Any]:
    return {"sourceVersion": 1, "ssin": ssin, "kind": "screening", "on": "2026-10-01"}


def enrolment(ssin: str, version: int = 1) -> dict[str, Any]:
    who = {"ssin": ssin, "familyName": FAMILY_NAME, "givenName": "Onzichtbertha", "birthDate": "1990-05-17"}
    return {"sourceVersion": version, **who, "source": "adult", "institution": "125252", "startsOn": "2026-09-01"}


def qualification(ssin: str, version: int = 1) -> dict[str, Any]:
    proof = {"category": "Basisonderwijs", "proofType": "Getuigschrift", "proofState": "Eindbewijs", "issuedOn": "2002-06-30"}
    return {"sourceVersion": version, "ssin": ssin, **proof, "authentic": True, "ledStatus": 1}


def home_education(ssin: str, version: int = 1) -> dict[str, Any]:
    return {"sourceVersion": version, "ssin": ssin, "startsOn": "2001-09-01", "endsOn": "2002-06-30"}


def state(version: int = 1) -> dict[str, Any]:
    return {"sourceVersion": version, "state": "available", "completeUntil": "2027-12-31"}


def objection(ssin: str) -> dict[str, Any]:
    return {"kind": "objection", "ssin": ssin}


def erasure(ssin: str) -> dict[str, Any]:
    return {"ssin": ssin, "ground": "art17Gdpr", "classes": ["intake"], "requestedBy": "dpo.1", "approvedBy": "head.2"}


def new_key() -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": str(uuid4())}}


NOTHING, EMPTY, OWN, SHARED = "nothing", "empty", "own", "shared"
GONE: Mapping[str, Any] = {"params": {"sourceVersion": 9}}


Visits = dict[str, tuple[str, str, Mapping[str, Any]]]


def visits(theirs: Theirs) -> Visits:
    """For each door: what a stranger gets there, and the path and request with which it reaches for what is not its own."""
    return school_visits(theirs) | feed_visits(theirs) | registration_visits(theirs) | notification_visits(theirs)


def school_visits(theirs: Theirs) -> Visits:
    names, ids, feed = theirs.names, theirs.ids, "/educationFeed/v1"
    line = {"operation": "delete", "kind": "enrolment", "reference": names["enrolments"], "sourceVersion": 8}
    return {
        f"PUT {feed}/enrolments/{{reference}}": (OWN, names["enrolments"], {"json": enrolment(theirs.other, 7)}),
        f"DELETE {feed}/enrolments/{{reference}}": (OWN, names["enrolments"], GONE),
        f"POST {feed}/enrolments/{{reference}}/retractions": (OWN, names["unborn"], {"json": {"sourceVersion": 9, "reason": "noLeaver"}}),
        f"PUT {feed}/qualifications/{{reference}}": (OWN, names["qualifications"], {"json": qualification(theirs.other, 7)}),
        f"DELETE {feed}/qualifications/{{reference}}": (OWN, names["qualifications"], GONE),
        f"PUT {feed}/homeEducations/{{reference}}": (OWN, names["homeEducations"], {"json": home_education(theirs.other, 7)}),
        f"DELETE {feed}/homeEducations/{{reference}}": (OWN, names["homeEducations"], GONE),
        f"POST {feed}/factBatches": (OWN, "", {"content": json.dumps(line), "headers": NDJSON}),
        f"GET {feed}/factBatches": (EMPTY, "", {}),
        f"GET {feed}/factBatches/{{id}}": (NOTHING, ids["school batch"], {}),
        f"GET {feed}/factBatches/{{id}}/results": (NOTHING, ids["school batch"], {}),
        f"GET {feed}/outcomes": (EMPTY, "", {}),
        f"PUT {feed}/sourceStates/{{name}}": (OWN, "led", {"json": state()}),
        f"POST {feed}/decisions/query": (NOTHING, "", asked(theirs)),
    }


def feed_visits(theirs: Theirs) -> Visits:
    names, ids, feed = theirs.names, theirs.ids, "/integrationFeed/v1"
    stop = {"json": {"sourceVersion": 9, "kind": "withdrawn", "on": "2026-10-15"}}
    return {
        f"PUT {feed}/contracts/{{reference}}": (OWN, names["contracts"], {"json": contract(theirs.other, 7)}),
        f"DELETE {feed}/contracts/{{reference}}": (OWN, names["contracts"], GONE),
        f"POST {feed}/contracts/{{reference}}/terminations": (OWN, names["unborn"], stop),
        f"PUT {feed}/participants/{{reference}}": (OWN, names["participants"], {"json": participant(theirs.other, 7)}),
        f"DELETE {feed}/participants/{{reference}}": (OWN, names["participants"], GONE),
        f"POST {feed}/obligations/query": (EMPTY, "", asked(theirs)),
        f"GET {feed}/obligations/{{obligationId}}": (NOTHING, ids["obligation"], {}),
        f"POST {feed}/factBatches": (OWN, "", lines(theirs)),
        f"GET {feed}/factBatches": (EMPTY, "", {}),
        f"GET {feed}/factBatches/{{id}}": (NOTHING, ids["feed batch"], {}),
        f"GET {feed}/factBatches/{{id}}/results": (NOTHING, ids["feed batch"], {}),
        f"GET {feed}/outcomes": (EMPTY, "", {}),
        f"PUT {feed}/sourceStates/{{name}}": (OWN, "contracts", {"json": state()}),
    }


def registration_visits(theirs: Theirs) -> Visits:
    names, ids, registration = theirs.names, theirs.ids, "/registration/v1"
    return {
        f"PUT {registration}/personChanges/{{reference}}": (OWN, names["personChanges"], {"json": residence(theirs.other, 7)}),
        f"PUT {registration}/jobseekers/{{reference}}": (OWN, names["jobseekers"], {"json": jobseeker(theirs.other)}),
        f"DELETE {registration}/jobseekers/{{reference}}": (OWN, names["jobseekers"], GONE),
        f"PUT {registration}/employments/{{reference}}": (OWN, names["employments"], {"json": employment(theirs.other)}),
        f"DELETE {registration}/employments/{{reference}}": (OWN, names["employments"], GONE),
        f"PUT {registration}/assessments/{{reference}}": (OWN, names["assessments"], {"json": assessment(theirs.other)}),
        f"DELETE {registration}/assessments/{{reference}}": (OWN, names["assessments"], GONE),
        f"GET {registration}/registrations/{{registrationId}}/explanation": (NOTHING, ids["registration"], {}),
        f"GET {registration}/registrations/{{registrationId}}/decisions": (NOTHING, ids["registration"], {}),
        f"GET {registration}/registrations/{{registrationId}}/timeline": (NOTHING, ids["registration"], {}),
        f"GET {registration}/deadlines": (NOTHING, "", {}),
        f"POST {registration}/registrations/{{registrationId}}/informationLetters": (
            NOTHING,
            ids["registration"],
            {"json": {"approvedBy": "vreemde-1"}, **new_key()},
        ),
        f"POST {registration}/factBatches": (OWN, "", lines(theirs)),
        f"GET {registration}/factBatches": (EMPTY, "", {}),
        f"GET {registration}/factBatches/{{id}}": (NOTHING, ids["registration batch"], {}),
        f"GET {registration}/factBatches/{{id}}/results": (NOTHING, ids["registration batch"], {}),
        f"GET {registration}/outcomes": (EMPTY, "", {}),
        f"PUT {registration}/sourceStates/{{name}}": (OWN, "vdabRegister", {"json": state()}),
        f"POST {registration}/registrations/query": (NOTHING, "", asked(theirs)),
        f"GET {registration}/registrations/{{registrationId}}": (NOTHING, ids["registration"], {}),
        f"POST {registration}/decisions/query": (NOTHING, "", asked(theirs)),
        f"POST {registration}/objections": (NOTHING, "", {"json": objection(theirs.ssin), **new_key()}),
        f"GET {registration}/objections/{{objectionId}}": (NOTHING, ids["objection"], {}),
        f"POST {registration}/objections/{{objectionId}}/decisions": (
            NOTHING,
            ids["objection"],
            {"json": {"outcome": "upheld", "reason": "zomaar", "decidedBy": "vreemde-1"}, "headers": {"If-Match": "*"}},
        ),
        f"POST {registration}/erasures": (NOTHING, "", {"json": erasure(theirs.ssin), **new_key()}),
        f"GET {registration}/erasures/{{erasureId}}": (NOTHING, ids["erasure"], {}),
        f"GET {registration}/reviews": (NOTHING, "", {}),
        f"GET {registration}/reviews/{{registrationId}}": (NOTHING, ids["registration"], {}),
        f"POST {registration}/reviews/{{registrationId}}/decisions": (
            NOTHING,
            ids["registration"],
            {"json": {"treatAs": "keepWaiting", "reason": "zomaar", "decidedBy": "vreemde-1"}, "headers": {"If-Match": "*"}},
        ),
    }


def notification_visits(theirs: Theirs) -> Visits:
    ids, notification = theirs.ids, "/notification/v1"
    key = {"headers": {"Idempotency-Key": str(uuid4())}}
    return {
        f"POST {notification}/notices": (OWN, "", {"json": notice(theirs.other), **key}),
        f"POST {notification}/notices/query": (EMPTY, "", asked(theirs)),
        f"GET {notification}/notices/{{noticeId}}": (NOTHING, ids["notice"], {}),
        f"GET {notification}/notices/{{noticeId}}/evidence": (NOTHING, ids["notice"], {}),
        f"POST {notification}/notices/{{noticeId}}/withdrawals": (NOTHING, ids["notice"], {"json": {"reason": "mistake"}, **key}),
        f"POST {notification}/deliveryReceipts": (
            NOTHING,
            "",
            {"json": {"noticeId": ids["notice"], "event": "returned", "at": "2026-10-15T07:00:00Z", "reason": "moved"}, **key},
        ),
        # A mail that names nothing of ours is kept apart for a person, whoever hands it in.
        f"POST {notification}/inboundMails": (OWN, "", {"json": {"message": "U3ViamVjdDogaGFsbG8NCg0KaGFsbG8NCg=="}, **new_key()}),
        f"POST {notification}/consents": (NOTHING, "", {"json": consent(theirs.ssin), **key}),
        f"POST {notification}/consents/query": (NOTHING, "", asked(theirs)),
        f"GET {notification}/consents/{{consentId}}": (NOTHING, ids["consent"], {}),
        f"POST {notification}/consents/{{consentId}}/withdrawals": (NOTHING, ids["consent"], {"json": {}, **key}),
        f"PUT {notification}/contactPoints/{{contactPointId}}": (NOTHING, ids["contact point"], {"json": contact_point(theirs.ssin)}),
        f"GET {notification}/contactPoints/{{contactPointId}}": (NOTHING, ids["contact point"], {}),
        f"PUT {notification}/recipients/{{reference}}": (NOTHING, theirs.names["recipients"], {"json": recipient(theirs.ssin, 7)}),
        # The log says nothing about anybody, and what it proves everybody may check.
        f"GET {notification}/log/checkpoint": (SHARED, "", {}),
        f"GET {notification}/log/tile/{{level}}/{{n}}": (SHARED, "0/0", {"params": {"width": 1}}),
        f"GET {notification}/log/inclusionProofs/{{leafIndex}}": (SHARED, "0", {}),
    }


def asked(theirs: Theirs) -> Mapping[str, Any]:
    """A query about the person whose records these are."""
    return {"json": {"ssin": theirs.ssin}}


def lines(theirs: Theirs) -> Mapping[str, Any]:
    """A bulk body that would delete a contract."""
    line = {"operation": "delete", "kind": "contract", "reference": theirs.names["contracts"], "sourceVersion": 8}
    return {"content": json.dumps(line), "headers": NDJSON}
