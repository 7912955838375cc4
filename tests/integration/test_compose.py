"""The compose file on a real engine: what stands around the services, in the stack they run in."""

import pytest
import yaml

from devkit import kafka
from devkit.errors import CommandFailed, NotSettled
from devkit.sandbox_client import SandboxClient
from tests.support.docker import ROOT, Stack
from tests.support.eventually import eventually

pytestmark = pytest.mark.docker

# Nine containers share two processors.
_BACK_S = 120.0


def test_the_databases_have_a_role_for_each_service(stack: Stack) -> None:
    query = ("psql", "-h", "127.0.0.1", "-U", "registration", "-d", "registration", "-Atc", "SELECT current_user")
    assert stack.run("postgres", "env", "PGPASSWORD=sandbox-registration", *query) == "registration\n"
    wrong_login = "postgresql://registration:guessed@127.0.0.1/registration"
    with pytest.raises(CommandFailed, match="password authentication failed"):
        stack.run("postgres", "psql", "-d", wrong_login, "-c", "SELECT 1")


def test_the_broker_answers_its_own_scripts_and_this_machine(stack: Stack) -> None:
    told = stack.run("kafka", "/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server", "localhost:9092")

    assert told.startswith("kafka:9092")
    assert kafka.answers("127.0.0.1", int(stack.env["HUB_PORT_KAFKA"]))


@pytest.mark.parametrize("service", ["postgres", "kafka"])
def test_nothing_runs_as_root_or_writes_to_its_root(stack: Stack, service: str) -> None:
    assert stack.run(service, "id", "-u") != "0\n"
    with pytest.raises(CommandFailed, match="Read-only file system"):
        stack.run(service, "touch", "/var/written")


async def test_a_killed_broker_and_database_keep_their_data_and_the_services_find_them_again(stack: Stack) -> None:
    topics = ("/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "localhost:9092")
    psql = ("env", "PGPASSWORD=sandbox-owner", "psql", "-h", "127.0.0.1", "-U", "hub_owner", "-d", "bus", "-Atqc")
    stack.run("kafka", *topics, "--create", "--topic", "kept", "--partitions", "2")
    stack.run("postgres", *psql, "CREATE TABLE kept AS SELECT 42 AS answer")

    stack.kill("kafka")
    stack.kill("postgres")
    stack.up("postgres", "kafka")

    assert "kept" in stack.run("kafka", *topics, "--list").split()
    assert stack.run("postgres", *psql, "SELECT answer FROM kept") == "42\n"
    async with SandboxClient(stack.url("sandbox")) as clock:
        await eventually(lambda: _at_rest(clock), _BACK_S)


async def _at_rest(clock: SandboxClient) -> bool:
    """Whether every service answers, holds its partitions and has nothing left to do."""
    try:
        await clock.settled()
    except NotSettled:
        return False
    return True


def test_every_service_is_held_to_the_same_rules() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "pids_limit", "logging"} <= service.keys(), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert "healthcheck" in service or "restart" not in service, name
