"""The providers that a sandbox's notices go through: mail host, SMS gateway and portal, each speaking its real protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from devkit.serving import serving
from devkit.simulators.orders import Held, Receipt
from devkit.simulators.portal import Portal
from devkit.simulators.sms import SmsGateway
from devkit.simulators.smtp import MailServer, mail_server

Name = Literal["email", "sms", "portal"]


@dataclass(frozen=True, slots=True)
class ProviderAddresses:
    """What notifications is told about where its carriers are."""

    mail: str = ""
    sms: str = ""
    portal: str = ""

    @classmethod
    def at(cls, url: str) -> "ProviderAddresses":
        """Those of providers whose doors are at this address."""
        return cls(mail=f"{url}/mailRoutes", sms=f"{url}/sms", portal=f"{url}/portal")


NO_PROVIDERS: Final = ProviderAddresses()


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers at work, and the answers that are still on their way back."""

    mail: MailServer
    sms: SmsGateway
    portal: Portal
    addresses: ProviderAddresses

    @property
    def receipts(self) -> list[Held[Receipt]]:
        """Receipts of SMS gateway and portal not yet sent."""
        return [*self.sms.receipts, *self.portal.receipts]

    def sent(self, held: Held[Receipt] | Held[bytes]) -> None:
        """This answer went out."""
        for waiting in (self.mail.reports, self.sms.receipts, self.portal.receipts):
            if held in waiting:
                waiting.remove(held)  # type: ignore[arg-type]

    def counted(self, name: Name) -> list[dict[str, Any]]:
        """What a provider was asked, counted where it arrived: how often for each delivery, and whether it holds it."""
        if name == "email":
            held = {str(mail.message["Message-ID"]) for mail in self.mail.mails}
            return [
                {"deliveryId": key.strip("<>").partition("@")[0], "requests": count, "taken": key in held}
                for key, count in self.mail.attempts.items()
            ]
        requests, messages = (self.sms.requests, self.sms.messages) if name == "sms" else (self.portal.requests, self.portal.messages)
        return [{"deliveryId": key, "requests": count, "taken": key in messages} for key, count in requests.items()]


class _Asked(BaseModel):
    """About whom the directory of mail hosts is asked; it never learns the address."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    notice_id: str
    contact_point_id: str | None = None


@asynccontextmanager
async def providers_at_work(host: str = "127.0.0.1", smtp_port: int = 0, http_port: int = 0, name: str = "") -> AsyncIterator[Providers]:
    """All of them for as long as the block lasts; `name` is what others on the network call this machine."""
    async with mail_server(host, smtp_port) as mail:
        gateway, portal = SmsGateway(), Portal()
        app = FastAPI(openapi_url=None)
        app.mount("/sms", gateway.app())
        app.mount("/portal", portal.app())

        @app.post("/mailRoutes")
        async def find_mail_route(asked: _Asked) -> dict[str, str | int]:
            order = mail.orders.of(asked.contact_point_id, asked.notice_id)
            return {"host": name or host, "port": mail.port, "nextHop": order.next_hop}

        async with serving(app, host, http_port) as url:
            yield Providers(mail, gateway, portal, ProviderAddresses.at(url))
