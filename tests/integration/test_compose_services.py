"""The whole compose stack on a real engine: the services, and what they may not do there."""

import httpx
import pytest

from devkit.errors import CommandFailed
from tests.support.docker import ONE_SHOTS, Stack

SERVICES = ("education-feed", "integration-feed", "registration", "notifications", "sandbox")
pytestmark = pytest.mark.docker


def test_everything_is_healthy_and_every_one_shot_ended_well(stack: Stack) -> None:
    states = stack.states()

    assert {states[name] for name in ONE_SHOTS} == {"exited 0"}
    assert {state for name, state in states.items() if name not in ONE_SHOTS} == {"healthy"}
    assert set(SERVICES) < states.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_from_this_machine(stack: Stack, service: str) -> None:
    assert httpx.get(f"{stack.url(service)}/readyz").status_code == httpx.codes.OK


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_no_root_and_writes_neither_its_root_nor_the_keys(stack: Stack, service: str) -> None:
    assert stack.run(service, "id", "-u") == "10001\n"
    for path in ("/app/written", "/var/lib/hub/keys/written"):
        with pytest.raises(CommandFailed, match="Read-only file system"):
            stack.run(service, "touch", path)


def test_the_checkpoints_lie_on_a_volume_of_their_own(stack: Stack) -> None:
    kept = stack.run("notifications", "ls", "/var/lib/hub/checkpoints")

    assert "latest.checkpoint" in kept
    with pytest.raises(CommandFailed):
        stack.run("registration", "ls", "/var/lib/hub/checkpoints/latest.checkpoint")


def test_no_address_of_the_inside_answers_from_outside(stack: Stack) -> None:
    published = [container["HostConfig"]["PortBindings"] for container in stack.inspect()]
    hosts = {binding["HostIp"] for ports in published for bindings in (ports or {}).values() for binding in bindings}

    assert hosts == {"127.0.0.1"}
