"""Contracts, terminations and participants, as their newest versions say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork

_CONTRACTS = text("""
    INSERT INTO contract AS c (organisation, reference, contract_id, person_id, source_version, agency, signed_on, identity, deleted)
    SELECT organisation, reference, contract_id, person_id, source_version, agency, signed_on, identity, false
    FROM jsonb_populate_recordset(NULL::contract, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        -- The same reference about somebody else is another contract; about somebody merged since it keeps the id it was recorded under.
        contract_id = CASE WHEN coalesce(c.merged_into, c.person_id) = excluded.person_id THEN c.contract_id ELSE excluded.contract_id END,
        person_id = CASE WHEN c.merged_into = excluded.person_id THEN c.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN c.merged_into = excluded.person_id THEN c.merged_into END,
        source_version = excluded.source_version, agency = excluded.agency, signed_on = excluded.signed_on,
        identity = excluded.identity, deleted = false
""").bindparams(bindparam("rows", type_=JSONB))
_NO_CONTRACTS = text("""
    UPDATE contract AS c SET deleted = true, source_version = t.source_version
    FROM jsonb_to_recordset(:rows) AS t (organisation text, reference text, source_version bigint)
    WHERE (c.organisation, c.reference) = (t.organisation, t.reference)
""").bindparams(bindparam("rows", type_=JSONB))
_TERMINATIONS = text("""
    INSERT INTO termination AS x (organisation, reference, source_version, kind, ended_on)
    SELECT organisation, reference, source_version, kind, ended_on FROM jsonb_populate_recordset(NULL::termination, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        source_version = excluded.source_version, kind = excluded.kind, ended_on = excluded.ended_on
    WHERE x.source_version <= excluded.source_version
""").bindparams(bindparam("rows", type_=JSONB))
_PARTICIPANTS = text("""
    INSERT INTO participant AS p (organisation, reference, person_id, agency, status, status_since, vdab_component, contact_language,
                                  titles, study, deleted)
    SELECT organisation, reference, person_id, agency, status, status_since, vdab_component, contact_language, titles, study, false
    FROM jsonb_populate_recordset(NULL::participant, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        person_id = CASE WHEN p.merged_into = excluded.person_id THEN p.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN p.merged_into = excluded.person_id THEN p.merged_into END,
        agency = excluded.agency, status = excluded.status, status_since = excluded.status_since,
        vdab_component = excluded.vdab_component, contact_language = excluded.contact_language, titles = excluded.titles,
        study = excluded.study, deleted = false, changed_at = clock_timestamp()
""").bindparams(bindparam("rows", type_=JSONB))
_NO_PARTICIPANTS = text("""
    UPDATE participant AS p SET deleted = true FROM jsonb_to_recordset(:rows) AS t (organisation text, reference text)
    WHERE (p.organisation, p.reference) = (t.organisation, t.reference)
""").bindparams(bindparam("rows", type_=JSONB))

Rows = Sequence[Mapping[str, object]]


async def keep_contracts(uow: UnitOfWork, rows: Rows) -> None:
    """Keep these contracts; a new version is whole, so an earlier termination of the record no longer counts."""
    if rows:
        uow.later(_CONTRACTS, {"rows": list(rows)})


async def drop_contracts(uow: UnitOfWork, rows: Rows) -> None:
    """These contracts never were."""
    if rows:
        await uow.execute(_NO_CONTRACTS, {"rows": list(rows)})


async def terminate(uow: UnitOfWork, rows: Rows) -> None:
    """These contracts ended, also ones that are not known yet."""
    if rows:
        await uow.execute(_TERMINATIONS, {"rows": list(rows)})


async def keep_participants(uow: UnitOfWork, rows: Rows) -> None:
    """Keep what the agency says of these people."""
    if rows:
        await uow.execute(_PARTICIPANTS, {"rows": list(rows)})


async def drop_participants(uow: UnitOfWork, rows: Rows) -> None:
    """The agency takes back what it said."""
    if rows:
        await uow.execute(_NO_PARTICIPANTS, {"rows": list(rows)})
