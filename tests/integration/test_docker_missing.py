"""Without an engine, the Docker set-up says which command gets one."""

from pathlib import Path

import pytest

from devkit.docker import engine
from devkit.errors import NotInstalled
from tests.support.available import leave_out

PRETENDED = "#!/bin/sh\nexit 1\n"


def path_with(folder: Path, monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Let the path hold these programs only, each of which fails."""
    for program in programs:
        (folder / program).write_text(PRETENDED)
        (folder / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    ("there", "lacking"),
    [((), "The Docker client"), (("docker",), "Docker Compose"), (("docker", "docker-compose"), "A Docker engine")],
)
def test_the_message_names_what_is_missing_and_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], lacking: str
) -> None:
    path_with(tmp_path, monkeypatch, *there)

    with pytest.raises(NotInstalled, match=f"^{lacking} was not found.*apt-get install docker.io"), engine():
        pass


def test_an_ordinary_user_is_told_to_start_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path, monkeypatch, "docker", "docker-compose", "dockerd")
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with pytest.raises(NotInstalled, match="systemctl start docker"), engine():
        pass


def test_a_test_without_its_engine_is_left_out_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="get it with: apt-get install"):
        leave_out(NotInstalled("A Docker engine", "apt-get install docker.io"))


def test_in_ci_a_test_without_its_engine_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="CI=true, but A Docker engine"):
        leave_out(NotInstalled("A Docker engine", "apt-get install docker.io"))
