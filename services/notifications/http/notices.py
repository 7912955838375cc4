"""The doors of notices: submit, look up, prove, withdraw."""

from datetime import date
from uuid import UUID

from starlette.responses import Response

from chassis.clock import local_date
from chassis.http.api import Answer, Caller, Uow
from chassis.http.controller import is_operator
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId, Ssin
from contracts.people import PersonFacts
from services.notifications.domain.legal_fields import Appeal, LegalFields
from services.notifications.evidence.errors import NoSuchNotice, NotYetCovered
from services.notifications.http.api import EvidenceNotYetSigned, NoticeOnItsWay, api
from services.notifications.http.bodies import NoticeBody, NoticesQuery, WithdrawalBody
from services.notifications.http.views import Notices, NoticeView, shown
from services.notifications.store import notices
from services.notifications.usecases.assemble_bundle import assemble_bundle
from services.notifications.usecases.book import NoticeBook, PurposeRow
from services.notifications.usecases.orders import Order
from services.notifications.usecases.submit import submit
from services.notifications.usecases.withdraw import withdraw_one
from vault.custody import VaultCustody
from vault.named import person_named

_GENERAL = "letter/nl/v1"
_IMPORTED = "imported/nl/v1"
_INTERNAL = "notification.internal"


@api.post("/notices", scope="notification.write", summary="Submit a notice", status=201, idempotent=True)
async def create_notice(body: NoticeBody, caller: Caller, uow: Uow) -> Answer[NoticeView]:
    """Freeze the text and intend its delivery.

    A notice of the caller's of this person, purpose and period that stands already is answered with 200 and nothing is sent; what another
    organisation sent is its own and changes nothing here. A notice meant to have legal effect that lacks what the law asks for is kept as
    `refused`, with the name of each missing field among its reasons. One that was posted without the hub (`imported`) is never refused for
    gaps and never sent: its effect counts from `postedOn`, and what it did not say about appeal changes the term.
    """
    whole = await person_named(uow, body.ssin)
    person = whole.person_id
    await uow.take([person], {person: whole})
    if body.imported is not None and body.imported.posted_on > local_date(uow.now):
        raise BadRequest.about("body", "imported.postedOn", "lies in the future")
    (created,) = await submit(uow, [_order(uow.resource(NoticeBook), caller, person, body, uow)])
    row = await _row(uow, created) if created else await notices.standing(uow, caller.organisation, person, body.purpose, body.period)
    assert row is not None
    (view,) = await shown(uow, [_own(uow, row, caller)])
    return Answer(view, status=201 if created else 200, location=f"{api.prefix}/notices/{view.id}", version=view.version)


@api.post("/notices/query", scope="notification.read", summary="Find a person's notices")
async def query_notices(body: NoticesQuery, caller: Caller, uow: Uow) -> Notices:
    """List the caller's notices to a person, oldest first."""
    rows = await notices.of_people(uow, [await uow.meet(await person_named(uow, body.ssin))])
    wanted = [row for row in rows if _may_see(uow, row, caller) and body.purpose in (None, row.purpose)]
    return Notices(items=await shown(uow, wanted))


@api.get("/notices/{noticeId}", scope="notification.read", summary="Read one notice")
async def get_notice(notice_id: UUID, caller: Caller, uow: Uow) -> Answer[NoticeView]:
    """Show a notice with its deliveries, its effect and its term of appeal."""
    (view,) = await shown(uow, [_own(uow, await _row(uow, notice_id), caller)])
    return Answer(view, version=view.version)


@api.get("/notices/{noticeId}/evidence", scope="notification.evidence", summary="Fetch the evidence of a notice")
async def get_evidence(notice_id: UUID, caller: Caller, uow: Uow) -> Response:
    """Give the bundle that anyone can verify offline with `hub verify`; it shows the person and the letter, so the opening is logged."""
    _own(uow, await _row(uow, notice_id), caller)
    try:
        bundle = await assemble_bundle(uow, notice_id, caller.organisation)
    except NoSuchNotice:
        raise ResourceNotFound("noticeId") from None
    except NotYetCovered:
        raise EvidenceNotYetSigned from None
    headers = {"Content-Disposition": f'attachment; filename="{notice_id}.evidence.zip"', "Cache-Control": "no-store"}
    return Response(bundle, media_type="application/zip", headers=headers)


