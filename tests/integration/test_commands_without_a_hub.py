"""Commands that find no hub, another program, half a key folder or a mistyped word: a sentence and an exit code, never a stack."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from devkit.cli import app
from devkit.home import PORTS

_ID = "01a201cb-084d-7392-8aea-9f5adf3594b8"
# What needs a hub that answers, and what needs only its bus.
ASKING = (
    ["token", "agii"],
    ["journey", _ID],
    ["parked", "list"],
    ["parked", "show", _ID],
    ["parked", "redrive", _ID],
    ["parked", "discard", _ID, "--yes"],
    ["switch", "list"],
)
FOLLOWING = (["watch"], ["topics"])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder, and no hub at any address."""
    for name in ("HUB_BUS", "HUB_KEYS", "HUB_MODE", "HUB_PRINT_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "home"))
    _found_at(monkeypatch, 1)  # a port below 1024 that nobody listens on
    return tmp_path / "home"


def _found_at(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    for name in PORTS:
        monkeypatch.setenv(f"HUB_{name.upper()}_URL", f"http://127.0.0.1:{port}")


def hub(*words: str, answer: str = "") -> Result:
    """What a command says; whatever it ends with, it is no stack."""
    said = CliRunner().invoke(app, list(words), input=answer)
    assert said.exception is None or isinstance(said.exception, SystemExit), (words, said.exception)
    return said


def _sentence(said: Result) -> str:
    """The one line that a command ended with."""
    (line,) = [line for line in said.output.splitlines() if line.startswith("hub: ")]
    return line


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_a_command_that_no_hub_answers_says_how_to_start_one(words: Sequence[str]) -> None:
    said = hub(*words)
    assert said.exit_code == 1
    assert "start one with: hub up" in _sentence(said)


@pytest.mark.parametrize("words", FOLLOWING, ids=" ".join)
def test_a_command_that_needs_the_bus_says_the_same(words: Sequence[str], home: Path) -> None:
    said = hub(*words)
    assert said.exit_code == 1
    assert str(home) in _sentence(said)
    assert "start one with: hub up" in _sentence(said)


@pytest.mark.parametrize("words", [["rule", "N13", "off"], ["protocol", "registrationToNotification", "on"]], ids=" ".join)
def test_a_switch_that_reached_nobody_names_everyone_it_did_not_reach(words: Sequence[str]) -> None:
    said = hub("switch", *words)
    assert said.exit_code == 1
    assert all(service in said.output for service in PORTS if service != "sandbox")
    assert "is switched" not in said.output


class Quiet(ThreadingHTTPServer):
    """Does not mind who hangs up."""

    def handle_error(self, *_: object) -> None:
        """Say nothing: what it says would stand among what the command says."""


@contextmanager
def answering(status: int, kind: str, body: bytes) -> Iterator[int]:
    """A program that is no hub: its port."""

    class Answers(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as the server calls them

        def log_request(self, *_: object) -> None:
            """Say nothing."""

    with Quiet(("127.0.0.1", 0), Answers) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            serving.join()


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<h1>It works!</h1>"),
        (200, "application/json", b"[]"),
        (404, "text/plain", b"nothing here"),
        (401, "application/json", b'{"error": "who are you?"}'),
        (500, "text/html", b"oops"),
        (204, "text/plain", b""),
    ],
    ids=["a web site", "a list", "nothing", "a stranger", "a fault", "no content"],
)
def test_another_program_in_the_place_of_the_hub_is_no_stack(status: int, kind: str, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(status, kind, body) as port:
        _found_at(monkeypatch, port)
        for words in ASKING:
            said = hub(*words)
            assert said.exit_code == 1, (words, said.output)
            assert _sentence(said)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["journey", "jan.peeters"],
        ["journey"],
        ["token", "nobody"],
        ["parked", "show", "12"],
        ["parked", "redrive"],
        ["parked", "lst"],
        ["keys", "rotate", "everything"],
        ["keys", "nothing"],
        ["switch", "rule", "N13", "maybe"],
        ["switch", "rule", "N13"],
        ["switch", "rule", "N13", "off", "--from", "yesterday"],
        ["switch", "rule", "N13", "off", "--from", "2026-02-30"],
        ["switch", "rule", "N13", "off", "--from", "2026-03-02", "--until", "2026-03-01"],
        ["up", "--bus", "rabbit"],
        ["demo", "--count", "0"],
        ["demo", "--pupils", "50001"],
        ["topics", "--partitions", "0"],
        ["sandbox", "--port", "http"],
        ["watch", "--seconds", "long"],
        ["verify"],
        ["kafka", "sideways"],
    ],
    ids=" ".join,
)
def test_a_word_that_makes_no_sense_is_wrong_usage_and_starts_nothing(words: Sequence[str], home: Path) -> None:
    said = hub(*words)
    assert said.exit_code == 2
    assert words[0] in said.output
    assert not home.exists()


