"""The token of the inner doors: made at the first start, kept beside the other keys, the same for every service of one hub."""

import os
import secrets
from pathlib import Path

_FILE = "internal.token"


def internal_token(keys: Path) -> str:
    """The token in `keys`, made now when there is none; two processes that start at once agree on one."""
    path = keys / _FILE
    if not path.exists():
        keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = keys / f".{_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        try:
            # A link fails when another process was first; then its token stands.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
