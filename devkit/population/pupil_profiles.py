"""The kinds of pupils there are, how often, and what the hub should decide about each in the end."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.codes import LeaverOutcome


class PupilKind(StrEnum):
    """What is special about a pupil's year."""

    # go on
    GOES_ON = "goesOn"
    ENROLS_LATE = "enrolsLate"
    MOVES = "moves"
    ENROLLED_TWICE = "enrolledTwice"
    TO_HIGHER = "toHigher"
    TO_ADULT = "toAdult"
    # qualified
    GRADUATE = "graduate"
    RECOGNISED_ABROAD = "recognisedAbroad"
    # left, and nothing else is known
    LEFT_IN_SUMMER = "leftInSummer"
    LEFT_IN_YEAR = "leftInYear"
    PROMISED = "promised"
    PART_TIME = "partTime"
    PART_TIME_COMPLETED = "partTimeCompleted"
    OV3 = "ov3"
    PARTIAL_PROOF = "partialProof"
    CANCELLED_PROOF = "cancelledProof"
    STUDENT_JOB = "studentJob"
    EVENING_COURSE = "eveningCourse"
    BOARDS_STILL = "boardsStill"
    # left, but VDAB knows more
    REGISTERED_ALREADY = "registeredAlready"
    WORKING = "working"
    TOO_OLD = "tooOld"
    NO_RESIDENCE = "noResidence"
    BRUSSELS = "brussels"
    WALLONIA = "wallonia"
    DECEASED = "deceased"
    ABROAD = "abroad"
    UNKNOWN_NUMBER = "unknownNumber"
    # left too young
    COMPULSORY = "compulsory"
    NOT_YET_18 = "notYet18"
    # no leave of a road to a qualification
    OV1 = "ov1"
    OV2 = "ov2"
    INDIVIDUAL_CURRICULUM = "individualCurriculum"
    PRIMARY = "primary"
    NOT_FLEMISH = "notFlemish"
    LEFT_HIGHER = "leftHigher"
    BOARDED_ONLY = "boardedOnly"
    # the leave was none after all
    REOPENED = "reopened"
    DELETED = "deleted"
    RETRACTED = "retracted"
    # for a person to look at
    RECEPTION_CLASS = "receptionClass"
    UNKNOWN_REASON = "unknownReason"
    UNKNOWN_SITUATION = "unknownSituation"
    UNKNOWN_PROGRAMME = "unknownProgramme"
    UNKNOWN_EDUCATION_KIND = "unknownEducationKind"
    UNKNOWN_FORM = "unknownForm"
    UNKNOWN_LEVEL = "unknownLevel"
    HOME_EDUCATION = "homeEducation"
    SELF_DECLARED = "selfDeclared"
    PENDING_EQUIVALENCE = "pendingEquivalence"


@dataclass(frozen=True, slots=True)
class LeaverExpected:
    """Where a pupil's leave ends once every source is complete: at the feed, and at registration when the feed announces the leave.

    `rule` is the row of the last of the two that decides. Nothing to decide (`feed` is None): an enrolment that never was closed.
    """

    feed: LeaverOutcome
    rule: str
    registration: LeaverOutcome | None = None

    @property
    def registered(self) -> bool:
        """Whether the hub registers the person, and so writes a letter."""
        return self.registration is LeaverOutcome.REGISTERED

    @property
    def announced(self) -> bool:
        """Whether the feed tells registration of the leave at all."""
        return self.feed in {LeaverOutcome.DETECTED, LeaverOutcome.REVIEW}

    @property
    def outcome(self) -> LeaverOutcome:
        """The last word."""
        return self.registration or self.feed


@dataclass(frozen=True, slots=True)
class PupilProfile:
    """A kind with its share in a deck of 2,500."""

    kind: PupilKind
    share: int
    expected: LeaverExpected


def _feed(kind: PupilKind, share: int, outcome: LeaverOutcome, rule: str) -> PupilProfile:
    """One about whom the feed decides; a review goes on to registration, which shows it to a person."""
    return PupilProfile(kind, share, LeaverExpected(outcome, rule, LeaverOutcome.REVIEW if outcome is LeaverOutcome.REVIEW else None))


def _found(kind: PupilKind, share: int, outcome: LeaverOutcome, rule: str) -> PupilProfile:
    """One whom the feed announces as having left, and about whom registration decides."""
    return PupilProfile(kind, share, LeaverExpected(LeaverOutcome.DETECTED, rule, outcome))


_K, _O = PupilKind, LeaverOutcome

