"""The control doors of the simulated providers: what they answer about whom, and what they received."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from devkit.sandbox.providers import Name, Providers
from devkit.simulators.orders import EVERYONE, DsnAction, MailOrder, NextHop, OrderBook, PortalOrder, SmsOrder, SmsState


class _About(BaseModel):
    """For a contact point, for a notice, or without either for everyone; `heldUntil` is business time."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    contact_point_id: UUID | None = None
    notice_id: UUID | None = None
    held_until: AwareDatetime | None = None

    @property
    def about(self) -> str:
        """The key of the order."""
        return str(self.contact_point_id or self.notice_id or EVERYONE)


class MailSetting(_About):
    """What the mail host does."""

    reply: Annotated[str, Field(pattern=r"^[245][0-9]{2} [ -~]{1,200}$")] = "250 2.0.0 Ok: queued"
    times: Annotated[int | None, Field(ge=0)] = None
    drops: bool = False
    answers_after_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    next_hop: NextHop = "recipientMx"
    dsn: DsnAction | None = None
    dsn_status: Annotated[str | None, Field(pattern=r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$")] = None
    mdn: bool = False


class SmsSetting(_About):
    """What the SMS gateway does."""

    state: SmsState | None = None
    reports: bool = False
    before_answer: bool = False
    status: Annotated[int | None, Field(ge=400, le=599)] = None
    loses_answer: bool = False
    answers_after_s: Annotated[float, Field(ge=0, le=600)] = 0.0


class PortalSetting(_About):
    """What the portal does."""

    status: Annotated[int | None, Field(ge=400, le=599)] = None
    opens: Annotated[str | None, Field(pattern=r"^(strong|weak)$")] = None


class Received(BaseModel):
    """What a provider was asked so far, counted where it arrived."""

    items: list[dict[str, Any]]


def router(providers: Providers) -> APIRouter:
    """One door a provider to say what it does, and one to see what it got."""
    doors = APIRouter(prefix="/sandbox/v1/channels", tags=["Sandbox"])

    @doors.put("/email", operation_id="putMailOrder", summary="Say what the mail host answers", status_code=204)
    async def put_mail(setting: MailSetting) -> None:
        _put(providers.mail.orders, MailOrder, setting)

    @doors.put("/sms", operation_id="putSmsOrder", summary="Say what the SMS gateway answers", status_code=204)
    async def put_sms(setting: SmsSetting) -> None:
        _put(providers.sms.orders, SmsOrder, setting)

    @doors.put("/portal", operation_id="putPortalOrder", summary="Say what the portal answers", status_code=204)
    async def put_portal(setting: PortalSetting) -> None:
        _put(providers.portal.orders, PortalOrder, setting)

    @doors.get("/{channel}", operation_id="getChannel", summary="See what a provider received")
    async def get_channel(channel: Name) -> Received:
        return Received(items=providers.counted(channel))

    return doors


def _put(book: OrderBook[Any], kind: type[Any], setting: _About) -> None:
    book.put(kind(**setting.model_dump(exclude={"contact_point_id", "notice_id"})), setting.about)
