"""Whether every record that a partner sent has its one current outcome, read from the outcomes that the partner is told."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from devkit.demo_story import Fed
from devkit.partners import Partner, Partners

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Account:
    """One client at one API: how many records it sent, and the current outcome of each by result."""

    client: str
    api: str
    records: int
    results: Counter[str]
    missing: int  # records without an outcome, or outcomes without a record

    @property
    def closes(self) -> bool:
        """Whether records in are current outcomes."""
        return self.missing == 0 and self.results.total() == self.records


async def drawn_up(fed: Fed, partners: Partners) -> list[Account]:
    """The account of each client that sent records."""
    found = await asyncio.gather(*(current(partners[client], api) for client, api in fed.records))
    return [
        Account(client, api, len(sent), Counter(results.values()), len(sent ^ results.keys()))
        for ((client, api), sent), results in zip(fed.records.items(), found, strict=True)
    ]


async def current(partner: Partner, api: str) -> Mapping[str, str]:
    """The current result of each of a partner's records, `kind/reference`: that of the entry which none supersedes."""
    entries: dict[str, tuple[str, str]] = {}
    after: dict[str, str | int] = {"pageSize": _PAGE}
    while True:
        page = await partner.get(f"/{api}/v1/outcomes", after)
        for told in page["items"]:
            entries.pop(told.get("supersedes", ""), None)
            entries[told["id"]] = f"{told['kind']}/{told['reference']}", told["result"]
        if "next" not in page:
            break
        after["after"] = page["cursor"]
    found = dict(entries.values())
    assert len(found) == len(entries), "a record has two current outcomes"
    return found
