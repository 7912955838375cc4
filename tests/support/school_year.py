"""A whole synthetic school year told to a hub in files, phase by phase; however many pupils, only the few who do not go on are kept."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from contracts.codes import LeaverOutcome
from devkit.partners import Partner
from devkit.population import Pupil, pupils

# The last day of each phase: leaves within the year, proofs in July, the rush around 1 September in two, corrections, late enrolments.
PHASES = tuple(date(2026, *day) for day in ((3, 18), (7, 21), (8, 31), (9, 2), (9, 12), (9, 26)))
DECIDED, PROOFS_KNOWN = date(2026, 10, 1), date(2026, 11, 2)
CLIENTS = ("vdab", "education")
_API = {"vdab": "registration", "education": "educationFeed"}
_GO_ON = (LeaverOutcome.CONTINUES, LeaverOutcome.QUALIFIED)
# The answer to a file comes when its last line is committed, and a sender waits a minute for it.
_LINES_A_FILE, _LINES_A_PIECE = 2_500, 250


@dataclass(slots=True)
class SchoolYear:
    """The files of one year, and what is to come of it."""

    folder: Path
    lines: Counter[tuple[date, str]] = field(default_factory=Counter)
    count: int = 0
    records: int = 0  # of Education: a record may come in several versions
    others: list[Pupil] = field(default_factory=list)  # all who neither go on nor are qualified

    @classmethod
    def written(cls, folder: Path, seed: int, count: int) -> "SchoolYear":
        """Write the files, a pupil at a time."""
        year = cls(folder)
        with ExitStack() as stack:
            files: dict[tuple[date, str], BinaryIO] = {}
            for pupil in pupils(seed, count, PHASES[0].year - 1):
                year._add(pupil)
                for report in pupil.reports:
                    phase = next(day for day in PHASES if report.on <= day), report.fact.client
                    if phase not in files:
                        files[phase] = stack.enter_context(year._file(*phase).open("wb"))
                    files[phase].write(report.fact.encoded)
                    year.lines[phase] += 1
        return year

    def _add(self, pupil: Pupil) -> None:
        self.count += 1
        self.records += len({report.fact.path.split("/")[4] for report in pupil.reports if report.fact.client == "education"})
        if pupil.expected.feed not in _GO_ON:
            self.others.append(pupil)

    def _file(self, phase: date, client: str) -> Path:
        return self.folder / f"{phase}-{client}.ndjson"

    async def tell(self, phase: date, partner: Partner) -> Counter[str]:
        """Send what a client has for a phase, a file behind the other; the results of their lines, counted."""
        found: Counter[str] = Counter()
        if (phase, partner.client_id) in self.lines:
            api = _API[partner.client_id]
            with self._file(phase, partner.client_id).open("rb") as lines:
                while some := list(islice(lines, _LINES_A_FILE)):
                    batch = await partner.stream(f"/{api}/v1/factBatches", _sent(some))
                    told = (await partner.get_bytes(f"{batch['href']}/results")).splitlines()
                    found.update(str(json.loads(line)["result"]) for line in told)
        return found

    def expected(self, *, told_by: date) -> Mapping[tuple[str, str], int]:
        """How many leaves registration has been told of by a day: by outcome and rule of what it then decides."""
        found = Counter((str(pupil.expected.registration), pupil.expected.rule) for pupil in self.announced(told_by=told_by))
        return dict(found)

    def announced(self, *, told_by: date) -> Iterator[Pupil]:
        """The pupils of whom the feed has told registration by a day."""
        return (pupil for pupil in self.others if pupil.expected.announced and pupil.decided_on <= told_by)

    def one_of_each(self) -> Sequence[Pupil]:
        """One pupil of each kind that does not simply go on."""
        return list({pupil.kind: pupil for pupil in self.others}.values())


async def _sent(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    for at in range(0, len(lines), _LINES_A_PIECE):
        yield b"".join(lines[at : at + _LINES_A_PIECE])
