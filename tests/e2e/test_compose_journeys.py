"""A newcomer's contract and a leaver's closure travel through the compose stack by its published ports, to letters proven elsewhere."""

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
from devkit.population import school_watermarks, tst, watermarks
from devkit.sandbox_client import SandboxClient
from tests.support.docker import ROOT, Stack
from tests.support.hub import Agency, Person, Registers, Schools

pytestmark = pytest.mark.docker

# The contract is signed and school is left on one day; the leaver's window is over when day 15 begins.
_SIGNED_ON, _WINDOW_OVER = "2026-03-02", "2026-03-17"
_BORN, _LEAVER_BORN = date(1991, 4, 12), date(2006, 6, 10)
_KEYS, _LETTERS = "/var/lib/hub/keys", "/var/lib/hub/print"
# Moving the clock of a fresh stack settles first; on two cores shared by nine containers that takes a while.
_SETTLE_S = 120.0


async def test_a_newcomer_and_a_leaver_travel_through_the_stack_and_their_letters_are_proven_outside_it(
    stack: Stack, tmp_path: Path
) -> None:
    newcomer = Person(tst(_BORN, 77), _BORN, "Zorianyk", "Oles", "compose-newcomer")
    leaver = Person(tst(_LEAVER_BORN, 78), _LEAVER_BORN, "Vanverzinsel", "Noorke", "compose-leaver")
    keys = stack.copy_out("sandbox", _KEYS, tmp_path / "keys")

    async with Partners(_addresses(stack), keys) as partners, SandboxClient(stack.url("sandbox")) as clock:
        agency, vdab, schools = Agency(partners["agii"]), Registers(partners["vdab"], partners["operator1"]), Schools(partners["education"])
        await clock.advance_to(f"{_SIGNED_ON}T08:00")
        await _complete(partners, _SIGNED_ON)
        for person in (newcomer, leaver):
            await vdab.knows_residence(person)
        await agency.reports_participant(newcomer)
        await clock.settled(_SETTLE_S)
        await agency.reports_contract(newcomer, signed_on=_SIGNED_ON)
        await schools.reports_departure(leaver, left_on=_SIGNED_ON, reason="E", situation_after=5)
        await clock.settled(_SETTLE_S)
        assert await vdab.registrations_of(leaver) == []
        await _complete(partners, _WINDOW_OVER)
        await clock.advance_to(f"{_WINDOW_OVER}T08:00")
        await clock.settled(_SETTLE_S)

        assert (await agency.outcome_of(newcomer))["result"] == "registered"
        assert (await schools.outcome_of(leaver))["result"] == "accepted"
        proofs = {}
        for person, rule, on in ((newcomer, "N13", _SIGNED_ON), (leaver, "S18", _WINDOW_OVER)):
            [registration] = await vdab.registrations_of(person)
            assert (registration["state"], registration["rule"], registration["effectiveOn"]) == ("registered", rule, on)
            [notice] = (await partners["operator1"].post("/notification/v1/notices/query", {"ssin": person.ssin}))["items"]
            [delivery] = notice["deliveries"]
            proofs[delivery["id"]] = await partners["operator1"].get_bytes(f"/notification/v1/notices/{notice['id']}/evidence")

    policy = stack.run("notifications", "python", "-m", "devkit.cli", "policy")
    for delivery_id, bundle in proofs.items():
        letter = stack.copy_out("notifications", f"{_LETTERS}/{delivery_id}.pdf", tmp_path / "letter.pdf").read_bytes()
        manifest = json.loads(stack.copy_out("notifications", f"{_LETTERS}/{delivery_id}.json", tmp_path / "manifest.json").read_bytes())
        assert letter.startswith(b"%PDF-")
        assert manifest["sha256"] == hashlib.sha256(letter).hexdigest()
        assert _verified(tmp_path, bundle, policy) == 0
        assert _verified(tmp_path, changed_one_byte(bundle), policy) == 1


async def _complete(partners: Partners, until: str) -> None:
    """Every source says that it is complete up to that day."""
    day = date.fromisoformat(until)
    for fact in (*watermarks(day), *school_watermarks(day)):
        await partners[fact.client].send(fact.method, fact.path, fact.json)


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
