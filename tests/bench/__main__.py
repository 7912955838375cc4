"""`python -m tests.bench [--quick] [--only hub ...] [--to FILE]` measures; `--profile` shows where the hub's journey spends its time."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.bare.rival import Bare
from tests.bench.ground import grounds
from tests.bench.hub import Hub
from tests.bench.idiomatic.rival import Idiomatic
from tests.bench.measuring import Found, Size, round_of
from tests.bench.profiling import write
from tests.bench.report import KEPT, keep
from tests.bench.rival import Rival

_ROUNDS = 3
# Bursts long enough that starting and ending them does not count: some ten seconds each.
_FULL = {"hub": Size(6_000, 2, 20, 20), "bare": Size(100_000, 2, 20, 20), "idiomatic": Size(1_000, 2, 20, 20)}
_QUICK = {"hub": Size(1_500, 2, 6, 6), "bare": Size(20_000, 2, 6, 6), "idiomatic": Size(200, 2, 6, 6)}
_PROFILE_BURST, _PROFILE_POSTS, _PROFILE_TOP = 6_000, 400, 15


async def bench(rivals: Sequence[Rival], *, quick: bool) -> dict[str, Found]:
    """Every rival once a round, so that a busy minute of the machine hits them all."""
    found = {rival.name: Found() for rival in rivals}
    async with grounds() as on:
        for rival in rivals:
            await rival.lay(on)
        for _ in range(1 if quick else _ROUNDS):
            for rival in rivals:
                await round_of(rival, on, (_QUICK if quick else _FULL)[rival.name], found[rival.name], _say)
    return found


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - how far it is


def main(words: Sequence[str]) -> int:
    """Measure or profile; no figure fails the run, the page says which targets hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="The hub's journey beside two baselines, on this machine.")
    parser.add_argument("--quick", action="store_true", help="one short round, some three minutes")
    parser.add_argument("--profile", action="store_true", help="sample the hub's services instead, under load and at a trickle")
    parser.add_argument(
        "--only", nargs="+", choices=("hub", "bare", "idiomatic"), help="some rivals only; no ratios then, and no page is kept"
    )
    parser.add_argument("--to", type=Path, help=f"where the page goes, instead of {KEPT.name}")
    asked = parser.parse_args(words)
    if asked.profile:
        scale = 4 if asked.quick else 1
        write(asked.to, _PROFILE_BURST // scale, _PROFILE_POSTS // scale, _PROFILE_TOP)
        return 0
    known: dict[str, Rival] = {"bare": Bare(), "idiomatic": Idiomatic(), "hub": Hub()}
    found = asyncio.run(bench([known[name] for name in known if not asked.only or name in asked.only], quick=asked.quick))
    file = asked.to or (Path("/dev/null") if asked.only else KEPT)
    _say("\n" + keep(found, file, quick=asked.quick))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
