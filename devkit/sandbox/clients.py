"""The clients of the sandbox: who they are and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Fictitious enterprise numbers with the right check digits, far above any that was ever given out.
_EDUCATION = "0999990123"
_ATLAS = "0999990222"
_VDAB = "0999990321"
# Agentschap Integratie en Inburgering; public.
_AGII = "0543307391"


@dataclass(frozen=True, slots=True)
class SandboxClient:
    """One client: the organisation it acts for (enterprise number), and its scopes, each `audience.action`."""

    client_id: str
    organisation: str
    scopes: tuple[str, ...]


def _scopes(audience: str, *actions: str) -> tuple[str, ...]:
    return tuple(f"{audience}.{action}" for action in actions)


_AGENCY = _scopes("integrationFeed", "read", "write", "sources")
_OPERATOR = (
    *_scopes("educationFeed", "read", "internal", "review"),
    *_scopes("integrationFeed", "read", "internal", "review"),
    *_scopes("registration", "read", "write", "internal", "review", "erase"),
    *_scopes("notification", "read", "write", "internal", "evidence", "contacts"),
)

CLIENTS: Final[Mapping[str, SandboxClient]] = {
    client.client_id: client
    for client in (
        SandboxClient("education", _EDUCATION, _scopes("educationFeed", "read", "write", "sources")),
        SandboxClient("agii", _AGII, _AGENCY),
        SandboxClient("atlas", _ATLAS, _AGENCY),
        SandboxClient(
            "vdab",
            _VDAB,
            (
                *_scopes("registration", "read", "write", "sources"),
                *_scopes("notification", "read", "write", "evidence", "contacts"),
            ),
        ),
        # The print house works for VDAB, so its answers are about VDAB's letters.
        SandboxClient("printhouse", _VDAB, _scopes("notification", "receipts")),
        # So do the mail host, the SMS gateway and the portal.
        SandboxClient("carriers", _VDAB, _scopes("notification", "receipts")),
        SandboxClient("operator1", _VDAB, _OPERATOR),
        SandboxClient("operator2", _VDAB, _OPERATOR),
    )
}
