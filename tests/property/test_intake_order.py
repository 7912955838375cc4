"""Versions of one record in any order and number: judged against a naive reader who sorts everything first."""

from collections.abc import Mapping
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from chassis.intake.digest import digest
from chassis.intake.order import DELETE, PUT, Judgement, Meaning, Version, has_ground, judge, person_before
from contracts.identifiers import PersonId

PEOPLE = [PersonId(UUID(int=number)) for number in range(1, 4)]
NUMBERS = st.integers(1, 12)
OPERATIONS = st.sampled_from([PUT, DELETE, "termination", "suspension"])


@st.composite
def versions(draw: st.DrawFn, number: int | None = None) -> Version:
    """One version; only a put says whom it is about."""
    operation = draw(OPERATIONS)
    person = draw(st.sampled_from(PEOPLE)) if operation == PUT else None
    return Version(number or draw(NUMBERS), operation, draw(st.binary(min_size=1, max_size=2)), person)


HISTORIES = st.lists(versions(), max_size=8).map(lambda found: {one.number: one for one in found})


def naive(known: Mapping[int, Version], arriving: Version) -> Meaning:
    """The meaning as its words say: news unless something newer stands by itself."""
    if arriving.number in known:
        return Meaning.REPEATED if known[arriving.number].digest == arriving.digest else Meaning.CONFLICT
    newer = [one for one in known.values() if one.number > arriving.number]
    return Meaning.SUPERSEDED if any(one.operation in (PUT, DELETE) for one in newer) else Meaning.NEWS


@given(HISTORIES, versions())
def test_m16_a_version_means_what_the_newer_ones_leave_of_it(known: dict[int, Version], arriving: Version) -> None:
    assert judge(known, arriving).meaning is naive(known, arriving)


@given(HISTORIES, versions())
def test_m16_what_is_applied_again_is_known_newer_and_in_order(known: dict[int, Version], arriving: Version) -> None:
    again = list(judge(known, arriving).again)

    assert again == sorted(set(again))
    assert all(number in known and number > arriving.number for number in again)


@given(HISTORIES, versions())
def test_m16_news_brings_back_every_newer_amendment_and_a_repeat_brings_back_nothing(known: dict[int, Version], arriving: Version) -> None:
    judged = judge(known, arriving)

    if judged.meaning is Meaning.NEWS:
        assert list(judged.again) == sorted(number for number in known if number > arriving.number)
    elif judged.meaning is not Meaning.SUPERSEDED:
        assert judged == Judgement(judged.meaning)


@given(HISTORIES, versions())
def test_m16_what_is_superseded_wakes_only_a_delete_that_waited_for_its_first_put(known: dict[int, Version], arriving: Version) -> None:
    judged = judge(known, arriving)
    if judged.meaning is not Meaning.SUPERSEDED or not judged.again:
        return
    first = known[judged.again[0]]

    assert (first.operation, arriving.operation) == (DELETE, PUT)
    assert not any(one.operation == PUT and one.number < first.number for one in known.values())
    assert has_ground({**known, arriving.number: arriving}, first)


@given(HISTORIES, versions())
def test_m16_judging_depends_on_numbers_and_never_on_the_order_in_which_versions_became_known(
    known: dict[int, Version], arriving: Version
) -> None:
    assert judge(dict(reversed(known.items())), arriving) == judge(known, arriving)


@given(HISTORIES, st.integers(2, 9))
def test_m16_gaps_between_numbers_mean_nothing(known: dict[int, Version], factor: int) -> None:
    spread = {one.number * factor: Version(one.number * factor, one.operation, one.digest, one.person_id) for one in known.values()}
    for number, one in known.items():
        others = {other: version for other, version in known.items() if other != number}
        far = {other * factor: spread[other * factor] for other in others}
        near, wide = judge(others, one), judge(far, spread[number * factor])
        assert (wide.meaning, [again // factor for again in wide.again]) == (near.meaning, list(near.again))


@given(HISTORIES, NUMBERS)
def test_a_record_is_about_whom_the_newest_put_below_named(known: dict[int, Version], number: int) -> None:
    puts = sorted(other for other, one in known.items() if other < number and one.operation == PUT)

    assert person_before(known, number) == (known[puts[-1]].person_id if puts else None)


@given(HISTORIES, versions())
def test_an_amendment_stands_on_a_put_that_no_delete_took_away(known: dict[int, Version], one: Version) -> None:
    standing = False
    put_before = False
    for number in sorted(other for other in known if other < one.number):
        standing = {PUT: True, DELETE: False}.get(known[number].operation, standing)
        put_before = put_before or known[number].operation == PUT

    assert has_ground(known, one) is (put_before if one.replaces else standing)


WORDS = st.sampled_from(["put", "delete", "termination", "p"])


@example(bytes(32), "put", b"", "p", b"ut")  # where the word ends is said too
@given(st.binary(min_size=32, max_size=32), WORDS, st.binary(max_size=20), WORDS, st.binary(max_size=20))
def test_m16_digests_agree_exactly_when_operation_and_content_do(key: bytes, one: str, said: bytes, other: str, also: bytes) -> None:
    assert (digest(key, one, said) == digest(key, other, also)) is ((one, said) == (other, also))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.binary(max_size=20))
def test_a_digest_without_its_key_tells_nothing_of_the_content(key: bytes, other: bytes, said: bytes) -> None:
    assert (digest(key, PUT, said) == digest(other, PUT, said)) is (key == other)
    assert len(digest(key, PUT, said)) == 32
