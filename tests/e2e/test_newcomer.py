"""A newcomer's contract, from the agency's door to a letter that can be proven."""

import base64
import hashlib
from pathlib import Path

import pytest

from devkit.evidence import changed_one_byte
from proof.cli import verify_main
from tests.support.hub import Hub


async def test_a_contract_becomes_a_registered_newcomer_and_a_letter_that_can_be_proven(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await hub.starts_on("2026-03-02")

    newcomer = await hub.newcomer(signed_on="2026-03-02")
    await hub.settled()

    [registration] = await hub.vdab.registrations_of(newcomer)
    assert (registration["state"], registration["rule"], registration["effectiveOn"]) == ("registered", "N13", "2026-03-02")
    assert [(told["result"], told["details"]["registered"]) for told in await hub.outcomes_of(newcomer)][-1] == ("registered", True)

    [notice] = await hub.notices_for(newcomer)
    assert (notice["purpose"], notice["channel"], notice["state"]) == ("registrationConfirmation", "paper", "relayed")
    [delivery] = notice["deliveries"]
    letter = hub.print_folder / f"{delivery['id']}.pdf"
    assert letter.read_bytes().startswith(b"%PDF-")

    evidence = await hub.evidence_of(notice["id"])
    bundle, policy = tmp_path / "notice.evidence.zip", tmp_path / "policy"
    bundle.write_bytes(evidence.bundle)
    policy.write_bytes(hub.policy)
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 0
    shown = capsys.readouterr().out
    assert "the time: it is not vouched for" in shown
    assert base64.urlsafe_b64encode(hashlib.sha256(letter.read_bytes()).digest()).decode().rstrip("=") in shown

    bundle.write_bytes(changed_one_byte(evidence.bundle))
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 1
