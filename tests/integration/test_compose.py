"""The compose file on a real engine: what stands around the services."""

from collections.abc import Iterator

import pytest
import yaml

from devkit import kafka
from devkit.docker import Engine
from devkit.errors import CommandFailed
from tests.support.docker import ROOT, Stack, compose_project

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def surroundings(docker_engine: Engine, docker_images_env: dict[str, str]) -> Iterator[Stack]:
    with compose_project(docker_engine, docker_images_env) as project:
        project.up("databases", "kafka")
        yield project


def test_the_databases_come_up_with_a_role_for_each_service(surroundings: Stack) -> None:
    assert surroundings.states() == {"postgres": "healthy", "kafka": "healthy", "databases": "exited 0"}

    query = ("psql", "-h", "127.0.0.1", "-U", "registration", "-d", "registration", "-Atc", "SELECT current_user")
    assert surroundings.run("postgres", "env", "PGPASSWORD=sandbox-registration", *query) == "registration\n"
    wrong_login = "postgresql://registration:guessed@127.0.0.1/registration"
    with pytest.raises(CommandFailed, match="password authentication failed"):
        surroundings.run("postgres", "psql", "-d", wrong_login, "-c", "SELECT 1")


def test_the_broker_answers_its_own_scripts_and_this_machine(surroundings: Stack) -> None:
    told = surroundings.run("kafka", "/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server", "localhost:9092")

    assert told.startswith("kafka:9092")
    assert kafka.answers("127.0.0.1", int(surroundings.env["HUB_PORT_KAFKA"]))


@pytest.mark.parametrize("service", ["postgres", "kafka"])
def test_nothing_runs_as_root_or_writes_to_its_root(surroundings: Stack, service: str) -> None:
    assert surroundings.run(service, "id", "-u") != "0\n"
    with pytest.raises(CommandFailed, match="Read-only file system"):
        surroundings.run(service, "touch", "/var/written")


def test_a_killed_broker_and_database_keep_their_data_and_down_leaves_nothing(bare_stack: Stack) -> None:
    topics = ("/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "localhost:9092")
    psql = ("env", "PGPASSWORD=sandbox-owner", "psql", "-h", "127.0.0.1", "-U", "hub_owner", "-d", "bus", "-Atqc")
    bare_stack.up("databases", "kafka")
    bare_stack.run("kafka", *topics, "--create", "--topic", "kept", "--partitions", "2")
    bare_stack.run("postgres", *psql, "CREATE TABLE kept AS SELECT 42 AS answer")

    bare_stack.kill("kafka")
    bare_stack.kill("postgres")
    bare_stack.up("databases", "kafka")

    assert "kept" in bare_stack.run("kafka", *topics, "--list").split()
    assert bare_stack.run("postgres", *psql, "SELECT answer FROM kept") == "42\n"
    bare_stack.down()
    assert [bare_stack.remains(kind) for kind in ("container", "volume", "network")] == [[], [], []]


def test_every_service_is_held_to_the_same_rules() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "pids_limit", "logging"} <= service.keys(), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert "healthcheck" in service or "restart" not in service, name
