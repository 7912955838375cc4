"""A sampling profiler beside each service process, and which functions it found at work."""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SAMPLER = Path(sys.executable).parent / "py-spy"
_RATE = 100
_ENDS_S = 30.0
_STARTS_S = 1.0
# "function (chassis/relay.py:60)": a line of a frame says too much, its file says which function is meant.
_FRAME = re.compile(r"^(?P<function>.+) \((?P<file>.+?)(:\d+)?\)$")
# What runs everything says nothing, and who waits for work does none.
_OF_THE_LOOP = re.compile(r"asyncio/|runpy|<frozen|__main__|threading\.py|uvicorn/server")
_WAITS = "EpollSelector.select (selectors.py"
_OURS = ("chassis/", "services/", "contracts/", "vault/", "proof/")


@dataclass(slots=True)
class Profile:
    """Samples of one process at work: how many, and in which functions.

    SQLAlchemy makes its statements in greenlets, whose samples begin at the greenlet: what they cost is told by package only.
    """

    samples: int = 0
    inclusive: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    packages: Counter[str] = field(default_factory=Counter)

    def add(self, stack: list[str], count: int) -> None:
        """A stack from the outermost call to the innermost, seen so often."""
        if stack[-1].startswith(_WAITS):
            return
        self.samples += count
        named = [name for frame in stack if (name := _named(frame)) is not None]
        if not named:
            self.packages["the event loop"] += count
            return
        ours = [name for name in named if _file(name).startswith(_OURS)]
        for name in set(ours):
            self.inclusive[name] += count
        self.ours[ours[-1] if ours else "(SQLAlchemy in a greenlet, libraries by themselves)"] += count
        self.own[named[-1]] += count
        self.packages[_file(named[-1]).partition("/")[0]] += count

    def table(self, top: int) -> list[str]:
        """The costliest functions in per cent of the samples."""
        lines = [f"  {self.samples} samples ({self.samples / _RATE:.1f} s at work)"]
        for title, found in (
            ("by package of the innermost function", self.packages),
            ("functions of ours with all they call", self.inclusive),
            ("functions of ours with the libraries they call", self.ours),
            ("functions by themselves", self.own),
        ):
            lines.append(f"  {title}:")
            lines += [f"    {100 * count / max(self.samples, 1):5.1f} %  {name}" for name, count in found.most_common(top)]
        return lines


@asynccontextmanager
async def sampled(pids: Mapping[str, int], folder: Path) -> AsyncIterator[dict[str, Profile]]:
    """Sample these processes for as long as the block lasts; the profiles are filled at its end."""
    found: dict[str, Profile] = {}
    samplers = {}
    for name, pid in pids.items():
        command = (
            "record",
            "-p",
            str(pid),
            "-r",
            str(_RATE),
            "-f",
            "raw",
            "-d",
            "3600",
            "--nonblocking",
            "-o",
            str(folder / f"{name}.raw"),
        )
        samplers[name] = await asyncio.create_subprocess_exec(
            _SAMPLER, *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
    try:
        yield found
    finally:
        for sampler in samplers.values():
            sampler.send_signal(2)  # as Ctrl-C: it writes what it has
        for name, sampler in samplers.items():
            async with asyncio.timeout(_ENDS_S):
                await sampler.wait()
            found[name] = _read(folder / f"{name}.raw")


def _read(file: Path) -> Profile:
    profile = Profile()
    for line in file.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        profile.add(stack.split(";"), int(count))
    return profile


def _named(frame: str) -> str | None:
    found = _FRAME.match(frame)
    if found is None or _OF_THE_LOOP.search(found["file"]):
        return None
    return f"{found['function']} ({found['file'].partition('site-packages/')[2] or found['file']})"


def _file(name: str) -> str:
    return name.rpartition("(")[2].removesuffix(")")
