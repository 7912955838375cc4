"""The statements that bring a batch of notices into the database: one for those accepted, one for those refused."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

# One round trip for notice, frozen text, address and task; its deliveries follow once it is known to be new. What a notice of the same
# sender, person, purpose and period already stands for is not written again, so a replay sends nothing.
_SUBMIT = text("""
    WITH wanted AS (
        SELECT * FROM unnest(
            CAST(:notice_ids AS uuid[]), CAST(:people AS uuid[]), CAST(:purposes AS text[]), CAST(:periods AS text[]),
            CAST(:organisations AS text[]), CAST(:procedures AS text[]), CAST(:about_ids AS uuid[]), CAST(:dossier_numbers AS text[]),
            CAST(:templates AS text[]), CAST(:digests AS bytea[]), CAST(:channels AS text[]), CAST(:channel_rules AS text[]),
            CAST(:impacts AS text[]), CAST(:intended AS boolean[]), CAST(:body_kinds AS text[]), CAST(:terms AS text[]),
            CAST(:last_days AS date[]), CAST(:content_refs AS text[]), CAST(:content_boxes AS bytea[]), CAST(:tasks AS text[]),
            CAST(:address_refs AS text[]), CAST(:address_boxes AS bytea[]))
        AS w (notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template, content_digest, channel,
              channel_rule, impact, legal_effect_intended, appeal_body_kind, appeal_term, printed_last_day, content_ref, content_box,
              task, address_ref, address_box)
    ), accepted AS (
        INSERT INTO notice (notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template,
                            content_digest, state, channel, channel_rule, impact, legal_effect_intended, appeal_body_kind, appeal_term,
                            printed_last_day, submitted_at)
        SELECT notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template, content_digest,
               'submitted', channel, channel_rule, impact, legal_effect_intended, appeal_body_kind, appeal_term, printed_last_day, :at
        FROM wanted AS w
        -- What was submitted for an absorbed id left the unique index; the claim on the person keeps others from adding to it meanwhile.
        WHERE NOT EXISTS (
            SELECT FROM notice AS n WHERE n.merged_into = w.person_id AND n.state NOT IN ('withdrawn', 'replaced', 'refused')
              AND (n.organisation, n.purpose, n.period) = (w.organisation, w.purpose, w.period))
        ON CONFLICT (organisation, person_id, purpose, period)
            WHERE state NOT IN ('withdrawn', 'replaced', 'refused') AND merged_into IS NULL DO NOTHING
        RETURNING notice_id
    ), frozen AS (
        INSERT INTO notice_content (notice_id, sealed_ref, box)
        SELECT notice_id, content_ref, content_box FROM wanted JOIN accepted USING (notice_id)
    ), addresses AS (
        INSERT INTO postal_address (person_id, sealed_ref, box, version)
        SELECT DISTINCT ON (person_id) person_id, address_ref, address_box, 0 FROM wanted JOIN accepted USING (notice_id)
        WHERE address_box IS NOT NULL
        ON CONFLICT (person_id) DO NOTHING
    ), tasks AS (
        INSERT INTO notice_task (notice_id, kind, person_id, opened_at)
        SELECT notice_id, task, person_id, :at FROM wanted JOIN accepted USING (notice_id) WHERE task IS NOT NULL
    )
    SELECT notice_id FROM accepted
""")
_REFUSE = text("""
    INSERT INTO notice (notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template, state, channel,
                        channel_rule, impact, legal_effect_intended, submitted_at, reasons)
    SELECT notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template, 'refused', channel,
           channel_rule, impact, legal_effect_intended, :at, string_to_array(reasons, ',')
    FROM unnest(CAST(:notice_ids AS uuid[]), CAST(:people AS uuid[]), CAST(:purposes AS text[]), CAST(:periods AS text[]),
                CAST(:organisations AS text[]), CAST(:procedures AS text[]), CAST(:about_ids AS uuid[]), CAST(:dossier_numbers AS text[]),
                CAST(:templates AS text[]), CAST(:channels AS text[]), CAST(:channel_rules AS text[]), CAST(:impacts AS text[]),
                CAST(:intended AS boolean[]), CAST(:reasons AS text[]))
    AS w (notice_id, person_id, purpose, period, organisation, procedure, about_id, dossier_number, template, channel, channel_rule,
          impact, legal_effect_intended, reasons)
""")


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice about to be written; the field names in order are those of the statement's first columns."""

    notice_ids: UUID
    people: PersonId
    purposes: str
    periods: str
    organisations: str
    procedures: str
    about_ids: UUID | None
    dossier_numbers: str | None
    templates: str
    channels: str
    channel_rules: str
    impacts: str
    intended: bool


@dataclass(frozen=True, slots=True)
class Frozen:
    """What only an accepted notice has; `tasks` names what someone must see to, such as an address that is missing."""

    digests: bytes
    body_kinds: str | None
    terms: str | None
    last_days: date | None
    content: Sealed[bytes]
    tasks: str | None
    address: Sealed[bytes] | None


async def submit(uow: UnitOfWork, wanted: Sequence[tuple[NewNotice, Frozen]], at: datetime) -> frozenset[UUID]:
    """Write these; the ids of those that are new."""
    frozen = [item for _, item in wanted]
    plain = ("digests", "body_kinds", "terms", "last_days", "tasks")
    params: dict[str, object] = _columns([item for item, _ in wanted]) | {name: [getattr(f, name) for f in frozen] for name in plain}
    params |= {
        "content_refs": [item.content.key_ref for item in frozen],
        "content_boxes": [item.content.raw for item in frozen],
        "address_refs": [item.address.key_ref if item.address else None for item in frozen],
        "address_boxes": [item.address.raw if item.address else None for item in frozen],
        "at": at,
    }
    return frozenset(row.notice_id for row in await uow.all(_SUBMIT, params))


async def refuse(uow: UnitOfWork, refused: Sequence[tuple[NewNotice, Sequence[str]]], at: datetime) -> None:
    """Keep these as refused, with the codes of why."""
    if refused:
        reasons = {"reasons": [",".join(codes) for _, codes in refused], "at": at}
        await uow.execute(_REFUSE, _columns([item for item, _ in refused]) | reasons)


def _columns(items: Sequence[NewNotice]) -> dict[str, object]:
    return {field.name: [getattr(item, field.name) for item in items] for field in fields(NewNotice)}
