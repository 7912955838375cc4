"""The token of the inner doors: made at the first start, kept beside the other keys, the same for every service of one hub."""

import secrets
from contextlib import suppress
from pathlib import Path

from chassis.errors import HubError
from chassis.secrets import create, refuse_exposed

_FILE = "internal.token"
# Bytes of randomness of a new token; one that is shorter than so many characters was cut off or is a placeholder.
_BYTES, _SHORTEST = 32, 32


class TokenMalformed(HubError):
    """The file does not hold a token."""

    def __init__(self) -> None:
        super().__init__(f"{_FILE} holds fewer than {_SHORTEST} characters; remove it and the next start makes a new one")


def internal_token(keys: Path, *, production: bool) -> str:
    """The token in `keys`, made now when there is none; two processes that start at once agree on one.

    Raises:
        SecretExposed: this is production, and others on the machine can read it.
        TokenMalformed: the file is empty or cut off.
    """
    path = keys / _FILE
    if not path.exists():
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another process was first; then its token stands
            create(path, secrets.token_urlsafe(_BYTES).encode())
    if production:
        refuse_exposed(path)
    token = path.read_text().strip()
    if len(token) < _SHORTEST:
        raise TokenMalformed
    return token
