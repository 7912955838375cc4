"""The command line of the verifier: no network, no database, and an exit code for each answer."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from proof.container import MAX_BYTES
from proof.errors import Incomplete, ProofError, Tampered, UnknownTrustRoot
from proof.policy import Policy
from proof.verify import verify

_PROVEN: Final = 0
_USAGE: Final = 64  # sysexits.h: argparse's own 2 means "incomplete" here
_NO_INPUT: Final = 66
_STATUS: Final = {Tampered.exit_code: "tampered", Incomplete.exit_code: "incomplete", UnknownTrustRoot.exit_code: "trustRootUnknown"}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(_USAGE, f"{self.format_usage()}{message}\n")


def verify_main(argv: Sequence[str] | None = None, prog: str = "hub-verify") -> int:
    """Verify a bundle; 0 proven, 1 tampered, 2 incomplete, 3 trust root unknown, 64 wrong usage, 66 unreadable file."""
    arguments = _arguments(prog).parse_args(argv)
    try:
        policy = _policy(arguments.policy)
        report = verify(_read(arguments.file), policy)
    except OSError as error:
        sys.stderr.write(f"cannot read {error.filename}: {error.strerror}\n")
        return _NO_INPUT
    except ProofError as error:
        _say_not_proven(error, as_json=arguments.json)
        return error.exit_code
    sys.stdout.write(
        f"{json.dumps(report.as_json(), indent=2, ensure_ascii=False)}\n"
        if arguments.json
        else "".join(f"{line}\n" for line in report.lines())
    )
    return _PROVEN


def _arguments(prog: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=prog, description="Verify evidence offline.", epilog="Exit codes: 0 proven, 1 tampered, 2 incomplete, 3 trust root unknown."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    bundle = commands.add_parser("bundle", help="the evidence of one notice (.evidence.zip)")
    bundle.add_argument("file", type=Path, metavar="FILE")
    bundle.add_argument("--policy", type=Path, metavar="P", help="whom you trust: a tlog-policy file that did not come with the bundle")
    bundle.add_argument("--json", action="store_true", help="print the report for a program")
    return parser


def _policy(path: Path | None) -> Policy:
    if path is None:
        raise UnknownTrustRoot("no policy was given (--policy P); a bundle cannot say whom to trust")
    return Policy.parse(path.read_bytes())


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _say_not_proven(error: ProofError, *, as_json: bool) -> None:
    status = _STATUS[error.exit_code]
    if as_json:
        sys.stdout.write(f"{json.dumps({'status': status, 'reason': str(error)}, indent=2)}\n")
    else:
        sys.stdout.write(f"NOT PROVEN ({status}): {error}\n")
