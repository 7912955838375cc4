"""What can go wrong in the contracts.

ContractError
├── DeclarationError          an event class is declared wrongly or twice; raised at import
├── UnknownFlow               no data flow has this name
├── EnvelopeError             a record cannot become an event
│   ├── MalformedEnvelope     not JSON, an attribute missing or of the wrong form, or data that does not fit its model
│   ├── UnknownEventType      no event of this type is declared
│   └── UnknownVersion        the service is known, this major version of it is not
└── InvalidIdentifier         a value is no identifier of its kind; `reason` says why, the value is never shown
    ├── InvalidSsin           no Belgian person number
    ├── InvalidEnterpriseNumber
    ├── InvalidNisCode
    └── InvalidPhoneNumber
"""

from enum import StrEnum


class ContractError(Exception):
    """Root of the contract errors."""


class DeclarationError(ContractError):
    """An event class is declared wrongly or twice; raised at import."""


class UnknownFlow(ContractError):
    """No data flow has this name."""

    def __init__(self, flow: str) -> None:
        super().__init__(f"no data flow {flow[:60]!r} is in the register")
        self.flow = flow


class EnvelopeError(ContractError):
    """A record cannot become an event."""


class MalformedEnvelope(EnvelopeError):
    """Not JSON, an attribute missing or of the wrong form, or data that does not fit its model; the message names places, never values."""


class UnknownEventType(EnvelopeError):
    """No event of this type is declared."""

    def __init__(self, event_type: str) -> None:
        super().__init__(f"no event of type {event_type[:120]!r} is declared")
        self.event_type = event_type


class UnknownVersion(EnvelopeError):
    """The service is known, this major version of it is not."""

    def __init__(self, event_type: str) -> None:
        super().__init__(f"{event_type[:120]!r} is of a major version that this hub does not read")
        self.event_type = event_type


class InvalidIdentifier(ContractError, ValueError):
    """A value is no identifier of its kind; `reason` says why, the value is never shown."""

    kind = "identifier"

    def __init__(self, reason: StrEnum) -> None:
        super().__init__(f"{self.kind}: {reason}")
        self.reason = reason


class InvalidSsin(InvalidIdentifier):
    """No Belgian person number."""

    kind = "ssin"


class InvalidEnterpriseNumber(InvalidIdentifier):
    """No enterprise number of the Crossroads Bank for Enterprises."""

    kind = "enterpriseNumber"


class InvalidNisCode(InvalidIdentifier):
    """No municipality code of Statbel's REFNIS."""

    kind = "nisCode"


class InvalidPhoneNumber(InvalidIdentifier):
    """No phone number in E.164 form."""

    kind = "phoneNumber"
