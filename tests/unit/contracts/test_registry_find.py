"""An event is known in every process, whatever contracts that process happened to import."""

import subprocess
import sys

import pytest

_ASK = "import sys; from contracts.registry import find; print(find(sys.argv[1]).__name__)"


@pytest.mark.parametrize(
    ("event_type", "name"),
    [
        ("be.vdab.registration.v1.jobseekers.notify.imported", "JobseekerImported"),
        ("be.vdab.notification.v1.checkpoints.notify.signed", "CheckpointSigned"),
    ],
)
def test_an_event_nobody_imported_is_found(event_type: str, name: str) -> None:
    found = subprocess.run([sys.executable, "-c", _ASK, event_type], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == name
