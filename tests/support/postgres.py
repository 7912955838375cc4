"""One real PostgreSQL per pytest process, and databases of its own for each test by copying prepared ones."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from devkit import embedded_postgres, processes
from devkit.databases import DATABASES, OWNER, ROLES, DatabaseUrls, administering, create_all, open_to_visitors, run
from devkit.embedded_postgres import PostgresServer

MEMORY = Path("/dev/shm")  # noqa: S108 - copying a database there takes 10 ms, on this ext4 300 ms; a killed server's data survives in it
MEMORY_NEEDED = 2 * 1024**3
_PREFIX = "hub-tests-of-"


@dataclass(frozen=True, slots=True)
class Template:
    """Databases to copy from: `prepare` (migrations, as a rule) fills them once in each pytest process."""

    name: str
    prepare: Callable[[DatabaseUrls], Awaitable[None]]


@dataclass(slots=True)
class Postgres:
    """The server of this pytest process."""

    server: PostgresServer
    passwords: Mapping[str, str] = field(default_factory=lambda: {role: secrets.token_urlsafe(16) for role in ROLES})
    _numbers: Iterator[int] = field(default_factory=count)
    _originals: dict[str, DatabaseUrls] = field(default_factory=dict)

    def restart(self, how: signal.Signals) -> None:
        """End the server (SIGQUIT is its immediate stop, SIGKILL a crash) and start it again on its data and port.

        Call it in a thread that lives as long as this process: the server ends with the thread that started it.
        """
        home, port = self.server.home, self.server.port
        embedded_postgres.stop(home, how=how)
        self.server = embedded_postgres.start(home, port=port, ends_with_us=True)

    @asynccontextmanager
    async def fresh(self, template: Template) -> AsyncIterator[DatabaseUrls]:
        """Copy the template's databases, with the roles and rights of the real ones; they are gone afterwards."""
        original = (await self._original(template)).suffix
        copy = DatabaseUrls(self.server.url(), self.passwords, f"_t{next(self._numbers)}")
        async with administering(self.server.url()) as server:
            for database in DATABASES:
                names = (database + copy.suffix, OWNER, database + original)
                await run(server, "CREATE DATABASE %I OWNER %I TEMPLATE %I STRATEGY file_copy", *names)
            await open_to_visitors(server, copy.suffix)
        yield copy
        async with administering(self.server.url()) as server:
            for database in DATABASES:
                await run(server, "DROP DATABASE %I WITH (FORCE)", database + copy.suffix)

    async def _original(self, template: Template) -> DatabaseUrls:
        if template.name not in self._originals:
            urls = await create_all(self.server.url(), self.passwords, f"_{template.name}")
            await template.prepare(urls)
            self._originals[template.name] = urls
        return self._originals[template.name]


@contextmanager
def folder_for_data(disk: Path) -> Iterator[Path]:
    """Give a folder for a server's data, in memory where there is room, else under `disk`; removed afterwards."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED
    for left in MEMORY.glob(f"{_PREFIX}*"):
        if not processes.runs(int(left.name.removeprefix(_PREFIX).partition("-")[0])):  # of a killed run; its server is gone, too
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=MEMORY if roomy else disk))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Run one server for all tests of this process (each xdist worker has its own); it ends with the process, even by `kill -9`."""
    with folder_for_data(tmp_path_factory.mktemp("postgres")) as home:
        yield Postgres(embedded_postgres.start(home, ends_with_us=True))
        embedded_postgres.stop(home)


async def _nothing(_: DatabaseUrls) -> None:
    """Leave the databases without tables."""


@pytest.fixture
async def empty_databases(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    """Give the hub's databases with roles and rights, without tables."""
    async with postgres.fresh(Template("empty", _nothing)) as urls:
        yield urls
