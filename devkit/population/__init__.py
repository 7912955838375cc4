"""The synthetic population: people who do not exist, the same for the same seed, with what the hub should make of them."""

from devkit.population.facts import Fact
from devkit.population.newcomers import Newcomer, newcomers, watermarks
from devkit.population.numbers import tst
from devkit.population.profiles import Expected, Kind
from devkit.population.pupil_profiles import LeaverExpected, PupilKind
from devkit.population.pupils import Pupil, pupils, school_watermarks

__all__ = [
    "Expected",
    "Fact",
    "Kind",
    "LeaverExpected",
    "Newcomer",
    "Pupil",
    "PupilKind",
    "newcomers",
    "pupils",
    "school_watermarks",
    "tst",
    "watermarks",
]