# About 98 in 100 go on or qualify (`decisions.md` 2). The other shares are ours, so that each row of S1-S18 meets someone in a deck; among
# those whom the feed finds many are known to VDAB already (three in four were in 2017-2018, `domain.md` 2.6).
PUPIL_PROFILES = (
    _feed(_K.GOES_ON, 1887, _O.CONTINUES, "S7"),
    _feed(_K.ENROLS_LATE, 20, _O.CONTINUES, "S7"),
    _feed(_K.MOVES, 50, _O.CONTINUES, "S7"),
    _feed(_K.ENROLLED_TWICE, 15, _O.CONTINUES, "S7"),
    _feed(_K.TO_HIGHER, 330, _O.CONTINUES, "S7"),
    _feed(_K.TO_ADULT, 10, _O.CONTINUES, "S7"),
    _feed(_K.GRADUATE, 120, _O.QUALIFIED, "S11a"),
    _feed(_K.RECOGNISED_ABROAD, 1, _O.QUALIFIED, "S11a"),
    _found(_K.LEFT_IN_SUMMER, 6, _O.REGISTERED, "S18"),
    _found(_K.LEFT_IN_YEAR, 3, _O.REGISTERED, "S18"),
    _found(_K.PROMISED, 1, _O.REGISTERED, "S18"),
    _found(_K.PART_TIME, 1, _O.REGISTERED, "S18"),
    _found(_K.PART_TIME_COMPLETED, 1, _O.REGISTERED, "S18"),
    _found(_K.OV3, 1, _O.REGISTERED, "S18"),
    _found(_K.PARTIAL_PROOF, 1, _O.REGISTERED, "S18"),
    _found(_K.CANCELLED_PROOF, 1, _O.REGISTERED, "S18"),
    _found(_K.STUDENT_JOB, 1, _O.REGISTERED, "S18"),
    _found(_K.EVENING_COURSE, 1, _O.REGISTERED, "S18"),
    _found(_K.BOARDS_STILL, 1, _O.REGISTERED, "S18"),
    _found(_K.REGISTERED_ALREADY, 11, _O.LINKED, "S15"),
    _found(_K.WORKING, 2, _O.WORKING, "S16"),
    _found(_K.TOO_OLD, 1, _O.OUTSIDE_AGE, "S14"),
    _found(_K.NO_RESIDENCE, 1, _O.REVIEW, "S5"),
    _feed(_K.BRUSSELS, 2, _O.OTHER_REGION, "S5"),
    _feed(_K.WALLONIA, 1, _O.OTHER_REGION, "S5"),
    _feed(_K.DECEASED, 1, _O.NOT_APPLICABLE, "S3"),
    _feed(_K.ABROAD, 1, _O.NOT_APPLICABLE, "S3"),
    _feed(_K.UNKNOWN_NUMBER, 1, _O.PARKED, "S1"),
    _feed(_K.COMPULSORY, 4, _O.COMPULSORY_EDUCATION, "S8"),
    _feed(_K.NOT_YET_18, 2, _O.WAITING_FOR_AGE, "S8b"),
    _feed(_K.OV1, 1, _O.EXCLUDED, "S9"),
    _feed(_K.OV2, 1, _O.EXCLUDED, "S9"),
    _feed(_K.INDIVIDUAL_CURRICULUM, 1, _O.EXCLUDED, "S9"),
    _feed(_K.PRIMARY, 2, _O.IGNORED, "S4"),
    _feed(_K.NOT_FLEMISH, 1, _O.IGNORED, "S4"),
    _feed(_K.LEFT_HIGHER, 2, _O.IGNORED, "S4"),
    _feed(_K.BOARDED_ONLY, 1, _O.IGNORED, "S4"),
    _feed(_K.REOPENED, 1, _O.WITHDRAWN, "S6"),
    _feed(_K.DELETED, 1, _O.WITHDRAWN, "S6"),
    _feed(_K.RETRACTED, 1, _O.WITHDRAWN, "S6"),
    _feed(_K.RECEPTION_CLASS, 1, _O.REVIEW, "S10"),
    _feed(_K.UNKNOWN_REASON, 1, _O.REVIEW, "S8c"),
    _feed(_K.UNKNOWN_SITUATION, 1, _O.REVIEW, "S8c"),
    _feed(_K.UNKNOWN_PROGRAMME, 1, _O.REVIEW, "S8c"),
    _feed(_K.UNKNOWN_EDUCATION_KIND, 1, _O.REVIEW, "S8c"),
    _feed(_K.UNKNOWN_FORM, 1, _O.REVIEW, "S8c"),
    _feed(_K.UNKNOWN_LEVEL, 1, _O.REVIEW, "S4"),
    _feed(_K.HOME_EDUCATION, 1, _O.REVIEW, "S13"),
    _feed(_K.SELF_DECLARED, 1, _O.REVIEW, "S13"),
    _feed(_K.PENDING_EQUIVALENCE, 1, _O.REVIEW, "S13"),
)
DECK = sum(profile.share for profile in PUPIL_PROFILES)
