"""The codes of the hub, the same in code, events, doors and console (`decisions.md` 3, 4, 6; `facts.md` 2).

Lists that will grow (outcomes, reasons, flags, purposes, channels, bases) stand in events as open codes, so that a reader from before
a new one still reads the event; only stable lists are enumerations on the wire (Belgif `oas-enum`, `evo-compat`).
"""

from enum import StrEnum


class NewcomerOutcome(StrEnum):
    """The rule that decided about a newcomer, in one word."""

    FOLLOWED = "followed"  # no signed contract yet, no clock
    VOLUNTARY = "voluntary"
    OTHER_REGION = "otherRegion"
    EXEMPT = "exempt"
    NOT_TARGET_GROUP = "notTargetGroup"
    NO_LABOUR_MARKET_PERSPECTIVE = "noLabourMarketPerspective"
    TEMPORARILY_PROTECTED = "temporarilyProtected"
    SATISFIED = "satisfied"
    REQUIRED = "required"
    CLOSED = "closed"
    REVIEW = "review"
    PARKED = "parked"
    WAITING_FOR_SOURCE = "waitingForSource"
    SUPPRESSED = "suppressed"  # an objection was upheld


class LeaverOutcome(StrEnum):
    """The rule that decided about a school leaver, in one word."""

    PARKED = "parked"
    IGNORED = "ignored"
    WITHDRAWN = "withdrawn"
    WAITING_WINDOW = "waitingWindow"
    CONTINUES = "continues"
    COMPULSORY_EDUCATION = "compulsoryEducation"
    WAITING_FOR_AGE = "waitingForAge"
    EXCLUDED = "excluded"
    QUALIFIED = "qualified"
    WAITING_FOR_PROOFS = "waitingForProofs"
    REVIEW = "review"
    NOT_APPLICABLE = "notApplicable"
    SUPPRESSED = "suppressed"
    OTHER_REGION = "otherRegion"
    OUTSIDE_AGE = "outsideAge"
    LINKED = "linked"
    WORKING = "working"
    WAITING_FOR_SOURCE = "waitingForSource"
    REGISTERED = "registered"
    DETECTED = "detected"  # of the feed only: unqualified by Education's facts; registration decides


