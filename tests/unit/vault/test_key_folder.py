"""Keys at first start: made once, outside every database, never silently in production, and rotated (`mechanics.md` 29)."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.secrets import SecretExposed
from proof.notes import VerifierKey
from vault import logkey
from vault.errors import DemoKeysRefused, KeyMalformed, KeysMissing, SealBroken, UnknownKek
from vault.keyfolder import COMPLETE, create_keys, ensure_keys, load_keys, load_log_key, rotate_kek, rotate_log_key, rotate_pepper

ORIGIN = "log.test/notices"
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_m29_a_sandbox_makes_its_keys_at_the_first_start_and_keeps_them(folder: Path) -> None:
    ensure_keys(folder, sandbox=True, origin=ORIGIN)
    made = content(folder)

    ensure_keys(folder, sandbox=True, origin="another.test/notices")

    assert content(folder) == made
    assert {"kek-0001.json", "pepper-0001.json", "log.pem", "log.vkey", COMPLETE} <= set(made)


def test_m29_two_processes_that_start_at_once_make_one_set(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from vault.keyfolder import *; sys.stdin.read(); folder = Path(sys.argv[1]);"
        "ring = ensure_keys(folder, sandbox=True);"
        "print(ring.encryption.current, ring.peppers[0].fingerprint.hex(), load_log_key(folder, sandbox=True).vkey)"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(folder)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None

    said = {process.communicate(timeout=60)[0] for process in processes}

    assert len(said) == 1
    assert "kek-0001-" in said.pop()


def test_m29_keys_are_for_their_owner_only(folder: Path) -> None:
    ensure_keys(folder, sandbox=True)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_m29_an_interrupted_first_start_is_finished_by_the_next(folder: Path) -> None:
    ensure_keys(folder, sandbox=True)
    for name in (COMPLETE, "log.pem", "log.vkey"):
        (folder / name).unlink()
    kek = (folder / "kek-0001.json").read_bytes()

    ensure_keys(folder, sandbox=True)

    assert (folder / "kek-0001.json").read_bytes() == kek
    assert load_log_key(folder, sandbox=True).vkey + "\n" == (folder / "log.vkey").read_text()


@pytest.mark.parametrize("name", ["kek-0001.json", "pepper-0001.json"])
def test_m29_a_key_that_was_lost_is_never_made_anew(folder: Path, name: str) -> None:
    ensure_keys(folder, sandbox=True)
    (folder / name).unlink()

    with pytest.raises(KeysMissing, match="restore the folder"):
        ensure_keys(folder, sandbox=True)
    with pytest.raises(KeysMissing):
        create_keys(folder, demo=True, origin=ORIGIN)
    assert not (folder / name).exists()


def test_m29_a_lost_log_key_is_never_made_anew(folder: Path) -> None:
    ensure_keys(folder, sandbox=True)
    (folder / "log.pem").unlink()

    ensure_keys(folder, sandbox=True)

    with pytest.raises(KeysMissing):
        load_log_key(folder, sandbox=True)


def test_m29_production_makes_no_keys_by_itself(folder: Path) -> None:
    with pytest.raises(KeysMissing, match="hub keys create"):
        ensure_keys(folder, sandbox=False)
    assert not folder.exists()


def test_m29_production_refuses_demo_keys(folder: Path) -> None:
    ensure_keys(folder, sandbox=True)

    with pytest.raises(DemoKeysRefused):
        load_keys(folder, sandbox=False)
    with pytest.raises(DemoKeysRefused):
        load_log_key(folder, sandbox=False)


def test_m29_production_uses_keys_made_on_purpose(folder: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)

    ring = ensure_keys(folder, sandbox=False)

    assert [pepper.version for pepper in ring.peppers] == [1]
    assert load_log_key(folder, sandbox=False).origin == ORIGIN


def test_m29_production_refuses_keys_of_which_one_is_for_demo(folder: Path, tmp_path: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    create_keys(tmp_path / "demo", demo=True, origin=ORIGIN)
    (tmp_path / "demo" / "kek-0001.json").rename(folder / "kek-0002.json")

    with pytest.raises(DemoKeysRefused):
        load_keys(folder, sandbox=False)


@pytest.mark.parametrize(("name", "mode"), [("kek-0001.json", 0o640), ("pepper-0001.json", 0o604), (".", 0o750)])
def test_m29_production_refuses_keys_that_others_can_read(folder: Path, name: str, mode: int) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    (folder / name).chmod(mode)

    with pytest.raises(SecretExposed, match="chmod"):
        load_keys(folder, sandbox=False)


def test_m29_production_refuses_a_log_key_that_others_can_read(folder: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    (folder / "log.pem").chmod(0o644)

    with pytest.raises(SecretExposed):
        load_log_key(folder, sandbox=False)


def test_m29_the_key_encryption_key_rotates_and_the_old_one_still_unwraps(folder: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    old = load_keys(folder, sandbox=False).encryption
    wrapped = old.wrap(b"k" * 32, "context")

    kek_id = rotate_kek(folder)

    both = load_keys(folder, sandbox=False).encryption
    assert both.current == kek_id != old.current
    assert both.unwrap(old.current, wrapped, "context") == b"k" * 32
    with pytest.raises(UnknownKek):
        old.unwrap(kek_id, both.wrap(b"k" * 32, "context"), "context")


def test_m29_the_pepper_rotates_and_the_old_one_is_still_looked_up(folder: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    (old,) = load_keys(folder, sandbox=False).peppers

    assert rotate_pepper(folder) == 2

    first, second = load_keys(folder, sandbox=False).peppers
    assert (first, second.version) == (old, 2)
    assert first.hide("06641000507") != second.hide("06641000507")


def test_m29_the_log_key_rotates_and_the_old_pair_stays(folder: Path) -> None:
    create_keys(folder, demo=False, origin=ORIGIN)
    old = load_log_key(folder, sandbox=False)

    new = rotate_log_key(folder)

    assert load_log_key(folder, sandbox=False).vkey == new.vkey != old.vkey
    assert (new.origin, new.demo) == (ORIGIN, False)
    assert logkey.read(folder / f"log-{old.key_id.hex()}.pem").vkey == old.vkey
    assert (folder / f"log-{old.key_id.hex()}.vkey").read_text().strip() == old.vkey


def test_a_wrapped_key_is_bound_to_its_context(folder: Path) -> None:
    encryption = ensure_keys(folder, sandbox=True).encryption

    with pytest.raises(SealBroken):
        encryption.unwrap(encryption.current, encryption.wrap(b"k" * 32, "one"), "other")


@pytest.mark.parametrize("content", ["", "{}", '{"kind": "kek", "key": "c2hvcnQ="}'])
def test_a_damaged_key_file_is_named_but_not_shown(folder: Path, content: str) -> None:
    ensure_keys(folder, sandbox=True)
    (folder / "kek-0001.json").write_text(content)

    with pytest.raises(KeyMalformed, match=r"^kek-0001\.json does not hold a key of its kind$"):
        load_keys(folder, sandbox=True)


def test_a_damaged_log_key_is_named(folder: Path) -> None:
    ensure_keys(folder, sandbox=True)
    for content in (b"", b"{}\n", (folder / "log.pem").read_bytes().partition(b"\n")[2], (folder / "log.pem").read_bytes()[:150]):
        (folder / "log.pem").write_bytes(content)
        with pytest.raises(KeyMalformed, match=r"log\.pem"):
            load_log_key(folder, sandbox=True)


def test_keys_do_not_show_themselves(folder: Path) -> None:
    ring = ensure_keys(folder, sandbox=True)

    assert "key=" not in repr(ring.peppers[0])
    assert "private" not in repr(load_log_key(folder, sandbox=True))


def test_the_verifier_key_opens_what_the_log_key_signed(folder: Path) -> None:
    ensure_keys(folder, sandbox=True, origin=ORIGIN)
    key = load_log_key(folder, sandbox=True)

    verifier = VerifierKey.parse((folder / "log.vkey").read_text().strip())

    verifier.check(b"a checkpoint", key.sign(b"a checkpoint"))
    assert verifier.key_id == key.key_id


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nbreak"])
def test_an_origin_that_cannot_name_a_key_is_refused(folder: Path, origin: str) -> None:
    with pytest.raises(KeyMalformed):
        create_keys(folder, demo=True, origin=origin)
