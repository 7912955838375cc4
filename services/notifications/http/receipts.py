"""The door through which carriers answer."""

from chassis.http.api import Caller, Uow
from chassis.http.controller import is_controller
from chassis.http.models import View
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.uow import UnitOfWork
from services.notifications.http.api import api
from services.notifications.http.bodies import ReceiptBody
from services.notifications.usecases.leaves import Said
from services.notifications.usecases.record_receipts import Receipt, record_receipt


class ReceiptView(View):
    """How many deliveries the answer names, and how many it moved on; one that came before moves none."""

    named: int
    moved: int


@api.post("/deliveryReceipts", scope="notification.receipts", summary="Tell what became of deliveries", idempotent=True)
async def create_delivery_receipt(body: ReceiptBody, caller: Caller, uow: Uow) -> ReceiptView:
    """Take in a carrier's answer about deliveries for the organisation it works for; `posted` counts only with its proof."""
    if body.at > uow.now:
        raise BadRequest.about("body", "at", "lies in the future")
    said = Said(body.event, body.at, body.reason, body.proof)
    receipt = Receipt(said, body.delivery_id, body.notice_id, body.batch_id)
    taken = await record_receipt(uow, receipt, answers_for(uow, caller))
    if not taken.named:
        raise ResourceNotFound(_named(body))
    return ReceiptView(named=taken.named, moved=taken.moved)


def answers_for(uow: UnitOfWork, caller: Caller) -> str | None:
    """Whose deliveries a carrier can answer about: the hub's own carriers about everyone's, another organisation's about its own."""
    return None if is_controller(uow, caller) else caller.organisation


def _named(body: ReceiptBody) -> str:
    named = {"deliveryId": body.delivery_id, "noticeId": body.notice_id, "batchId": body.batch_id}
    return next(name for name, value in named.items() if value is not None)
