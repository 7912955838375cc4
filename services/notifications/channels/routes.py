"""Which host takes mail for a recipient: by our own look-up in DNS, through a smart host, or as a sandbox's directory says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

import dns.asyncresolver
import dns.exception
import dns.resolver
import httpx

from services.notifications.channels.errors import NoRoute, RouteUnavailable
from services.notifications.channels.port import Parcel

MX: Final = "mx"
_SMTP_PORT: Final = 25
_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Hop:
    """A host to try; `own` when our own look-up of the recipient's domain chose it, so that its 250 is the recipient's own word."""

    host: str
    port: int
    own: bool

    @property
    def kind(self) -> str:
        """As evidence says it."""
        return "recipientMx" if self.own else "smartHost"


class Routes(Protocol):
    """Where mail goes."""

    async def hops(self, parcel: Parcel) -> Sequence[Hop]:
        """The hosts to try, in order.

        Raises:
            NoRoute: there is none and there will be none.
            RouteUnavailable: that cannot be said now.
        """
        ...


def routes(where: str, sandbox: httpx.AsyncClient | None) -> Routes:
    """Those of a setting: `mx`, `smtp://host:port` of a smart host, or in a sandbox the address of its directory.

    Raises:
        ValueError: it is none of these.
    """
    if where == MX:
        return MxRoutes()
    found = urlsplit(where)
    if found.scheme == "smtp" and found.hostname:
        return SmartHost(Hop(found.hostname, found.port or _SMTP_PORT, own=False))
    if sandbox is not None and found.scheme == "http":
        return Directory(where, sandbox)
    raise ValueError("mail goes by `mx` or to smtp://host:port")


@dataclass(frozen=True, slots=True)
class SmartHost:
    """One host that takes everything and passes it on: its 250 says nothing of the recipient."""

    hop: Hop

    async def hops(self, parcel: Parcel) -> Sequence[Hop]:
        """The smart host."""
        del parcel
        return [self.hop]


class MxRoutes:
    """RFC 5321, section 5.1: the MX records by preference, without any the domain itself; RFC 7505: a null MX takes no mail."""

    async def hops(self, parcel: Parcel) -> Sequence[Hop]:
        """The hosts of the recipient's domain."""
        domain = str(parcel.target).rpartition("@")[2]
        try:
            found = await dns.asyncresolver.resolve(domain, "MX", lifetime=_TIMEOUT_S)
        except dns.resolver.NXDOMAIN:
            raise NoRoute from None
        except dns.resolver.NoAnswer:
            return [Hop(domain, _SMTP_PORT, own=True)]
        except dns.exception.DNSException:
            raise RouteUnavailable from None
        hosts = [str(record.exchange).rstrip(".") for record in sorted(found, key=lambda record: int(record.preference))]
        if not all(hosts):
            raise NoRoute
        return [Hop(host, _SMTP_PORT, own=True) for host in hosts]


class Directory:
    """The sandbox's stand-in for DNS; it knows the notice and the contact point, never the address."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def hops(self, parcel: Parcel) -> Sequence[Hop]:
        """What the directory says."""
        about = {"noticeId": str(parcel.notice_id)} | ({"contactPointId": str(parcel.contact_point_id)} if parcel.contact_point_id else {})
        try:
            said = (await self._http.post(self._url, json=about)).raise_for_status().json()
        except httpx.HTTPError:
            raise RouteUnavailable from None
        return [Hop(said["host"], said["port"], own=said["nextHop"] == "recipientMx")]
