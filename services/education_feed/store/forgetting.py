"""What goes when a person is erased, and how someone who is reported again is followed again."""

from collections.abc import Sequence

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

# Of an enrolment only what a case rests on stays: what it was and its dates. What a decision rested on goes, that it was taken stays.
_FORGET = (
    text("DELETE FROM school_fact WHERE person_id = ANY(CAST(:people AS uuid[])) AND kind <> 'enrolment'"),
    text("""
        UPDATE school_fact SET said = said - ARRAY['institution', 'administrativeGroup', 'specialEducationForm', 'individualCurriculum',
                                                   'receptionClass', 'formerReceptionClass']
        WHERE person_id = ANY(CAST(:people AS uuid[]))
    """),
    text("""
        UPDATE decision SET facts = '[]' FROM leave_case AS c
        WHERE decision.case_id = c.case_id AND c.person_id = ANY(CAST(:people AS uuid[]))
    """),
    text("DELETE FROM pupil WHERE person_id = ANY(CAST(:people AS uuid[])) AND NOT person_id = ANY(CAST(:survivors AS uuid[]))"),
    text("""
        INSERT INTO pupil AS p (person_id, ended, heard_at) SELECT unnest(CAST(:survivors AS uuid[])), 'erased', :at
        ON CONFLICT (person_id) DO UPDATE SET
            identity = NULL, region = NULL, "unknown" = false, heard_at = excluded.heard_at,
            ended = CASE WHEN p.ended = 'deceased' THEN p.ended ELSE 'erased' END
    """),
)
_RETURNED = text("""
    UPDATE pupil SET ended = NULL, heard_at = :at
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND ended = 'erased'
""")


async def forget(uow: UnitOfWork, survivors: Sequence[PersonId], erased: Sequence[PersonId]) -> None:
    """Forget all of these ids; their survivors are marked as erased."""
    params = {"people": list(erased), "survivors": list(survivors)}
    for statement in _FORGET if survivors else ():
        await uow.execute(statement, params | ({"at": uow.now} if ":at" in statement.text else {}))


async def returned(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """A school reports these people: what comes after an erasure is followed, under new keys."""
    await uow.execute(_RETURNED, {"people": list(people), "at": uow.now})
