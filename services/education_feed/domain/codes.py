"""What the codes on a deregistration mean, and which of them nobody has explained yet."""

import re

from contracts.codes import Reason
from services.education_feed.domain.facts import Enrolment

# Seen in the public test data of Discimus; the other codes exist but their meaning is unverified (`domain.md` 2.4).
CLOSURE_REASONS = frozenset(
    {"X", "E", "S", "T"}
)  # end of school year or module, initiative of pupil or parents, school's advice, discipline
SITUATIONS_AFTER = frozenset(
    {1, 5, 9, 10, 12}
)  # recognised training, working, other, no information, another school: the last is a promise
PROGRAMMES = frozenset({1, 2, 5})  # full-time, part-time vocational, apprenticeship
ORDINARY, SPECIAL = 1, 2
SPECIAL_FORMS = frozenset({"OV1", "OV2", "OV3", "OV4"})
EXCLUDED_FORMS = frozenset({"OV1", "OV2"})
# Administrative groups are no closed list; these were seen there. The name tells the form where no field does.
RECEPTION_GROUPS = frozenset({37749})
_FORM_IN_NAME = re.compile(r"\bOV\s?([1-4])\b", re.IGNORECASE)


def special_form(enrolment: Enrolment) -> str | None:
    """The form of special secondary education: as reported, else as the administrative group's name says."""
    if enrolment.special_education_form is not None:
        return enrolment.special_education_form.strip().upper()
    group = enrolment.administrative_group
    named = _FORM_IN_NAME.search(group.name) if group is not None and group.name is not None else None
    return f"OV{named.group(1)}" if named is not None else None


def unknown(leave: Enrolment) -> tuple[Reason, ...]:
    """Which codes of a deregistration no list explains; no situation at all says as little as code 10, no information."""
    closure = leave.closure
    explained = closure is not None and (closure.reason or "").strip().upper() in CLOSURE_REASONS
    situation = closure.situation_after if closure is not None else None
    unclear = leave.education_kind == SPECIAL and special_form(leave) not in SPECIAL_FORMS
    found = {
        Reason.UNKNOWN_CLOSURE: not explained or (situation is not None and situation not in SITUATIONS_AFTER),
        Reason.UNKNOWN_PROGRAMME: leave.programme not in PROGRAMMES,
        Reason.UNKNOWN_EDUCATION_KIND: leave.education_kind not in (ORDINARY, SPECIAL),
        Reason.UNKNOWN_SPECIAL_FORM: unclear,
    }
    return tuple(reason for reason, applies in found.items() if applies)


def outside_definition(leave: Enrolment) -> tuple[Reason, ...]:
    """Why an unqualified leave does not make an early school leaver: another road to work, or a curriculum of one's own."""
    form = (Reason.SPECIAL_FORM,) if special_form(leave) in EXCLUDED_FORMS else ()
    return (*form, Reason.INDIVIDUAL_CURRICULUM) if leave.individual_curriculum else form


def in_reception_class(leave: Enrolment) -> bool:
    """Whether it was the reception year for newcomers who speak another language (OKAN)."""
    group = leave.administrative_group
    return leave.reception_class or (group is not None and group.number in RECEPTION_GROUPS)
