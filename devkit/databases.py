"""Creates the hub's databases, its roles and their rights, as often as it is called."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from sqlalchemy import text

from chassis.db import Connection, Database

OWNER = "hub_owner"
SERVICES = ("education_feed", "integration_feed", "registration", "notifications")  # each has a role and a database of this name
VAULT = "vault"
BUS = "bus"
ROLES = (OWNER, *SERVICES)
DATABASES = (*SERVICES, VAULT, BUS)

_DATA_RIGHTS = (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE", "SEQUENCES"), ("EXECUTE", "FUNCTIONS"))
_CALL_RIGHTS = (("EXECUTE", "FUNCTIONS"),)


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrls:
    """Where each role finds each database it may enter; `suffix` tells one test's databases from another's."""

    server: str
    passwords: Mapping[str, str]
    suffix: str = ""

    def owner(self, database: str) -> str:
        """Return the address for migrations."""
        return self._url(OWNER, database)

    def own(self, service: str) -> str:
        """Return a service's address of its own database."""
        return self._url(service, service)

    def vault(self, service: str) -> str:
        """Return a service's address of the vault."""
        return self._url(service, VAULT)

    def bus(self, service: str) -> str:
        """Return a service's address of the bus on PostgreSQL."""
        return self._url(service, BUS)

    def _url(self, role: str, database: str) -> str:
        place = urlsplit(self.server).netloc.rpartition("@")[2]
        login = f"{role}:{quote(self.passwords[role], safe='')}"
        return urlunsplit(urlsplit(self.server)._replace(netloc=f"{login}@{place}", path=f"/{database}{self.suffix}"))

    def __repr__(self) -> str:
        """Show no password."""
        return f"DatabaseUrls(suffix={self.suffix!r})"


async def create_all(admin_url: str, passwords: Mapping[str, str], suffix: str = "") -> DatabaseUrls:
    """Make what is missing of roles, databases and rights, and set the passwords: one for each of `ROLES`.

    A service may enter its own database, the vault and the bus. It changes data there, but in the vault it only calls functions.
    Everything belongs to `hub_owner`, whose migrations need not speak of rights.
    """
    urls = DatabaseUrls(admin_url, dict(passwords), suffix)
    async with administering(admin_url) as server:
        existing = set((await server.execute(text("SELECT rolname FROM pg_roles"))).scalars())
        for role in ROLES:
            how = "ALTER" if role in existing else "CREATE"
            await run(server, "%s ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L", how, role, passwords[role])
        made = set((await server.execute(text("SELECT datname FROM pg_database"))).scalars())
        for database in DATABASES:
            if database + suffix not in made:
                await run(server, "CREATE DATABASE %I OWNER %I", database + suffix, OWNER)
        await open_to_visitors(server, suffix)
    for database in DATABASES:
        async with administering(_at(admin_url, database + suffix)) as connection:
            await _give_rights(connection, database, newcomers=set(ROLES) - existing)
    return urls


async def open_to_visitors(server: Connection, suffix: str) -> None:
    """Let each role enter its databases and nobody else any; a copied database does not inherit this from its template."""
    for database in DATABASES:
        await run(server, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database + suffix)
        for service in _visitors(database):
            await run(server, "GRANT CONNECT ON DATABASE %I TO %I", database + suffix, service)


async def _give_rights(connection: Connection, database: str, newcomers: set[str]) -> None:
    """Give the visitors of this database their rights on what `hub_owner` has made and will make.

    A migration may take a right away from a role (a function of the vault, changing a logged event), so later runs leave alone what is
    there and give it to new roles only.
    """
    await run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await run(connection, "GRANT ALL ON SCHEMA public TO %I", OWNER)
    await run(connection, "ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", OWNER)
    for service in _visitors(database):
        await run(connection, "GRANT USAGE ON SCHEMA public TO %I", service)
        for rights, what in _CALL_RIGHTS if database == VAULT else _DATA_RIGHTS:
            future = "ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public GRANT %s ON %s TO %I"
            await run(connection, future, OWNER, rights, what, service)
            if service in newcomers:
                await run(connection, "GRANT %s ON ALL %s IN SCHEMA public TO %I", rights, what, service)


def _visitors(database: str) -> Sequence[str]:
    return SERVICES if database in {VAULT, BUS} else (database,)


async def run(connection: Connection, template: str, *words: str) -> None:
    """Run a statement whose names cannot be parameters; PostgreSQL's own format() quotes them (%I a name, %L a value)."""
    filled = text("SELECT format(CAST(:template AS text), VARIADIC CAST(:words AS text[]))")
    await connection.script((await connection.execute(filled, {"template": template, "words": list(words)})).scalar_one())


@asynccontextmanager
async def administering(admin_url: str) -> AsyncIterator[Connection]:
    """Open a short-lived connection for statements that no transaction can hold."""
    database = Database(admin_url, "databases", pool_size=1)
    try:
        async with database.session() as connection:
            yield connection
    finally:
        await database.close()


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def main() -> None:
    """Do it for a container: HUB_ADMIN_DATABASE is the administrator's address, HUB_PASSWORD_<ROLE> each role's password."""
    passwords = {role: os.environ[f"HUB_PASSWORD_{role.upper()}"] for role in ROLES}
    asyncio.run(create_all(os.environ["HUB_ADMIN_DATABASE"], passwords))


if __name__ == "__main__":
    main()
