"""Data keys are held for less than a minute, and no more than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from vault.box import DataKey
from vault.cache import KEPT_S, KeyCache

KEY = DataKey.of(b"k" * 32, "a:dossier")


class Ticks:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@given(steps=st.lists(st.tuples(st.floats(0, 40), st.sampled_from("abcde"), st.booleans()), max_size=60), size=st.integers(1, 5))
def test_no_key_is_given_out_a_minute_after_it_was_asked_for(steps: list[tuple[float, str, bool]], size: int) -> None:
    ticks = Ticks()
    cache = KeyCache(size, ticks)
    asked: dict[str, float] = {}
    for passed, name, put in steps:
        ticks.at += passed
        if put:
            asked[name] = ticks.at
            cache.put(name, KEY, ticks.at)
        elif cache.get(name) is not None:
            assert ticks.at - asked[name] < KEPT_S


def test_the_least_recently_used_key_makes_room() -> None:
    cache = KeyCache(2, Ticks())
    cache.put("a", KEY, 0)
    cache.put("b", KEY, 0)
    assert cache.get("a") is KEY

    cache.put("c", KEY, 0)

    assert [cache.get(name) is KEY for name in "abc"] == [True, False, True]


def test_a_key_whose_time_is_over_is_not_even_held() -> None:
    ticks = Ticks()
    cache = KeyCache(1000, ticks)
    for number in range(500):
        cache.put(f"old {number}", KEY, ticks.at)
    ticks.at = KEPT_S / 2
    cache.put("younger", KEY, ticks.at)

    ticks.at = KEPT_S
    cache.put("new", KEY, ticks.at)

    assert len(cache) == 2
    assert cache.get("younger") is cache.get("new") is KEY


def test_age_counts_from_the_asking_not_from_the_answer() -> None:
    ticks = Ticks()
    cache = KeyCache(2, ticks)
    asked_at = cache.now()
    ticks.at = 30
    cache.put("a", KEY, asked_at)

    ticks.at = KEPT_S

    assert cache.get("a") is None


def test_a_dropped_key_is_gone_at_once() -> None:
    cache = KeyCache(2, Ticks())
    cache.put("a", KEY, 0)

    cache.drop(["a", "never held"])

    assert cache.get("a") is None
