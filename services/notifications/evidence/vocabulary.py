"""The words of a leaf: events of ETSI EN 319 522 and our extensions to them."""

from enum import StrEnum
from typing import Final

_ETSI: Final = "http://uri.etsi.org/19522/Event/"
_OURS: Final = "https://log.hub.example/ext/"


class EventName(StrEnum):
    """What happened to a notice; names of EN 319 522-3 where it has one (evidence design, 3.4)."""

    SUBMISSION_ACCEPTANCE = f"{_ETSI}SubmissionAcceptance"
    SUBMISSION_REJECTION = f"{_ETSI}SubmissionRejection"
    RELAY_TO_NON_ERDS = f"{_ETSI}RelayToNonERDS"
    RELAY_TO_NON_ERDS_FAILURE = f"{_ETSI}RelayToNonERDSFailure"
    CONTENT_CONSIGNMENT = f"{_ETSI}ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = f"{_ETSI}ContentConsignmentFailure"
    CONSIGNMENT_NOTIFICATION = f"{_ETSI}ConsignmentNotification"
    CONSIGNMENT_NOTIFICATION_FAILURE = f"{_ETSI}ConsignmentNotificationFailure"
    NOTIFICATION_DELIVERED = f"{_ETSI}NotificationDelivered"
    CONSIGNMENT_ACCEPTANCE = f"{_ETSI}ConsignmentAcceptance"
    CONSIGNMENT_REJECTION = f"{_ETSI}ConsignmentRejection"
    ACCEPTANCE_REJECTION_EXPIRY = f"{_ETSI}AcceptanceRejectionExpiry"  # only for consignments that need acceptance
    CONTENT_HANDOVER = f"{_ETSI}ContentHandover"
    CONTENT_HANDOVER_FAILURE = f"{_ETSI}ContentHandoverFailure"
    CONTENT_ACCESS_TRACKING = f"{_ETSI}ContentAccessTracking"

    DISPATCH_INTENDED = f"{_OURS}DispatchIntended"  # the intent of one delivery, before the act (`mechanics.md` 25)
    DISPATCH_UNKNOWN = f"{_OURS}DispatchUnknown"  # the act may or may not have happened (`mechanics.md` 26)
    DELIVERED_BY_CHANNEL = f"{_OURS}DeliveredByChannel"
    WEAK_OPEN_SIGNAL = f"{_OURS}WeakOpenSignal"
    LETTER_ORDERED = f"{_OURS}LetterOrdered"
    LETTER_PRINTED = f"{_OURS}LetterPrinted"
    LETTER_POSTED = f"{_OURS}LetterPosted"
    LETTER_RETURNED = f"{_OURS}LetterReturned"
    SUBMISSION_WITHDRAWN = f"{_OURS}SubmissionWithdrawn"
    CONTENT_ERASED = f"{_OURS}ContentErased"  # the keys to what the events before commit to were destroyed