@api.post("/notices/{noticeId}/withdrawals", scope="notification.write", summary="Withdraw a notice", status=201, idempotent=True)
async def withdraw_notice(notice_id: UUID, body: WithdrawalBody, caller: Caller, uow: Uow) -> Answer[NoticeView]:
    """Withdraw a notice of which nothing has left the house."""
    row = _own(uow, await _row(uow, notice_id), caller)
    person = PersonId(row.person_id)
    await uow.take([person], await uow.resource(VaultCustody).survivors([person]))
    if not await withdraw_one(uow, person, notice_id, body.reason):
        raise NoticeOnItsWay
    (view,) = await shown(uow, [await _row(uow, notice_id)])
    return Answer(view, version=view.version)


def _order(book: NoticeBook, caller: Caller, person: PersonId, body: NoticeBody, uow: UnitOfWork) -> Order:
    """The order; a caller can only raise what the purpose's row says of impact and registered mail."""
    row = book.purposes[body.purpose]
    intended = row.legal_effect_intended if body.legal_effect_intended is None else body.legal_effect_intended
    imported = body.imported
    return Order(
        person_id=person,
        person=_facts(body),
        purpose=body.purpose,
        period=body.period,
        organisation=caller.organisation,
        procedure=body.procedure or row.procedure,
        template=_IMPORTED if imported else _GENERAL,
        impact="high" if "high" in (row.impact, body.impact) else "low",
        legal_effect_intended=intended,
        registered_mail=imported is None and (row.registered_mail_required or bool(body.registered_mail_required)),
        legal=_as_posted(body, imported.posted_on) if imported else _filled(book, row, body, uow, intended=intended),
        about_id=body.about_id,
        values={"subject": body.subject, "paragraphs": body.paragraphs},
        posted_on=imported.posted_on if imported else None,
    )


def _filled(book: NoticeBook, row: PurposeRow, body: NoticeBody, uow: UnitOfWork, *, intended: bool) -> LegalFields:
    """What the law asks for, where the caller left it out and the purpose's row lets it be filled in."""
    filled = row.filled or not intended
    return LegalFields(
        informant=body.informant or (book.informant if filled else None),
        reason=body.reason or ("" if intended else body.subject),
        notice_date=body.notice_date or (local_date(uow.now) if filled else None),
        dossier_number=body.dossier_number or (None if intended else body.period),
        appeal=body.appeal.appeal() if body.appeal else book.appeal(body.purpose),
        privacy_block=body.privacy_block or (book.privacy_block if filled else None),
    )


def _as_posted(body: NoticeBody, posted_on: date) -> LegalFields:
    """The same of a letter that is in the post: it said what its author wrote, and nothing is filled in."""
    return LegalFields(
        informant=body.informant,
        reason=body.reason,
        notice_date=body.notice_date or posted_on,
        dossier_number=body.dossier_number,
        appeal=body.appeal.appeal() if body.appeal else Appeal(),
        privacy_block=body.privacy_block,
    )


def _facts(body: NoticeBody) -> PersonFacts:
    return PersonFacts(
        ssin=Ssin(body.ssin),
        family_name=body.family_name,
        given_name=body.given_name,
        address=body.address.address() if body.address else None,
    )


async def _row(uow: UnitOfWork, notice_id: UUID) -> Row:
    rows = await notices.by_ids(uow, [notice_id])
    if not rows:
        raise ResourceNotFound("noticeId")
    return rows[0]


def _own(uow: UnitOfWork, row: Row, caller: Caller) -> Row:
    """Return the notice, if it is this caller's to see."""
    if not _may_see(uow, row, caller):
        raise ResourceNotFound("noticeId")
    return row


def _may_see(uow: UnitOfWork, row: Row, caller: Caller) -> bool:
    """Another organisation's notice does not exist for the caller; the controller's operators see all (`mechanics.md` 19)."""
    return is_operator(uow, caller, _INTERNAL) or bool(row.organisation == caller.organisation)
