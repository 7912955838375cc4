"""The API that every door of notifications hangs on, and the two conflicts: a notice on its way, evidence not yet signed."""

from chassis.http.api import Api
from chassis.http.problems import Conflict

api = Api("/notification/v1", "notification")


class NoticeOnItsWay(Conflict):
    """A notice of which something left the house can only be replaced."""

    title = "Notice On Its Way"
    meaning = "The notice was made available or dispatched; it can be replaced by another one, no longer withdrawn"


class EvidenceNotYetSigned(Conflict):
    """The last event of the notice is not under a published checkpoint yet."""

    title = "Evidence Not Yet Signed"
    meaning = "The newest event of this notice is not under a signed checkpoint yet; send the request again in a moment"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})
