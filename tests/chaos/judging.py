"""Judges a hub from outside after whatever it went through: at its doors, the print house and the mail host, never inside tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.codes import Channel
from devkit.evidence import trust_policy
from devkit.findings import Looking
from devkit.population import Newcomer
from devkit.sandbox.inner import inner_doors
from tests.chaos import counting
from tests.chaos.load import Load
from tests.chaos.recovery import handed_at
from tests.chaos.stage import Stage
from tests.chaos.watching import LogWatch
from tests.support.told import Tell

# What a mail host answered, or what nobody can know.
_MAILED = {"delivered", "unknown"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found where everything was as promised: when each person's letter was handed over, by reference, and what went by mail."""

    done_at: Mapping[str, float]
    mailed: int
    unknown: int


async def judge(stage: Stage, load: Load, people: Sequence[Newcomer], tell: Tell) -> Judgement:
    """Check that nothing is lost, doubled or parked."""
    told = await counting.current_outcomes(stage.partners)
    assert {record: count for record, count in told.items() if count != 1} == {}
    assert set(told) == load.records
    tell(f"          {len(load.records)} records accepted, {told.total()} current outcomes")

    expected = [int(person.expected.registered) for person in people]
    assert await counting.registrations(stage.partners, people) == expected
    notices = await counting.notices(stage.partners, people)
    assert [len(of_person) for of_person in notices] == expected
    done = {
        person.reference: handed_at(stage.print_folder, delivery["id"])
        for person, of_person in zip(people, notices, strict=True)
        for delivery in _deliveries(of_person)
        if delivery["channel"] == "paper"
    }
    mailed, unknown = await _nothing_sent_twice(stage, [notice for of_person in notices for notice in of_person])
    tell(f"          {sum(expected)} people to register, as many notices; {len(done)} letters at the print house, none twice")
    tell(f"          {mailed} notices by e-mail, at the mail host none twice; `unknown`, and not sent again: {unknown}")

    async with inner_doors(stage.fleet.urls, stage.keys) as doors:
        parked = {door.service: await door.parked() for door in doors}
    assert not any(parked.values()), parked
    tell("          nothing parked")
    return Judgement(done, mailed, unknown)


def _deliveries(notices: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of these notices: of each notice some, and none of them twice on a channel."""
    for notice in notices:
        sent = Counter((one["channel"], one["kind"]) for one in notice["deliveries"])
        assert sent == dict.fromkeys(sent, 1) != {}, sent
    return [one for notice in notices for one in notice["deliveries"]]


async def _nothing_sent_twice(stage: Stage, notices: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Count what arrived: letters by file, mails by the host's own log; the number of mails, and of those whose fate nobody can know."""
    deliveries = _deliveries(notices)
    by_channel = {channel: [one for one in deliveries if one["channel"] == channel] for channel in (Channel.PAPER, Channel.EMAIL)}
    assert len(deliveries) == len({one["id"] for one in deliveries})

    on_paper = [one["id"] for one in by_channel[Channel.PAPER]]
    assert counting.letters(stage.print_folder) == dict.fromkeys(on_paper, 1), "a letter is missing, or nobody ordered it"
    assert await stage.sandbox.print_run() == {"posted": len(on_paper), "refused": 0}

    by_mail = {one["id"]: one["state"] for one in by_channel[Channel.EMAIL]}
    arrived = {one["deliveryId"]: one["requests"] for one in await stage.sandbox.received("email")}
    assert arrived == dict.fromkeys(arrived, 1), "a mail was sent twice"
    assert arrived.keys() <= by_mail.keys()
    states = Counter(by_mail.values())
    assert states.keys() <= _MAILED, states
    assert {one for one, state in by_mail.items() if state == "delivered"} <= arrived.keys(), "told as delivered, and never arrived"
    return len(by_mail), states["unknown"]


async def the_log_is_whole(watch: LogWatch, tell: Tell) -> None:
    """Every checkpoint seen on the way is a state of the log as it stands."""
    size = await watch.prove_all_seen()
    tell(f"          {len(watch.seen)} checkpoints seen on the way are all states of the log of {size} entries")


async def decided_as_expected_and_proven(stage: Stage, people: Sequence[Newcomer], tell: Tell) -> None:
    """These people have the outcomes of their profiles, and the evidence of their notices holds."""
    async with inner_doors(stage.addresses.services, stage.keys) as doors:
        found = await Looking(stage.partners["operator1"], doors, trust_policy(stage.keys)).at_newcomers(people)
    assert [(one.outcome, one.rule) for one in found if not one.as_expected] == []
    evidence = [one for person in found for one in person.journey.evidence]
    assert [one.why for one in evidence if one.report is None] == []
    for one in evidence:
        assert one.report is not None
        assert [event.name for event in one.report.events].count("DispatchIntended") == 1
    tell(f"          {len(found)} people decided as expected, the evidence of their {len(evidence)} notices proven")
