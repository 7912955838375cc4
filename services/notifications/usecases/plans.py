"""Plans how notices go to people, by what is known of them now, and turns plans into deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from chassis.clock import local_date
from chassis.uow import UnitOfWork
from contracts.codes import DeliveryKind
from contracts.identifiers import PersonId
from contracts.people import Address
from contracts.sealed import Sealed
from proof.canonical import Json
from services.notifications.domain.channels import ANNOUNCED_BY, ON_PAPER
from services.notifications.domain.plans import Limits, Plan, Wish, plan
from services.notifications.domain.reach import Consent, ContactPoint, Reach
from services.notifications.store import contact_points, reach, rule_rows
from services.notifications.usecases.intend import Intended
from services.notifications.usecases.post import Post
from vault.client import Vault
from vault.values import Erased, Purpose

ADDRESSING: Final = Purpose("contactPointAddress")

# Why something goes out beside the notice itself.
COURTESY: Final = "channel.courtesy"  # `decisions.md` 5: at most "a letter is on its way", where the person gave the address
ANNOUNCED: Final = "channel.announced"  # `domain.md` 7.7: every confirmed address hears that something waits


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of everyone concerned, and the rule rows of the day."""

    known: Mapping[PersonId, Reach]
    limits: Limits

    def of(self, person: PersonId | None) -> Reach:
        """How this person can be reached; nothing is known of nobody."""
        return self.known.get(person, Reach()) if person is not None else Reach()


@dataclass(frozen=True, slots=True)
class Planned:
    """A notice with its plan, and where its person is found on paper and in the portal."""

    person_id: PersonId
    notice_id: UUID
    plan: Plan
    post: Post | None
    mailbox: str  # the person number


async def outlook(uow: UnitOfWork, people: Sequence[PersonId]) -> Outlook:
    """Read what plans for these people rest on."""
    known, rows = await reach.outlook(uow, people)
    return Outlook(known, rule_rows.limits(rows, local_date(uow.now)))


def planned(uow: UnitOfWork, seen: Outlook, person: PersonId | None, wish: Wish) -> Plan:
    """How this goes to this person now; without a person, to someone of whom the sender may know nothing."""
    if person not in seen.known:
        return _to_a_stranger(wish, uow.now, seen.limits)
    return plan(seen.of(person), wish, uow.now, seen.limits)


@lru_cache(maxsize=64)
def _to_a_stranger(wish: Wish, at: datetime, limits: Limits) -> Plan:
    """The same for all of whom nothing is known."""
    return plan(Reach(), wish, at, limits)


async def deliveries_of(uow: UnitOfWork, notices: Sequence[Planned]) -> list[Intended]:
    """The content of each notice, unless there is nowhere to send it, and its courtesy."""
    wanted = [point for item in notices for point in (item.plan.contact_point, item.plan.courtesy) if point is not None]
    values = await values_of(uow, wanted)
    intended = []
    for item in notices:
        content = _content(item, values)
        if content is not None:
            intended += [content, *_courtesy(item, values)]
    return intended


async def values_of(uow: UnitOfWork, points: Sequence[ContactPoint]) -> dict[UUID, tuple[str, Sealed[bytes]]]:
    """The addresses of these, opened in one call; what was erased is left out."""
    boxes = await contact_points.boxes(uow, [point.contact_point_id for point in points])
    opened = await uow.resource(Vault).open(list(boxes.values()), bytes, ADDRESSING)
    return {
        point_id: (value.decode(), box)
        for (point_id, box), value in zip(boxes.items(), opened, strict=True)
        if not isinstance(value, Erased)
    }


def message_to(
    person: PersonId, notice_id: UUID, point: ContactPoint, value: tuple[str, Sealed[bytes]], kind: DeliveryKind, rule_id: str
) -> Intended:
    """A message beside the notice, to one address."""
    return Intended(
        person_id=person,
        notice_id=notice_id,
        channel=ANNOUNCED_BY[point.kind],
        rule_id=rule_id,
        target=value[0],
        box=value[1],
        kind=kind,
        contact_point_id=point.contact_point_id,
    )


def _content(item: Planned, values: Mapping[UUID, tuple[str, Sealed[bytes]]]) -> Intended | None:
    choice, point = item.plan.choice, item.plan.contact_point
    if choice.channel in ON_PAPER:
        return _intended(item, item.post.address, item.post.box) if item.post is not None else None
    if point is None:
        return _intended(item, item.mailbox, None)
    value = values.get(point.contact_point_id)
    return _intended(item, *value) if value is not None else None


def _courtesy(item: Planned, values: Mapping[UUID, tuple[str, Sealed[bytes]]]) -> list[Intended]:
    point = item.plan.courtesy
    if point is None or point.contact_point_id not in values:
        return []
    return [message_to(item.person_id, item.notice_id, point, values[point.contact_point_id], DeliveryKind.COURTESY, COURTESY)]


def _intended(item: Planned, target: Address | str, box: Sealed[bytes] | None) -> Intended:
    point = item.plan.contact_point
    return Intended(
        person_id=item.person_id,
        notice_id=item.notice_id,
        channel=item.plan.choice.channel,
        rule_id=item.plan.choice.rule_id,
        target=target,
        box=box,
        contact_point_id=point.contact_point_id if point is not None else None,
        consent=_rests_on(item.plan.consent),
    )


def _rests_on(consent: Consent | None) -> Json:
    """The consent that makes a channel lawful, for the evidence of the delivery (`domain.md` 4.6)."""
    if consent is None:
        return None
    return {
        "id": str(consent.consent_id),
        "means": consent.means.value,
        "textVersion": consent.text_version,
        "givenAt": consent.given_at.isoformat(),
        "authentication": consent.authentication.value,
        "proof": consent.proof,
    }
