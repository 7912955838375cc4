"""The kinds of newcomers there are, how often, and what the hub should decide about each."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.codes import NewcomerOutcome


class Kind(StrEnum):
    """What is special about a newcomer."""

    OBLIGED = "obliged"
    ENTITLED = "entitled"
    REGISTERED_ALREADY = "registeredAlready"
    LATE_CONTRACT = "lateContract"
    TWO_AGENCIES = "twoAgencies"
    BRUSSELS = "brussels"
    WALLONIA = "wallonia"
    EXEMPT = "exempt"
    EXEMPT_WITH_COMPONENT = "exemptWithComponent"
    MINOR = "minor"
    OVER_65 = "over65"
    TEMPORARY_PROTECTION = "temporaryProtection"
    ASYLUM_SEEKER = "asylumSeeker"
    NO_RIGHT_TO_WORK = "noRightToWork"
    UNKNOWN_RIGHT_TO_WORK = "unknownRightToWork"
    STUDENT = "student"
    WORKING = "working"
    STOPPED = "stopped"
    UNSIGNED = "unsigned"
    OLD_CONTRACT = "oldContract"
    OLD_DUTY = "oldDuty"
    NO_RESIDENCE = "noResidence"
    INCOMPLETE_BIRTH_DATE = "incompleteBirthDate"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the hub decides with the sandbox's rule rows once every fact is in and every source is complete.

    `outcome` and `rule` are those of the decision; a required newcomer is then registered, which satisfies the obligation.
    """

    outcome: NewcomerOutcome
    rule: str

    @property
    def registered(self) -> bool:
        """Whether the hub registers the person, and so writes a letter."""
        return self.outcome is NewcomerOutcome.REQUIRED


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind with its share in a hundred."""

    kind: Kind
    share: int
    expected: Expected


def _profile(kind: Kind, share: int, outcome: NewcomerOutcome, rule: str) -> Profile:
    return Profile(kind, share, Expected(outcome, rule))


# Of 22,966 contracts in 2019, 41 % were of obliged and 59 % of entitled participants; 17 % had found VDAB by themselves before the duty
# (`domain.md` 3.4, 6). The other shares are ours, so that each rule meets someone in a hundred.
PROFILES = (
    _profile(Kind.OBLIGED, 18, NewcomerOutcome.REQUIRED, "N13"),
    _profile(Kind.ENTITLED, 26, NewcomerOutcome.REQUIRED, "N13"),
    _profile(Kind.REGISTERED_ALREADY, 17, NewcomerOutcome.SATISFIED, "N10"),
    _profile(Kind.LATE_CONTRACT, 2, NewcomerOutcome.REQUIRED, "N13"),
    _profile(Kind.TWO_AGENCIES, 1, NewcomerOutcome.REQUIRED, "N13"),
    _profile(Kind.BRUSSELS, 5, NewcomerOutcome.OTHER_REGION, "N5"),
    _profile(Kind.WALLONIA, 2, NewcomerOutcome.OTHER_REGION, "N5"),
    _profile(Kind.EXEMPT, 3, NewcomerOutcome.EXEMPT, "N6"),
    _profile(Kind.EXEMPT_WITH_COMPONENT, 2, NewcomerOutcome.VOLUNTARY, "N6"),
    _profile(Kind.MINOR, 3, NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, "N8"),
    _profile(Kind.OVER_65, 2, NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, "N8"),
    _profile(Kind.TEMPORARY_PROTECTION, 4, NewcomerOutcome.TEMPORARILY_PROTECTED, "N12"),
    _profile(Kind.ASYLUM_SEEKER, 2, NewcomerOutcome.NOT_TARGET_GROUP, "N7"),
    _profile(Kind.NO_RIGHT_TO_WORK, 1, NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, "N9"),
    _profile(Kind.UNKNOWN_RIGHT_TO_WORK, 1, NewcomerOutcome.REVIEW, "N9"),
    _profile(Kind.STUDENT, 2, NewcomerOutcome.REVIEW, "N11"),
    _profile(Kind.WORKING, 2, NewcomerOutcome.REVIEW, "N11"),
    _profile(Kind.STOPPED, 1, NewcomerOutcome.CLOSED, "N2"),
    _profile(Kind.UNSIGNED, 1, NewcomerOutcome.FOLLOWED, "N3"),
    _profile(Kind.OLD_CONTRACT, 1, NewcomerOutcome.VOLUNTARY, "N4"),
    _profile(Kind.OLD_DUTY, 1, NewcomerOutcome.REVIEW, "N4"),
    _profile(Kind.NO_RESIDENCE, 1, NewcomerOutcome.REVIEW, "N5"),
    _profile(Kind.INCOMPLETE_BIRTH_DATE, 1, NewcomerOutcome.REVIEW, "N8"),
    _profile(Kind.DECEASED, 1, NewcomerOutcome.CLOSED, "N2"),
)
