"""The problems a door can answer with (RFC 9457, Belgif REST guide `err-problem`): an exception tree that is also the published catalogue.

Problem
├── BadRequest 400               issues say what and where, never the value
│   ├── MissingIdempotencyKey    (type badRequest, one issue in the header)
│   └── InvalidCursor            (type badRequest, one issue in the query)
├── Unauthorized 401
│   ├── NoAccessToken
│   ├── InvalidAccessToken
│   └── ExpiredAccessToken
├── MissingScope 403             the token lacks a scope
├── MissingPermission 403        the token is fine, the act is not this client's
├── ResourceNotFound 404         also for what belongs to another organisation
├── MethodNotAllowed 405
├── Conflict 409
│   ├── IdempotencyKeyReused     same key, other request
│   ├── IdempotencyKeyInProgress same key, the first request is still at work after the lock time-out
│   └── SourceVersionConflict    same source version, other content
├── PreconditionFailed 412       If-Match names an old version
├── PayloadTooLarge 413
├── UnsupportedMediaType 415
├── PreconditionRequired 428     If-Match is missing
├── TooManyRequests 429
├── InternalServerError 500      nothing of the cause is told
└── ServiceUnavailable 503       with Retry-After
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from pydantic_core import to_json

from chassis.http.issues import BELGIF, Issue, IssueKind, Place

OURS = "vdab"
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that says what went wrong; raise it anywhere below a door. Texts are English, without personal data."""

    status: ClassVar[int] = 500
    organisation: ClassVar[str] = OURS
    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    meaning: ClassVar[str] = ""

    _catalogue: ClassVar[dict[str, type["Problem"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "title" not in cls.__dict__:
            return
        cls.kind = cls.__name__[0].lower() + cls.__name__[1:]
        if cls.kind in Problem._catalogue:
            raise TypeError(f"two problems are called {cls.kind}")
        Problem._catalogue[cls.kind] = cls

    def __init__(
        self,
        detail: str | None = None,
        *,
        issues: Sequence[Issue] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail or self.meaning)
        self.detail = detail or self.meaning
        self.issues = tuple(issues)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    @staticmethod
    def catalogue() -> Mapping[str, type["Problem"]]:
        """Every problem type by its kind; services add theirs by subclassing with a title."""
        return dict(Problem._catalogue)

    @classmethod
    def urn(cls) -> str:
        """The type of the problem on the wire."""
        return f"urn:problem-type:{cls.organisation}:{cls.kind}"

    @classmethod
    def page(cls) -> str:
        """Where the type is explained."""
        return f"/refData/problemTypes/{cls.kind}"

    def document(self, instance: UUID) -> dict[str, object]:
        """The problem as it goes on the wire."""
        found: dict[str, object] = {
            "type": self.urn(),
            "href": self.page(),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:uuid:{instance}",
        }
        return found | ({"issues": [issue.document() for issue in self.issues]} if self.issues else {}) | self.extra

    def body(self, instance: UUID) -> bytes:
        """The problem as bytes of `application/problem+json`."""
        return to_json(self.document(instance))


class BadRequest(Problem):
    """The input does not fit what the door declares."""

    status = 400
    organisation = BELGIF
    title = "Bad Request"
    meaning = "The input message is incorrect"

    @classmethod
    def about(cls, place: Place, name: str | None, detail: str, kind: IssueKind = IssueKind.INVALID_INPUT) -> "BadRequest":
        """A bad request with one issue."""
        return BadRequest(issues=[Issue(kind, detail, place, name)])


class MissingIdempotencyKey(BadRequest):
    """A creating POST came without a usable `Idempotency-Key`."""

    def __init__(self, detail: str) -> None:
        super().__init__(issues=[Issue(IssueKind.SCHEMA_VIOLATION, detail, "header", "Idempotency-Key")])


class InvalidCursor(BadRequest):
    """A cursor that this hub did not give out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            issues=[Issue(IssueKind.INVALID_INPUT, "not a cursor of this collection; follow the links of a page", "query", name)]
        )


class Unauthorized(Problem):
    """No caller is known; the answer carries `WWW-Authenticate` (RFC 6750, section 3)."""

    status = 401
    organisation = BELGIF

    def __init__(self, challenge: str) -> None:
        super().__init__(headers={"WWW-Authenticate": challenge})


class NoAccessToken(Unauthorized):
    """No token came with the request."""

    title = "No Access Token"
    meaning = "No Bearer access token found in Authorization HTTP header"

    def __init__(self) -> None:
        super().__init__("Bearer")


class InvalidAccessToken(Unauthorized):
    """The token's signature, issuer, audience or form is wrong; which one is not told."""

    title = "Invalid Access Token"
    meaning = "The Bearer access token found in the Authorization HTTP header is invalid"

    def __init__(self) -> None:
        super().__init__('Bearer error="invalid_token"')


class ExpiredAccessToken(Unauthorized):
    """The token was valid before."""

    title = "Expired Access Token"
    meaning = "The Bearer access token found in the Authorization HTTP header has expired"

    def __init__(self) -> None:
        super().__init__('Bearer error="invalid_token", error_description="The access token expired"')


class MissingScope(Problem):
    """The token does not carry the scope of the door."""

    status = 403
    organisation = BELGIF
    title = "Missing Scope"
    meaning = "Forbidden to consume the resource with the scopes of the access token"

    def __init__(self, required: str) -> None:
        challenge = f'Bearer error="insufficient_scope", scope="{required}"'
        super().__init__(headers={"WWW-Authenticate": challenge}, extra={"requiredScopes": [required]})


class MissingPermission(Problem):
    """The client may use the door, but not for this."""

    status = 403
    organisation = BELGIF
    title = "Missing Permission"
    meaning = "Not permitted to do this to the resource"


class ResourceNotFound(Problem):
    """Nothing here for this client; what belongs to another organisation answers the same (`mechanics.md` 19)."""

    status = 404
    organisation = BELGIF
    title = "Resource Not Found"
    meaning = "No such resource"

    def __init__(self, name: str | None = None) -> None:
        issue = Issue(IssueKind.REFERENCED_RESOURCE_NOT_FOUND, "nothing is known under this identifier", "path", name)
        super().__init__(issues=[issue] if name else [])


class MethodNotAllowed(Problem):
    """The resource exists, not with this method."""

    status = 405
    title = "Method Not Allowed"
    meaning = "The resource does not support this method"

    def __init__(self, allow: str | None = None) -> None:
        super().__init__(headers={"Allow": allow} if allow else None)


class Conflict(Problem):
    """The request contradicts the present state."""

    status = 409
    title = "Conflict"
    meaning = "The request conflicts with the present state of the resource"


class IdempotencyKeyReused(Conflict):
    """One key, two different requests; the first stands."""

    title = "Idempotency Key Reused"
    meaning = "This Idempotency-Key was used for another request; a new request needs a new key"


class IdempotencyKeyInProgress(Conflict):
    """The first request with this key outlasted the lock time-out; the same request may be sent again."""

    title = "Idempotency Key In Progress"
    meaning = "The first request with this Idempotency-Key is still being handled; send the same request again later"

    def __init__(self, retry_after_s: int = 5) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})


class SourceVersionConflict(Conflict):
    """One source version with two contents (`mechanics.md` 16)."""

    title = "Source Version Conflict"
    meaning = "This source version of the record was received before with other content; a change needs a higher source version"


class PreconditionFailed(Problem):
    """Someone else changed the resource since it was read."""

    status = 412
    title = "Precondition Failed"
    meaning = "If-Match does not name the present version of the resource; read it again"


class PayloadTooLarge(Problem):
    """The body is longer than the door takes."""

    status = 413
    organisation = BELGIF
    title = "Payload Too Large"
    meaning = "The request body is too large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit} bytes", extra={"limit": limit}, headers={"Connection": "close"})


