"""A newcomer's contract travels through the compose stack by its published ports, to a letter that can be proven on another machine."""

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from devkit.evidence import changed_one_byte
from devkit.home import Addresses
from devkit.partners import Partners
from devkit.population import tst, watermarks
from devkit.sandbox_client import SandboxClient
from tests.support.docker import ROOT, Stack
from tests.support.hub import Agency, Person, Registers

pytestmark = pytest.mark.docker

_SIGNED_ON = "2026-03-02"
_BORN = date(1991, 4, 12)
_KEYS, _LETTERS = "/var/lib/hub/keys", "/var/lib/hub/print"
# Moving the clock of a fresh stack settles first; on two cores shared by nine containers that takes a while.
_SETTLE_S = 120.0


async def test_a_newcomer_travels_through_the_stack_and_the_letter_is_proven_outside_it(stack: Stack, tmp_path: Path) -> None:
    newcomer = Person(tst(_BORN, 77), _BORN, "Zorianyk", "Oles", "compose-newcomer")
    keys = stack.copy_out("sandbox", _KEYS, tmp_path / "keys")

    async with Partners(_addresses(stack), keys) as partners, SandboxClient(stack.url("sandbox")) as clock:
        agency, vdab = Agency(partners["agii"]), Registers(partners["vdab"], partners["operator1"])
        await clock.advance_to(f"{_SIGNED_ON}T08:00")
        for fact in watermarks(date.fromisoformat(_SIGNED_ON)):
            await partners[fact.client].send(fact.method, fact.path, fact.json)
        await vdab.knows_residence(newcomer)
        await agency.reports_participant(newcomer)
        await clock.settled(_SETTLE_S)
        await agency.reports_contract(newcomer, signed_on=_SIGNED_ON)
        await clock.settled(_SETTLE_S)

        [registration] = await vdab.registrations_of(newcomer)
        assert (registration["state"], registration["rule"]) == ("registered", "N13")
        assert (await agency.outcome_of(newcomer))["result"] == "registered"
        [notice] = (await partners["operator1"].post("/notification/v1/notices/query", {"ssin": newcomer.ssin}))["items"]
        [delivery] = notice["deliveries"]
        bundle = await partners["operator1"].get_bytes(f"/notification/v1/notices/{notice['id']}/evidence")

    letter = stack.copy_out("notifications", f"{_LETTERS}/{delivery['id']}.pdf", tmp_path / "letter.pdf").read_bytes()
    manifest = json.loads(stack.copy_out("notifications", f"{_LETTERS}/{delivery['id']}.json", tmp_path / "manifest.json").read_bytes())
    assert letter.startswith(b"%PDF-")
    assert manifest["sha256"] == hashlib.sha256(letter).hexdigest()

    policy = stack.run("notifications", "python", "-m", "devkit.cli", "policy")
    assert _verified(tmp_path, bundle, policy) == 0
    assert _verified(tmp_path, changed_one_byte(bundle), policy) == 1


def _addresses(stack: Stack) -> Addresses:
    return Addresses(
        sandbox=stack.url("sandbox"),
        education_feed=stack.url("education-feed"),
        integration_feed=stack.url("integration-feed"),
        registration=stack.url("registration"),
        notifications=stack.url("notifications"),
    )


def _verified(folder: Path, bundle: bytes, policy: str) -> int:
    """The exit code of the offline verifier on this machine."""
    (folder / "notice.evidence.zip").write_bytes(bundle)
    (folder / "policy").write_text(policy)
    command = [sys.executable, "-m", "proof", "bundle", str(folder / "notice.evidence.zip"), "--policy", str(folder / "policy")]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
