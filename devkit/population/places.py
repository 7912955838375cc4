"""Municipalities that people of the population live in, by region."""

from dataclasses import dataclass

from contracts.identifiers import W13, NisCode

_W13_POST_CODES = {
    "34002": "8570",
    "34003": "8580",
    "34009": "8540",
    "34013": "8530",
    "34022": "8500",
    "34023": "8520",
    "34025": "8860",
    "34027": "8930",
    "34040": "8790",
    "34041": "8560",
    "34042": "8550",
    "34043": "8587",
    "33029": "8940",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality with one of its post codes."""

    nis: NisCode
    name: str
    post_code: str


def _places(*rows: tuple[str, str, str]) -> tuple[Place, ...]:
    return tuple(Place(NisCode(nis), name, post_code) for nis, name, post_code in rows)


W13_PLACES = tuple(Place(row.nis, row.name, _W13_POST_CODES[row.nis.value]) for row in W13)
FLEMISH = W13_PLACES + _places(
    ("11002", "Antwerpen", "2060"),
    ("12025", "Mechelen", "2800"),
    ("13040", "Turnhout", "2300"),
    ("23088", "Vilvoorde", "1800"),
    ("24062", "Leuven", "3000"),
    ("31005", "Brugge", "8000"),
    ("35013", "Oostende", "8400"),
    ("36015", "Roeselare", "8800"),
    ("41002", "Aalst", "9300"),
    ("44021", "Gent", "9000"),
    ("71016", "Genk", "3600"),
)
BRUSSELS = _places(("21004", "Brussel", "1000"), ("21001", "Anderlecht", "1070"), ("21015", "Schaarbeek", "1030"))
WALLOON = _places(("62063", "Luik", "4000"), ("92094", "Namen", "5000"), ("52011", "Charleroi", "6000"), ("63023", "Eupen", "4700"))
