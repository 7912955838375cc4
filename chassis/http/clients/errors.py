"""What can go wrong when the hub calls a door.

ClientError
├── TokenRefused        the token endpoint does not know us, or does not grant what we ask
└── PeerUnavailable     no answer after every retry; also an `Unavailable`, so that the unit that needed it is retried whole
"""

from chassis.errors import Unavailable


class ClientError(Exception):
    """Root of the errors of our clients."""


class TokenRefused(ClientError):
    """The token endpoint does not know us, or does not grant what we ask; repeating it is useless."""

    def __init__(self, client_id: str, status: int, code: str) -> None:
        super().__init__(f"the token endpoint answered {status} ({code}) to {client_id}; check its key and scopes there")
        self.status = status
        self.code = code


class PeerUnavailable(ClientError, Unavailable):
    """No answer after every retry."""
