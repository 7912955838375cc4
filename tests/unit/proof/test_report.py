"""What a report says to a person and to a program: everything that is proven, and in plain words everything that is not."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.bundle import Bundle, BundledEvent
from proof.disclosures import Disclosure
from proof.inclusion import TlogProof
from proof.leaves import EventLeaf
from proof.policy import Policy
from proof.report import Report
from proof.tree import leaf_hash
from proof.verify import verify
from tests.support.sample_log import LETTER, NOTICE, ORIGIN, SampleLog, cosign, notice_leaves, policy_for, signer, witness_key

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
_WHO = Disclosure.make("recipient", "een inwoner")
_WHY = Disclosure.make("subject", "Uw inschrijving")
_ERASED = "http://uri.etsi.org/19522/Event/ContentErased"


def chained(leaves: Sequence[EventLeaf]) -> list[EventLeaf]:
    """Each names the one before it."""
    found: list[EventLeaf] = []
    for number, leaf in enumerate(leaves, start=1):
        found.append(replace(leaf, seq=number, previous=leaf_hash(bytes(found[-1])) if found else None, event_id=UUID(int=number)))
    return found


def reported(
    leaves: Sequence[EventLeaf],
    *,
    opened: Sequence[tuple[Disclosure, ...]] = (),
    times: Sequence[datetime] = (),
    lines: Sequence[str] = ("quorum none",),
) -> Report:
    """What is reported of these events, logged in this order, with these fields opened and these witnesses."""
    log = SampleLog()
    chain = chained(leaves)
    places = [log.add(bytes(leaf)) for leaf in chain]
    note = log.checkpoint()
    for number, at in enumerate(times):
        note = cosign(note, signer(20 + number, f"w{number}.example"), at)
    shown = [*opened, *[()] * (len(chain) - len(opened))]
    proofs = [bytes(replace(TlogProof.parse(log.proof(place, log.checkpoint())), checkpoint=note)) for place in places]
    events = [BundledEvent(bytes(leaf), proof, fields) for leaf, proof, fields in zip(chain, proofs, shown, strict=True)]
    return verify(bytes(Bundle(note, tuple(events))), _policy(log, lines))


def _policy(log: SampleLog, lines: Sequence[str]) -> Policy:
    witnesses = [f"witness w{number} {witness_key(signer(20 + number, f'w{number}.example'))}" for number in range(3)]
    return policy_for(log.log, lines=[*witnesses, *lines])


def notice(*fields: tuple[Disclosure, ...], erased_after: int | None = None) -> list[EventLeaf]:
    """A notice whose events commit to these fields; after so many of them its content was erased."""
    leaves = [replace(leaf, answers=None) for leaf in notice_leaves(fields)]
    if erased_after is not None:
        gone = replace(leaves[0], event=_ERASED, channel=None, commitments={}, outcome={"ground": "art17Gdpr"})
        leaves.insert(erased_after, gone)
    return leaves


def test_a_field_that_was_erased_is_said_to_be_erased_and_by_which_event() -> None:
    report = reported(notice((_WHO, _WHY), (_WHO,), erased_after=2))
    assert "recipient, subject of event 1: committed to, but erased, as event 3 says" in report.not_proven
    assert "recipient of event 2: committed to, but erased, as event 3 says" in report.not_proven
    assert "       recipient: erased, as event 3 says" in report.lines()


def test_a_field_after_the_erasure_is_shut_and_not_erased() -> None:
    """What came afterwards is under a new key, so the erasure is no excuse for not showing it."""
    report = reported(notice((_WHO,), (_WHY,), erased_after=1))
    assert "recipient of event 1: committed to, but erased, as event 2 says" in report.not_proven
    assert "subject of event 3: committed to, but not disclosed here" in report.not_proven


def test_the_first_erasure_after_an_event_is_the_one_that_is_named() -> None:
    twice = notice((_WHO,), erased_after=1)
    report = reported([*twice, twice[1]])
    assert "recipient of event 1: committed to, but erased, as event 2 says" in report.not_proven
    assert report.erased_by(report.events[1]) is report.events[2]
    assert report.erased_by(report.events[2]) is None


def test_what_was_erased_may_be_disclosed_by_who_kept_it() -> None:
    report = reported(notice((_WHO,), erased_after=1), opened=[(_WHO,)])
    assert report.events[0].disclosed == {"recipient": "een inwoner"}
    assert not any("recipient" in limit for limit in report.not_proven)


@pytest.mark.parametrize("seen_by", [0, 1, 2, 3])
def test_a_time_is_vouched_for_by_a_quorum_and_by_nobody_else(seen_by: int) -> None:
    times = [AT + timedelta(hours=number) for number in range(seen_by)]
    lines = ["group g 2 w0 w1 w2", "quorum g"] if seen_by >= 2 else ["quorum none"]
    report = reported(notice((_WHO,)), times=times, lines=lines)
    said = report.as_json()
    assert isinstance(said, dict)
    vouched = seen_by >= 2
    assert said["timeVouchedFor"] is vouched
    assert said.get("notAfter") == ("2026-03-02T10:00:00.000Z" if vouched else None)
    assert "notBefore" not in said
    assert any("the hub's own claim" in limit for limit in report.not_proven) is not vouched
    assert any("no earlier than claimed" in limit for limit in report.not_proven) is vouched
    assert any("no witness signed" in limit for limit in report.not_proven) is (seen_by == 0)
    assert said["witnesses"] == [f"w{number}" for number in range(seen_by)]


def test_every_report_says_that_nobody_is_proven_to_have_read_it_and_that_more_may_have_happened() -> None:
    for leaves in (notice((_WHO,)), notice((_WHO,), (), ()), notice((), erased_after=1)):
        assert {"that a person read the notice", "that nothing happened to this notice after the last event shown"} <= set(
            reported(leaves).not_proven
        )


def test_a_person_reads_each_event_with_its_channel_its_outcome_and_its_place() -> None:
    lines = list(reported(notice((_WHO,), (), ()), opened=[(_WHO,)]).lines())
    assert lines[0] == f"PROVEN: 3 events of one notice stand in this order in the log {ORIGIN} of 3 entries"
    assert lines[1] == "  1. SubmissionAcceptance by paper, claimed at 2026-03-02T08:00:01.000Z, entry 0"
    assert lines[2] == "       recipient: een inwoner"
    assert lines[4] == "  3. RelayToNonERDS by paper code=250 enh=2.0.0, claimed at 2026-03-02T08:00:03.000Z, entry 2"
    assert lines[5:8] == ["Vouched for by: the log's key", "Not before: nobody vouches for it", "Not after:  nobody vouches for it"]
    assert lines[8] == "NOT proven:"


def test_exact_bytes_are_shown_as_size_kind_and_digest() -> None:
    content = LETTER.disclosure("content")
    (line,) = [line for line in reported(notice((content,)), opened=[(content,)]).lines() if "content:" in line]
    assert line.startswith("       content: 36 bytes of text/plain; charset=utf-8, SHA-256 ")


@pytest.mark.parametrize("value", [True, 7, ["a", "b"], {"consent": {"id": "1"}}, {"digest": "x", "size": "36", "type": "text/plain"}, ""])
def test_a_value_of_any_kind_is_shown_whole(value: object) -> None:
    field = Disclosure.make("rule", value)  # type: ignore[arg-type]
    report = reported(notice((field,)), opened=[(field,)])
    assert f"       rule: {value}" in report.lines()
    assert report.events[0].disclosed == {"rule": value}


@pytest.mark.parametrize(
    "text",
    [
        "Uw inschrijving\n  4. ContentConsignment by portal, claimed at 2026-03-02T08:00:04.000Z, entry 9",
        "\r\x1b[2K\x1b[1APROVEN: 9 events of one notice",
        "gnivorp \u202etoN",
        "a\u2028b\x85c\x00d\u200b",
    ],
)
@pytest.mark.parametrize("kind", ["text", "list", "media type"])
def test_what_a_field_says_can_neither_make_nor_wipe_out_a_line_of_the_report(text: str, kind: str) -> None:
    value: dict[str, object] = {"text": text, "list": [text], "media type": {"digest": "x", "size": 1, "type": text}}
    field = Disclosure.make("subject", value[kind])  # type: ignore[arg-type]
    lines = list(reported(notice((field,)), opened=[(field,)]).lines())
    (line,) = [line for line in lines if line.startswith("       subject: ")]
    assert line.isprintable()
    assert len("\n".join(lines).splitlines()) == len(lines)


@given(st.lists(st.sampled_from(["recipient", "subject", "sender", "rule"]), unique=True), st.data())
def test_every_field_is_either_shown_or_named_as_not_shown_never_both_nor_neither(names: list[str], data: st.DataObject) -> None:
    fields = tuple(Disclosure.make(name, f"about {name}") for name in names)
    opened = tuple(field for field in fields if data.draw(st.booleans()))
    report = reported(notice(fields), opened=[opened])
    event = report.events[0]
    assert set(event.disclosed).isdisjoint(event.undisclosed)
    assert {*event.disclosed, *event.undisclosed} == set(names)
    hidden = [field.name for field in fields if field not in opened]
    assert all(f"about {name}" not in "\n".join(report.lines()) for name in hidden)
    assert any(limit.startswith(", ".join(sorted(hidden))) for limit in report.not_proven if hidden) is bool(hidden)


@given(st.integers(0, 2), st.booleans(), st.booleans())
def test_a_program_reads_the_same_as_a_person(seen_by: int, shown: bool, erased: bool) -> None:
    leaves = notice((_WHO,), (_WHY,), erased_after=2 if erased else None)
    report = reported(leaves, opened=[(_WHO,) if shown else ()], times=[AT + timedelta(days=number) for number in range(seen_by)])
    said = json.loads(json.dumps(report.as_json()))
    assert (said["status"], said["log"], said["treeSize"], said["notice"]) == ("proven", ORIGIN, len(leaves), str(NOTICE))
    assert said["notProven"] == list(report.not_proven) == [line.removeprefix("  - ") for line in report.lines() if line.startswith("  - ")]
    for number, (event, proven) in enumerate(zip(said["events"], report.events, strict=True), start=1):
        assert (event["seq"], event["index"]) == (number, number - 1)
        assert event["event"].rpartition("/")[2] == proven.name
        assert event.get("channel") == proven.leaf.channel
        assert [*sorted(event["disclosed"]), *event["undisclosed"]] == [*sorted(proven.disclosed), *proven.undisclosed]
        assert any(line.startswith(f"  {number}. {proven.name}") for line in report.lines())


def test_an_outcome_names_the_event_that_it_answers() -> None:
    leaves = notice((_WHO,), ())
    chain = chained(leaves)
    report = reported([leaves[0], replace(leaves[1], answers=chain[0].event_id)])
    (first, second) = [event.as_json() for event in report.events]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert "answers" not in first
    assert second["answers"] == first["eventId"]
