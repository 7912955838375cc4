"""Names and languages to draw from; the combinations are nobody's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Background:
    """A language of contact with family and given names that are heard with it; diacritics on purpose."""

    language: str
    family: tuple[str, ...]
    given: tuple[str, ...]


BACKGROUNDS = (
    Background("tr", ("Çelikdağ", "Gümüşoğlu", "Işıksoy"), ("Ayşegül", "Ömür", "Şevval")),  # noqa: RUF001 - Turkish has a dotless i
    Background("ar", ("Al-Nasiri", "Ben Haddouch", "El Qamari"), ("Nourhane", "Yassir", "Zoulikha")),
    Background("uk", ("Dubovychenko", "Kalynivska", "Zorianyk"), ("Bohdanko", "Liudmyla", "Oles")),
    Background("ps", ("Spinghari", "Wardakzoy"), ("Gulalai", "Zmarak")),
    Background("pl", ("Brzęczykiewska", "Łąkowicz", "Źródlański"), ("Bożenna", "Święcimir", "Zdzisława")),
    Background("es", ("Ibáñezcruz", "Peñaflorida", "Zúñigares"), ("Begoña", "Íñigo", "Rocío")),
    Background("vi", ("Đặngquang", "Nguyễnhà"), ("Thuỳ Ân", "Phước Lộc")),
    Background("so", ("Warsamqase", "Xirsinuur"), ("Hodanley", "Cabdiqani")),
    Background("ti", ("Tesfalidet-Ghirmay", "Woldezghi"), ("Mebrahtom", "Selamawita")),
    Background("ro", ("Brâncovescu-Nadă", "Țintărescu"), ("Ștefăniță", "Mădălina")),
    Background("fr", ("D'Ambrevalle", "Ngoyi-Mukeba"), ("Aurélien-Noé", "Chloé-Françoise")),
    Background("en", ("O'Brannagh", "Adeyinka-Cole"), ("Siobhánne", "Temitayo")),
)

SCHOOL_NAMES = Background(
    "nl",
    ("Vanverzinsel", "De Fictieve", "Proefmans-Maes", "Van den Nergens", "D'Hondtverzin", "Sjabloonaert"),
    ("Lowiekje", "Fientje", "Seppe-Jan", "Noorke", "Yara-Lou", "Joppe", "Renée"),
)

STREETS = ("Proefstraat", "Fictielaan", "Voorbeeldplein", "Sjabloonweg", "Verzonnen Dreef", "Café-au-laitsteeg")
