"""What VDAB's counsellors say of a jobseeker: screened, agreed, self-reliant, entitled to a benefit; and which term that ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.registration.domain.terms import TermKind


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment as its newest version says it; `key` settles which of one day counts, whatever came first."""

    kind: TermKind
    on: date
    self_reliant: bool | None
    benefit_entitled: bool | None
    key: tuple[str, str]


def within(told: Iterable[Assessment], since: date, until: date) -> tuple[Assessment, ...]:
    """Those of these days, oldest first: one from before a registration says nothing of it, one of a day to come nothing yet."""
    return tuple(sorted((one for one in told if since <= one.on <= until), key=lambda one: (one.on, one.key)))


def met_on(kind: TermKind, told: Sequence[Assessment]) -> date | None:
    """The first day on which what a term asks for happened."""
    return next((one.on for one in told if one.kind is kind), None)


def needless(kind: TermKind, told: Sequence[Assessment]) -> str | None:
    """Why nobody has to agree anything: only who is not self-reliant and is entitled to a benefit must; what was said last counts."""
    if kind is not TermKind.AGREEMENTS:
        return None
    if next((one.self_reliant for one in reversed(told) if one.self_reliant is not None), False):
        return "selfReliant"
    entitled = next((one.benefit_entitled for one in reversed(told) if one.benefit_entitled is not None), True)
    return None if entitled else "notBenefitEntitled"
