"""The print folder: whole letters or none, whoever else writes there, and nothing half-written is kept."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from chassis.ids import uuid7
from services.notifications.channels.paper import PaperChannel, PaperLetter
from tests.unit.notifications.test_letters import CONFIRMATION, LETTERS, values_of_a_letter

_TEXT = LETTERS.freeze(CONFIRMATION, values_of_a_letter())


def _letter() -> PaperLetter:
    lines = ("Lien Peeters", "Teststraat 1", "9000 Gent")
    return PaperLetter(uuid7(), uuid7(), "paper", datetime(2026, 7, 1, 10, tzinfo=UTC), _TEXT, lines)


def test_m26_two_who_print_the_same_letters_at_once_leave_each_of_them_once_and_whole(tmp_path: Path) -> None:
    letters = [_letter() for _ in range(6)]
    with ThreadPoolExecutor(4) as four:
        for handed in four.map(lambda _: PaperChannel(tmp_path).hand_over(letters), range(4)):
            assert {one.delivery_id for one in handed} == {letter.delivery_id for letter in letters}
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        f"{letter.delivery_id}{kind}" for letter in letters for kind in (".pdf", ".json")
    )
    assert all((tmp_path / f"{letter.delivery_id}.pdf").read_bytes().startswith(b"%PDF") for letter in letters)


def test_what_a_dead_process_left_half_written_goes_and_what_another_writes_now_stays(tmp_path: Path) -> None:
    dead, alive = tmp_path / "a.pdf.0a1b2c3d.tmp", tmp_path / "b.pdf.0a1b2c3d.tmp"
    for draft in (dead, alive):
        draft.write_bytes(b"half")
    os.utime(dead, (time.time() - 7200, time.time() - 7200))
    PaperChannel(tmp_path).hand_over([])
    assert [file.name for file in tmp_path.glob("*.tmp")] == [alive.name]
