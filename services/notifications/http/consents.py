"""The doors of consents: given, read, taken back; one without the formalities is kept, has no effect, and the answer says why."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.http.api import Answer, Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.models import Body, Instant, View
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.ids import uuid7
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Means
from contracts.fields import Code, PersonNumber
from contracts.identifiers import PersonId
from services.notifications.domain.reach import Authentication, Consent
from services.notifications.http.api import api
from services.notifications.http.bodies import Proof
from services.notifications.store import consents
from services.notifications.usecases import keep_consents
from services.notifications.usecases.keep_consents import Given
from vault.custody import VaultCustody
from vault.named import person_named

_MOST_PROCEDURES = 50
TextVersion = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._/-]+$")]


class ConsentBody(Body):
    """A consent as a person gave it; `proof` is the digest of what shows it, never the document."""

    ssin: PersonNumber
    means: Means
    contact_point_id: UUID | None = None
    procedures: Annotated[tuple[Code, ...], Field(min_length=1, max_length=_MOST_PROCEDURES)]
    text_version: TextVersion | None = None
    given_at: Instant
    authentication: Authentication
    source: Code
    proof: Proof | None = None


class ConsentsQuery(Body):
    """Whose consents, by number."""

    ssin: PersonNumber


class ConsentWithdrawalBody(Body):
    """Since when the person takes the consent back; left out: since now."""

    withdrawn_at: Instant | None = None


class ConsentView(View):
    """A consent; without effect, `reasons` names what is missing."""

    id: str
    person_id: str
    means: str
    contact_point_id: str | None = None
    procedures: list[str]
    text_version: str | None = None
    given_at: AwareDatetime
    authentication: str
    source: str
    proof: str | None = None
    effective: bool
    reasons: list[str]
    withdrawn_at: AwareDatetime | None = None
    version: int


class Consents(View):
    """Consents, oldest first."""

    items: list[ConsentView]


@api.post("/consents", scope="notification.contacts", summary="Record a consent", status=201, idempotent=True)
async def create_consent(body: ConsentBody, caller: Caller, uow: Uow) -> Answer[ConsentView]:
    """Keep a consent to be told by this means, for these procedures.

    It has effect only with a proof, the version of the text that was shown, and a strong way in which the person showed who they are;
    consent to e-mail or SMS names the contact point it is for. Otherwise it is kept with `effective: false` and the reasons.
    """
    only_controller(uow, caller, "ssin")
    whole = await person_named(uow, body.ssin)
    await uow.take([whole.person_id], {whole.person_id: whole})
    said = Consent(
        consent_id=uuid7(),
        means=body.means,
        contact_point_id=body.contact_point_id,
        procedures=frozenset(body.procedures),
        given_at=body.given_at,
        effective=False,
        text_version=body.text_version,
        authentication=body.authentication,
        proof=body.proof,
    )
    await keep_consents.give(uow, Given(whole.person_id, said, body.source))
    row = await _row(uow, said.consent_id)
    return Answer(_view(row), status=201, location=f"{api.prefix}/consents/{row.consent_id}", version=row.version)


@api.post("/consents/query", scope="notification.contacts", summary="Find a person's consents")
async def query_consents(body: ConsentsQuery, caller: Caller, uow: Uow) -> Consents:
    """List every consent of a person, in effect or not."""
    only_controller(uow, caller, "ssin")
    whole = await person_named(uow, body.ssin)
    await uow.take([whole.person_id], {whole.person_id: whole})
    return Consents(items=[_view(row) for row in await consents.of_people(uow, [whole.person_id])])


@api.get("/consents/{consentId}", scope="notification.contacts", summary="Read one consent")
async def get_consent(consent_id: UUID, caller: Caller, uow: Uow) -> Answer[ConsentView]:
    """Show a consent as it was given, and since when it no longer holds."""
    only_controller(uow, caller, "consentId")
    row = await _row(uow, consent_id)
    return Answer(_view(row), version=row.version)


@api.post("/consents/{consentId}/withdrawals", scope="notification.contacts", summary="Take a consent back", status=201, idempotent=True)
async def withdraw_consent(consent_id: UUID, body: ConsentWithdrawalBody, caller: Caller, uow: Uow) -> Answer[ConsentView]:
    """Take a consent back, without any formality; a second time it is answered with 200 and changes nothing.

    What was made available or sent before keeps its effect; what was not yet goes on paper.
    """
    only_controller(uow, caller, "consentId")
    person = PersonId((await _row(uow, consent_id)).person_id)
    await uow.take([person], await uow.resource(VaultCustody).survivors([person]))
    if body.withdrawn_at is not None and body.withdrawn_at > uow.now:
        raise BadRequest.about("body", "withdrawnAt", "a consent cannot be taken back in the future")
    first = await keep_consents.withdraw(uow, person, consent_id, body.withdrawn_at or uow.now)
    row = await _row(uow, consent_id)
    return Answer(_view(row), status=201 if first else 200, version=row.version)


async def _row(uow: UnitOfWork, consent_id: UUID) -> Row:
    row = await consents.by_id(uow, consent_id)
    if row is None:
        raise ResourceNotFound("consentId")
    return row


def _view(row: Row) -> ConsentView:
    return ConsentView(
        id=str(row.consent_id),
        person_id=str(row.merged_into or row.person_id),
        means=row.means,
        contact_point_id=str(row.contact_point_id) if row.contact_point_id else None,
        procedures=list(row.procedures),
        text_version=row.text_version,
        given_at=row.given_at,
        authentication=row.authentication,
        source=row.source,
        proof=row.proof,
        effective=row.effective,
        reasons=list(row.reasons),
        withdrawn_at=row.withdrawn_at,
        version=row.version,
    )