class Result(StrEnum):
    """What a partner is told of one record it sent."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    WAITING = "waiting"
    HELD = "held"
    DECLINED = "declined"
    LINKED = "linked"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"
    PARKED = "parked"


class Reason(StrEnum):
    """Why, in one more word; the list is open: events carry reasons as codes, and rows of a feed or of registration write others too."""

    SUPERSEDED = "superseded"  # a later version is known
    PROTOCOL_MISSING = "protocolMissing"  # no valid protocol lets the record in; it may be sent again once there is one
    UNKNOWN_PERSON = "unknownPerson"
    UNKNOWN_CODE = "unknownCode"
    PENDING_DOSSIER = "pendingDossier"  # no basis for automatic registration
    NO_RESIDENCE = "noResidence"
    INCOMPLETE_BIRTH_DATE = "incompleteBirthDate"
    UNKNOWN_RIGHT_TO_WORK = "unknownRightToWork"
    RIGHT_TO_WORK_GAINED = "rightToWorkGained"
    OLD_REGIME_DUTY = "oldRegimeDuty"  # duty before 1 March 2022, contract after
    CONTRACT_DATES_DIFFER = "contractDatesDiffer"
    GROUND_CHANGED = "groundChanged"
    FULL_TIME_STUDY = "fullTimeStudy"
    WORKING = "working"
    LATE_BY_SOURCE = "lateBySource"
    LATE_BY_MOVE = "lateByMove"
    STOPPED = "stopped"
    WITHDRAWN_BY_SOURCE = "withdrawnBySource"
    DECEASED = "deceased"
    ABROAD = "abroad"
    STRUCK_OFF = "struckOff"
    RESIDENCE_LOST = "residenceLost"
    MERGED = "merged"
    OBJECTION = "objection"
    OBJECTION_REJECTED = "objectionRejected"
    ERASED = "erased"
    UNKNOWN_CLOSURE = "unknownClosure"  # reason of or situation after a deregistration that no list explains
    UNKNOWN_PROGRAMME = "unknownProgramme"
    UNKNOWN_EDUCATION_KIND = "unknownEducationKind"
    UNKNOWN_SPECIAL_FORM = "unknownSpecialForm"
    UNKNOWN_LEVEL = "unknownLevel"
    UNKNOWN_PROOF = "unknownProof"  # a proof whose text the qualification table does not know
    RECEPTION_CLASS = "receptionClass"
    SELF_DECLARED_PROOF = "selfDeclaredProof"
    FOREIGN_PROOF = "foreignProof"
    PENDING_EQUIVALENCE = "pendingEquivalence"
    HOME_EDUCATION = "homeEducation"
    REOPENED = "reopened"  # the enrolment goes on after all
    DELETED = "deleted"  # the enrolment never was
    REPORTED_IN_ERROR = "reportedInError"
    NO_LEAVER = "noLeaver"
    WRONG_PERSON = "wrongPerson"
    ENROLLED = "enrolled"  # in education again
    QUALIFIED = "qualified"
    SECOND_LEAVE = "secondLeave"  # in a year whose registration has ended
    NOT_SECONDARY = "notSecondary"
    NOT_FLEMISH = "notFlemish"
    NO_SCHOOL_LEAVE = "noSchoolLeave"  # a deregistration from higher, adult or boarding education
    WINDOW_OPEN = "windowOpen"
    COMPULSORY_EDUCATION = "compulsoryEducation"
    UNDER_AGE = "underAge"
    SPECIAL_FORM = "specialForm"  # special education that prepares for no qualification: OV1, OV2
    INDIVIDUAL_CURRICULUM = "individualCurriculum"
    PROOFS_NOT_FRESH = "proofsNotFresh"
    UNQUALIFIED = "unqualified"
    CONSENT_WITHDRAWN = "consentWithdrawn"
    ADDRESS_SUSPENDED = "addressSuspended"
    ADDRESS_UNFIT = "addressUnfit"  # not confirmed, from a feed, or changed by who did not show who they are
    ACCOUNT_INACTIVE = "accountInactive"
    NEEDS_PAPER = "needsPaper"  # insufficient digital skills, a representative, or a wish for post
    SHARED = "shared"  # the address is somebody else's, too


class Duty(StrEnum):
    """Whether a newcomer must follow the programme, as the agency says."""

    OBLIGED = "obliged"
    ENTITLED = "entitled"
    EXEMPT = "exempt"


class Flag(StrEnum):
    """What a person who looks at a case should see at once."""

    LATE_BY_SOURCE = "lateBySource"
    LATE_BY_MOVE = "lateByMove"
    MINOR = "minor"


class Cause(StrEnum):
    """Which road led to a registration."""

    NEWCOMER = "newcomer"
    LEAVER = "leaver"


class Category(StrEnum):
    """As what a person is registered."""

    JOBSEEKER = "jobseeker"
    WORKING = "working"
    STUDENT = "student"
    OBLIGED_WITHOUT_SERVICE = "obligedWithoutService"


class Origin(StrEnum):
    """Who made a registration."""

    SELF = "self"
    COUNSELLOR = "counsellor"
    HUB = "hub"


class RegistrationState(StrEnum):
    """Where a registration stands."""

    CANDIDATE = "candidate"
    WAITING = "waiting"
    REVIEW = "review"
    APPROVED = "approved"
    REGISTERED = "registered"
    LINKED = "linked"
    REVISED = "revised"
    CONTESTED = "contested"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PersonChangeKind(StrEnum):
    """What happened to a person, as the register says."""

    RESIDENCE = "residence"
    DEATH = "death"
    STRUCK_OFF = "struckOff"
    ABROAD = "abroad"
    RESIDENCE_LOST = "residenceLost"
    NUMBER_REPLACED = "numberReplaced"
    NUMBER_UNKNOWN = "numberUnknown"
    IDENTITY = "identity"


class SourceState(StrEnum):
    """Whether a source's silence means anything."""

    AVAILABLE = "available"
    NOT_FRESH = "notFresh"
    UNAVAILABLE = "unavailable"


class TermState(StrEnum):
    """Where a term stands."""

    RUNNING = "running"
    MET = "met"
    OVERDUE = "overdue"
    CLOSED = "closed"


class Purpose(StrEnum):
    """What a notice is for; one notice per person, purpose and period."""

    REGISTRATION_CONFIRMATION = "registrationConfirmation"
    OBLIGATION_REMINDER_30 = "obligationReminder30"
    OBLIGATION_REMINDER_45 = "obligationReminder45"
    REGISTRATION_CORRECTION = "registrationCorrection"
    OBJECTION_OUTCOME = "objectionOutcome"
    INFORMATION_LETTER = "informationLetter"


class Channel(StrEnum):
    """How a notice or its announcement travels; SMS never carries the notice itself."""

    PORTAL = "portal"
    EBOX = "eBox"
    EBOX_REGISTERED = "eBoxRegistered"
    EMAIL = "email"
    PAPER = "paper"
    REGISTERED_POST = "registeredPost"
    SMS = "sms"


class Means(StrEnum):
    """By which means a person consents to be told; `sms` is consented to, yet never carries a notice."""

    PORTAL = "portal"
    EBOX = "eBox"
    EMAIL = "email"
    SMS = "sms"


class ContactKind(StrEnum):
    """What kind of address a contact point is."""

    EMAIL = "email"
    MOBILE = "mobile"
    POSTAL = "postal"


class EffectBasis(StrEnum):
    """Why a notice has legal effect."""

    PORTAL_AVAILABLE = "portalAvailable"
    EBOX = "eBox"
    EMAIL_ACCEPTED = "emailAccepted"
    DAY_AFTER_POSTING = "dayAfterPosting"
    REGISTERED_PRESENTATION = "registeredPresentation"


class DeliveryKind(StrEnum):
    """What an attempt on a channel carries."""

    CONTENT = "content"
    NOTIFICATION = "notification"
    REMINDER = "reminder"
    COPY = "copy"
    COURTESY = "courtesy"
