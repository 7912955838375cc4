"""The tables of the three services, as ORM classes in one database."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

from tests.bench.ground import PARTITIONS


class Table(DeclarativeBase):
    """What all have in common."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own way


class Outgoing(Table):
    """A row of an outbox."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    value: Mapped[str]


class Fact(Table):
    """A fact as it was posted."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("reference", "version"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    version: Mapped[int]
    person_id: Mapped[UUID]
    body: Mapped[str]
    accepted_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))


class FeedOutbox(Outgoing):
    """What the feed has yet to send."""

    __tablename__ = "feed_outbox"


class RegistrationInbox(Table):
    """What registration has seen."""

    __tablename__ = "registration_inbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Decision(Table):
    """A decision with its rule."""

    __tablename__ = "decision"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    outcome: Mapped[str]
    rule: Mapped[str]


class Registration(Table):
    """A registered person."""

    __tablename__ = "registration"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(unique=True)
    since: Mapped[date]


class RegistrationOutbox(Outgoing):
    """What registration has yet to send."""

    __tablename__ = "registration_outbox"


class NoticeInbox(Table):
    """What notifications has seen."""

    __tablename__ = "notice_inbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Notice(Table):
    """A frozen notice."""

    __tablename__ = "notice"
    n: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID]
    content: Mapped[str]
    noticed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Leaf(Table):
    """A leaf of evidence about a notice."""

    __tablename__ = "leaf"
    n: Mapped[int] = mapped_column(primary_key=True)
    notice_n: Mapped[int] = mapped_column(ForeignKey("notice.n"))
    salt: Mapped[bytes]
    hash: Mapped[bytes]


def sessions(url: str) -> async_sessionmaker[AsyncSession]:
    """Sessions on a pool with a connection for each worker, the poller, and some to spare."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=PARTITIONS + 4)
    return async_sessionmaker(engine, expire_on_commit=False)