class UnsupportedMediaType(Problem):
    """The body is of a type the door does not read."""

    status = 415
    title = "Unsupported Media Type"
    meaning = "The media type of the request body is not supported"

    def __init__(self, supported: Sequence[str]) -> None:
        super().__init__(f"The door reads {', '.join(supported)}", headers={"Accept": ", ".join(supported)})


class PreconditionRequired(Problem):
    """A shared resource is only changed by who has read it."""

    status = 428
    title = "Precondition Required"
    meaning = "If-Match is required: give the ETag of the version you read"


class TooManyRequests(Problem):
    """The client sends faster than agreed."""

    status = 429
    organisation = BELGIF
    title = "Too Many Requests"
    meaning = "Too many requests"

    def __init__(self, limit: int, retry_after_s: int) -> None:
        super().__init__(extra={"limit": limit, "retryAfterSec": retry_after_s}, headers={"Retry-After": str(retry_after_s)})


class InternalServerError(Problem):
    """A fault of ours; the instance finds it in the log."""

    status = 500
    organisation = BELGIF
    title = "Internal Server Error"
    meaning = "The hub failed to handle the request; quote the instance when you report it"


class ServiceUnavailable(Problem):
    """Something we need is away for now; nothing of the request was kept unless it is repeated under its own key or reference."""

    status = 503
    organisation = BELGIF
    title = "Service Unavailable"
    meaning = "The service is temporarily unavailable; send the request again later"

    def __init__(self, retry_after_s: int = 5) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})
