"""Writes `contracts/openapi`: the description of each service's doors, without starting anything (`make contracts`)."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chassis.http.api import Api
from chassis.http.app import description
from chassis.service import Service
from chassis.settings import Settings
from contracts.export import export_openapi
from services.education_feed.main import education_feed
from services.integration_feed.main import integration_feed
from services.notifications.main import notifications
from services.registration.main import registration

SERVICES: tuple[Callable[[Settings], Service], ...] = (education_feed, integration_feed, registration, notifications)

# What a partner reads; the running service names its own issuer's address (`chassis/http/app.py`).
TOKEN_URL = "/sandbox/v1/token"  # noqa: S105 - an address

# A recipe needs settings and connects to none of them.
NOWHERE = Settings(
    mode="sandbox",
    database="postgresql://nobody@127.0.0.1:1/none",
    vault_database="postgresql://nobody@127.0.0.1:1/none",
    bus="postgresql://nobody@127.0.0.1:1/none",
    keys=Path("keys"),
)


class DoorsOf:
    """The doors of one service, able to describe themselves."""

    def __init__(self, name: str, apis: Sequence[Api]) -> None:
        self._app = FastAPI(title=name, version="1", openapi_url=None)
        self._apis = apis
        for api in apis:
            self._app.include_router(api.router)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return description(self._app, self._apis, TOKEN_URL)


def apps() -> dict[str, DoorsOf]:
    """The doors of every service, by its name."""
    services = [recipe(NOWHERE) for recipe in SERVICES]
    return {service.name: DoorsOf(service.name, service.apis) for service in services}


def main(*, check: bool = False) -> int:
    """Write the documents, or only compare; the exit code says whether they were (or are now) current."""
    stale = export_openapi(apps(), check=check)
    told = "differs from the code; run `make contracts`" if check else "written"
    sys.stdout.write("".join(f"{path} {told}\n" for path in stale) or "openapi: all current\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
