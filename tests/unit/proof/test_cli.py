"""The verifier's command line: its exit codes are its contract."""

import json
from pathlib import Path

import pytest

from proof.cli import verify_main
from tests.support.sample_log import SampleLog, policy_text, sample_bundle, signer, witness_key

LOG = SampleLog()
BUNDLE = bytes(sample_bundle(LOG))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "notice.evidence.zip"
    path.write_bytes(BUNDLE)
    return path


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.txt"
    path.write_bytes(policy_text(LOG.log))
    return path


def test_a_proven_bundle_exits_0_and_says_that_the_time_is_not_vouched_for(
    bundle: Path, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("PROVEN: 3 events")
    assert "the time: it is not vouched for" in said
    assert "36 bytes of text/plain" in said


def test_a_program_reads_the_same_as_json(bundle: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_main(["bundle", str(bundle), "--policy", str(policy), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["timeVouchedFor"], len(said["events"])) == ("proven", False, 3)
    assert "notAfter" not in said


def test_a_changed_byte_exits_1(bundle: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle.write_bytes(BUNDLE.replace(b"Beste", b"beste"))
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 1
    assert capsys.readouterr().out.startswith("NOT PROVEN (tampered)")


def test_too_few_witnesses_exit_2(bundle: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_bytes(policy_text(LOG.log, lines=[f"witness w {witness_key(signer(9, 'w.example'))}", "quorum w"]))
    assert verify_main(["bundle", str(bundle), "--policy", str(policy), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["status"] == "incomplete"


@pytest.mark.parametrize("text", [policy_text(signer(2)), b"", b"\x00"])
def test_m28_a_policy_that_does_not_know_the_log_exits_3(bundle: Path, policy: Path, text: bytes) -> None:
    policy.write_bytes(text)
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 3


def test_m28_no_policy_exits_3(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_main(["bundle", str(bundle)]) == 3
    assert "trustRootUnknown" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_no_verdict(bundle: Path, policy: Path) -> None:
    assert verify_main(["bundle", f"{bundle}.not", "--policy", str(policy)]) == 66
    assert verify_main(["bundle", str(bundle), "--policy", f"{policy}.not"]) == 66


def test_wrong_usage_is_no_verdict() -> None:
    with pytest.raises(SystemExit) as stopped:
        verify_main(["bundle"])
    assert stopped.value.code == 64


def test_a_file_beyond_every_limit_is_refused(bundle: Path, policy: Path) -> None:
    with bundle.open("ab") as file:
        file.truncate(65 * 1024 * 1024)
    assert verify_main(["bundle", str(bundle), "--policy", str(policy)]) == 1
