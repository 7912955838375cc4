"""The embedded PostgreSQL keeps its promises when it, or we, are killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from chassis.errors import DatabaseUnavailable
from devkit import embedded_postgres
from devkit.databases import administering
from devkit.errors import OtherVersion
from tests.support.postgres import folder_for_data

GONE_TIMEOUT_S = 20


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with folder_for_data(tmp_path) as folder:
        yield folder
        embedded_postgres.stop(folder)


async def ask(url: str, question: str) -> object:
    async with administering(url) as connection:
        return (await connection.execute(text(question))).scalar_one()


async def test_what_was_committed_survives_a_killed_server_on_the_same_port(home: Path) -> None:
    first = embedded_postgres.start(home, ends_with_us=True)
    async with administering(first.url()) as connection:
        await connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))

    embedded_postgres.stop(home, how=signal.SIGKILL)
    assert (home / "postgres" / "postmaster.pid").exists()
    assert embedded_postgres.running(home) is None
    second = embedded_postgres.start(home, port=first.port, ends_with_us=True)

    assert (second.port, second.pid != first.pid) == (first.port, True)
    assert await ask(second.url(), "SELECT answer FROM kept") == 42
    assert await ask(second.url(), "SHOW fsync") == "on"


def test_a_second_start_finds_the_server_of_the_first(home: Path) -> None:
    first = embedded_postgres.start(home, ends_with_us=True)

    assert embedded_postgres.start(home) == first


async def test_the_administrator_needs_the_password_kept_in_the_keys_folder(home: Path) -> None:
    server = embedded_postgres.start(home, ends_with_us=True)
    kept = home / "keys" / "postgres-admin"

    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (server.password, 0o600)
    with pytest.raises(DatabaseUnavailable, match="InvalidPasswordError"):
        await ask(server.url().replace(server.password, "guessed"), "SELECT 1")


def test_a_bound_server_shuts_down_when_its_parent_is_killed(home: Path) -> None:
    script = (
        "import os, pathlib, sys; from devkit import embedded_postgres as e;"
        " print(e.start(pathlib.Path(sys.argv[1]), ends_with_us=True).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", script, home], capture_output=True, text=True, check=False)

    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(parent.stdout)).wait(GONE_TIMEOUT_S)
    assert parent.returncode == -signal.SIGKILL
    assert embedded_postgres.running(home) is None


def test_a_folder_of_another_major_version_is_refused_with_advice(home: Path) -> None:
    embedded_postgres.start(home, ends_with_us=True)
    embedded_postgres.stop(home)
    version = home / "postgres" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("9\n")

    with pytest.raises(OtherVersion, match="made by PostgreSQL 9"):
        embedded_postgres.start(home)

    version.write_text(ours)