@pytest.mark.parametrize("answer", ["n\n", "\n", "perhaps\nn\n", ""])
def test_nothing_is_discarded_without_a_yes(answer: str) -> None:
    said = hub("parked", "discard", _ID, answer=answer)
    assert said.exit_code == 1
    assert "lost for good" in said.output
    assert "start one with" not in said.output  # it did not even look for a hub


@pytest.mark.parametrize("kind", ["kek", "pepper", "log"])
def test_a_key_is_not_rotated_where_there_is_none(kind: str, home: Path) -> None:
    said = hub("keys", "rotate", kind)
    assert said.exit_code == 1
    assert "restore the folder, or run `hub keys create`" in _sentence(said)
    assert not [path for path in (home / "keys").glob("*") if path.name != ".lock"]


@pytest.mark.parametrize("name", ["log.pem", "kek-0001.json", "pepper-0001.json"])
@pytest.mark.parametrize("damage", ["gone", "empty", "another word"])
def test_a_damaged_key_is_named_and_never_replaced(name: str, damage: str, home: Path) -> None:
    assert hub("keys").exit_code == 0
    path = home / "keys" / name
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else b'{"kind": "what?"}')
    left = path.read_bytes() if path.exists() else None
    commands = [["policy"], ["keys", "rotate", "log"]] if name == "log.pem" else [["keys", "rotate", name.partition("-")[0]]]
    for words in commands:
        said = hub(*words)
        assert said.exit_code == 1, (words, said.output)
        assert (name if damage != "gone" else name.partition("-")[0].partition(".")[0]) in _sentence(said)
    assert (path.read_bytes() if path.exists() else None) == left


def test_keys_are_made_for_their_owner_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_MODE", "production")
    assert hub("keys").exit_code == 0
    monkeypatch.setenv("HUB_KEYS", str(home / "keys"))
    assert {path.stat().st_mode & 0o077 for path in (home / "keys").iterdir()} == {0}
    assert (home / "keys").stat().st_mode & 0o077 == 0


def test_a_policy_is_written_where_it_was_asked_for_and_is_the_one_that_is_printed(tmp_path: Path) -> None:
    assert hub("keys").exit_code == 0
    said = hub("policy", "--out", str(tmp_path / "trust"))
    assert (said.exit_code, said.output) == (0, f"wrote {tmp_path / 'trust'}\n")
    assert hub("policy").output == (tmp_path / "trust").read_text()


def _files(home: Path) -> set[bytes]:
    return {path.read_bytes() for path in (home / "keys").iterdir() if path.is_file()}


def test_rotating_keeps_every_old_key(home: Path) -> None:
    assert hub("keys").exit_code == 0
    before = _files(home)
    old = hub("policy").output
    for kind in ("kek", "pepper", "log", "log"):
        assert hub("keys", "rotate", kind).exit_code == 0
    assert before <= _files(home)
    keys = hub("policy").output.splitlines()
    assert set(old.splitlines()) <= set(keys)
    assert sum(line.startswith("log ") for line in keys) == 3
