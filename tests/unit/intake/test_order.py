"""Whatever the order of arrival, a record ends as if its versions had come in their own order."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from chassis.intake.order import DELETE, PUT, Meaning, Version, has_ground, judge, person_before
from contracts.identifiers import PersonId

ANNE, BART = PersonId(UUID(int=1)), PersonId(UUID(int=2))
STOP = "termination"

operations = st.lists(st.sampled_from([PUT, DELETE, STOP]), min_size=1, max_size=6)


def version(number: int, operation: str = PUT, said: str = "", person: PersonId | None = ANNE) -> Version:
    return Version(number, operation, f"{operation}{said}".encode(), person if operation == PUT else None)


def known(*versions: Version) -> Mapping[int, Version]:
    return {one.number: one for one in versions}


class Ledger:
    """A service that keeps what the record says now, and which amendment holds on it."""

    def __init__(self) -> None:
        self.known: dict[int, Version] = {}
        self.whole: int | None = None
        self.stopped: int | None = None
        self.told: tuple[int, str] | None = None

    def arrive(self, one: Version) -> Meaning:
        judged = judge(self.known, one)
        if judged.meaning in {Meaning.NEWS, Meaning.SUPERSEDED}:
            self.known[one.number] = one
        for number in [*([one.number] if judged.meaning is Meaning.NEWS else []), *judged.again]:
            self.apply(self.known[number])
        return judged.meaning

    def apply(self, one: Version) -> None:
        grounded = has_ground(self.known, one)
        if one.operation == PUT:
            self.whole, self.stopped = one.number, None
        elif one.operation == DELETE:
            self.whole, self.stopped = None, None
        elif grounded:
            self.stopped = one.number
        self.told = (one.number, "accepted" if grounded or one.operation == PUT else "waiting")

    @property
    def state(self) -> tuple[int | None, int | None, tuple[int, str] | None]:
        return self.whole, self.stopped, self.told


def after(versions: Sequence[Version]) -> Ledger:
    ledger = Ledger()
    for one in versions:
        ledger.arrive(one)
    return ledger


@given(operations, st.data())
def test_m16_any_order_of_arrival_and_any_repeats_end_the_same(done: list[str], data: st.DataObject) -> None:
    versions = [version(number, operation) for number, operation in enumerate(done, start=1)]
    repeats = data.draw(st.lists(st.sampled_from(versions), max_size=4))
    arriving = data.draw(st.permutations([*versions, *repeats]))

    assert after(arriving).state == after(versions).state


@given(operations, st.data())
def test_m16_what_was_seen_before_has_no_second_effect(done: list[str], data: st.DataObject) -> None:
    versions = [version(number, operation) for number, operation in enumerate(done, start=1)]
    ledger = after(data.draw(st.permutations(versions)))

    assert [ledger.arrive(one) for one in versions] == [Meaning.REPEATED] * len(versions)
    changed = [Version(one.number, one.operation, b"other", one.person_id) for one in versions]
    assert [ledger.arrive(one) for one in changed] == [Meaning.CONFLICT] * len(versions)


def test_a_put_below_another_put_is_superseded() -> None:
    assert judge(known(version(3)), version(2)).meaning is Meaning.SUPERSEDED


def test_a_put_below_its_early_amendment_has_its_effect_and_then_the_amendment_again() -> None:
    judged = judge(known(version(2, STOP)), version(1))
    assert (judged.meaning, list(judged.again)) == (Meaning.NEWS, [2])


def test_a_put_below_its_early_delete_only_lets_the_delete_know_that_it_came() -> None:
    judged = judge(known(version(2, DELETE)), version(1))
    assert (judged.meaning, list(judged.again)) == (Meaning.SUPERSEDED, [2])


def test_an_amendment_after_a_delete_stands_on_nothing() -> None:
    versions = known(version(1), version(2, DELETE), version(3, STOP))
    assert has_ground(versions, versions[2])
    assert not has_ground(versions, versions[3])


def test_a_delete_is_about_whom_the_last_put_below_it_was_about() -> None:
    versions = known(version(1), version(2, person=BART), version(4))
    assert person_before(versions, 3) == BART
    assert person_before(versions, 1) is None
