"""Chooses the bus by the scheme of its address."""

from urllib.parse import urlsplit

from chassis.bus.errors import UnknownScheme
from chassis.bus.port import Bus


def connect(url: str, client_id: str) -> Bus:
    """The bus at `url`; nothing is reached before its first use.

    `postgresql://...` is the log in PostgreSQL, for one machine; `kafka://host:port[,host:port]` is Apache Kafka.
    `client_id` names this process in the broker's own views.

    Raises:
        UnknownScheme: there is no bus of that kind.
    """
    address = urlsplit(url)
    match address.scheme:
        case "postgresql" | "postgres":
            from chassis.bus.postgres.bus import PostgresBus  # noqa: PLC0415 - a hub loads only the driver it uses

            return PostgresBus(url, client_id)
        case "kafka":
            from chassis.bus.kafka.bus import KafkaBus  # noqa: PLC0415 - the same

            return KafkaBus(address.netloc, client_id)
        case scheme:
            raise UnknownScheme(scheme)
