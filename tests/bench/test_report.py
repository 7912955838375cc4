"""What the page says of figures that are known."""

from statistics import median

from tests.bench.measuring import Found
from tests.bench.report import page, ratios
from tests.bench.sampling import Profile


def _found(rate: float, cpu: float) -> Found:
    some = [rate, rate * 1.1, rate * 0.9]
    return Found(
        rates=some,
        cpu=[cpu] * 3,
        postgres=[cpu / 2],
        kafka=[0.1],
        memory=[100.0],
        p50=[10.0],
        p95=[20.0],
        trickle=[5.0],
        idle=[1.0],
        foreign=[0.0],
    )


def test_each_ratio_is_made_of_medians_and_told_with_its_target() -> None:
    found = {"bare": _found(10_000, 0.1), "idiomatic": _found(100, 14), "hub": _found(2_000, 0.5)}

    against_bare, against_idiomatic, cpu, *_ = ratios(found)

    assert (against_bare.value, against_idiomatic.value, round(cpu.value, 9)) == (0.2, 20, 5)
    assert all(ratio.row.endswith("| yes |") for ratio in (against_bare, against_idiomatic, cpu))
    assert median(found["hub"].rates) == 2_000


def test_a_target_that_is_missed_says_so() -> None:
    found = {"bare": _found(10_000, 0.1), "idiomatic": _found(100, 14), "hub": _found(1_000, 0.7)}

    text = page(found, quick=True)

    assert "| journeys/s against `bare` | 0.1x | at least 0.15x | not yet |" in text
    assert "A quick run." in text


def test_without_all_three_there_are_figures_and_no_ratios() -> None:
    text = page({"hub": _found(1_000, 0.7)}, quick=True)

    assert "Against the targets" not in text
    assert "| journeys/s in a burst | 1,000 (900 to 1,100) |" in text


def test_who_waits_for_work_does_none() -> None:
    profile = Profile()

    profile.add(["run (asyncio/base_events.py:1)", "EpollSelector.select (selectors.py:468)"], 90)
    profile.add(["run (asyncio/base_events.py:1)", "take (chassis/intake/take.py:60)", "dumps (json/__init__.py:1)"], 10)

    assert profile.samples == 10
    assert profile.ours == {"take (chassis/intake/take.py)": 10}
    assert profile.own == {"dumps (json/__init__.py)": 10}
