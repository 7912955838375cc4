"""The legal basis of each data flow: who may tell whom what, why, and between which dates.

Since 26 June 2018 every structural electronic communication of personal data by a Flemish body to another needs a protocol (e-government
decree of 18 July 2008, article 8). The texts below are what public sources say; nothing here is a signed protocol, so no row is `verified`
yet, and outside the sandbox only verified rows let data flow.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.errors import DeclarationError, UnknownFlow


class Standing(StrEnum):
    """How sure the legal basis is."""

    VERIFIED = "verified"  # read in the signed protocol or the law in force
    UNVERIFIED = "unverified"  # a public source says so; the text in force was not read
    PROPOSAL = "proposal"  # ours: needed for the journey, no source found


@dataclass(frozen=True, slots=True)
class DataFlow:
    """One protocol: a row of the register that article 8 asks to publish. Both ends of the validity count."""

    flow: str
    protocol_id: str
    provider: str
    recipient: str
    legal_basis: str
    purpose: str
    elements: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    standing: Standing
    source: str

    def covers(self, on: date) -> bool:
        """Whether it is valid on that date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


# The component "registration with VDAB" of the integration programme exists since then (agii.be).
_INTEGRATION_REFORM = date(2022, 3, 1)
# The protocol duty began (vtc.corve.be/protocol.php).
_PROTOCOL_DUTY = date(2018, 6, 26)
# The VDAB decree's section on electronic communication came into force (decree of 24 April 2015, article 35).
_ELECTRONIC_COMMUNICATION = date(2016, 1, 1)

FLOWS: tuple[DataFlow, ...] = (
    DataFlow(
        flow="educationToRegistration",
        protocol_id="hub:educationToRegistration:1",
        provider="AGODI, AHOVOKS",
        recipient="VDAB",
        legal_basis="VDAB decree of 7 May 2004; e-government decree of 18 July 2008, article 8",
        purpose="Register young people who leave secondary education without a qualification as jobseekers",
        elements=("ssin", "familyName", "givenName", "birthDate", "address", "schoolYear", "leavingDate", "decisionOfTheFeed"),
        valid_from=_PROTOCOL_DUTY,
        valid_to=None,
        standing=Standing.UNVERIFIED,
        source="VTC deliberation 26/2012 (predecessor); coalition agreement 3.2.1.2 (policy, no decree basis for registration found)",
    ),
    DataFlow(
        flow="integrationToRegistration",
        protocol_id="hub:integrationToRegistration:1",
        provider="Agentschap Integratie en Inburgering, Atlas, Amal, Huis van het Nederlands Brussel",
        recipient="VDAB",
        legal_basis="Integration decree of 7 June 2013 as in force since 1 March 2022; Flemish Government, 29 January 2016",
        purpose="Have newcomers with a perspective on the labour market registered with VDAB within the term after signing their contract",
        elements=(
            *("ssin", "familyName", "givenName", "birthDate", "contactLanguage"),
            *("contractDate", "agency", "duty", "decisionOfTheFeed", "terms"),
        ),
        valid_from=_INTEGRATION_REFORM,
        valid_to=None,
        standing=Standing.UNVERIFIED,
        source="agii.be, change of the integration decree; coalition agreement 3.2.1.2",
    ),
    DataFlow(
        flow="registrationToEducation",
        protocol_id="hub:registrationToEducation:1",
        provider="VDAB",
        recipient="AGODI, AHOVOKS",
        legal_basis="e-government decree of 18 July 2008, article 8; GDPR article 5(1)(d): accuracy",
        purpose="Tell the source of a record what became of that record, never a person's status at VDAB",
        elements=("recordReference", "result", "reasonAboutTheRecord"),
        valid_from=_PROTOCOL_DUTY,
        valid_to=None,
        standing=Standing.PROPOSAL,
        source="proposal: education gets aggregates and outcomes about its own data only",
    ),
    DataFlow(
        flow="registrationToIntegration",
        protocol_id="hub:registrationToIntegration:1",
        provider="VDAB",
        recipient="Agentschap Integratie en Inburgering, Atlas, Amal, Huis van het Nederlands Brussel",
        legal_basis="Integration decree of 7 June 2013 as in force since 1 March 2022",
        purpose="Let the agency follow up the component registration with VDAB of the integration programme",
        elements=("registered", "registrationDate", "participation", "personChange"),
        valid_from=_INTEGRATION_REFORM,
        valid_to=None,
        standing=Standing.UNVERIFIED,
        source="coalition agreement 3.2.1.2 (exchange between VDAB, the agency, local governments and education)",
    ),
    DataFlow(
        flow="registrationToNotification",
        protocol_id="hub:registrationToNotification:1",
        provider="VDAB",
        recipient="VDAB",
        legal_basis="VDAB decree of 7 May 2004, chapter VI section 4; Bestuursdecreet of 7 December 2018, II.19-II.23/1; GDPR article 14",
        purpose="Tell a person of their registration, with legal effect, on a lawful channel",
        elements=("familyName", "givenName", "birthDate", "ssin", "address", "contactLanguage", "registration", "decision"),
        valid_from=_ELECTRONIC_COMMUNICATION,
        valid_to=None,
        standing=Standing.UNVERIFIED,
        source="besox.be, 31 May 2015 (the section's content); codex id 1013063, wording after 2020 not read",
    ),
    DataFlow(
        flow="integrationToNotification",
        protocol_id="hub:integrationToNotification:1",
        provider="VDAB",
        recipient="VDAB",
        legal_basis="VDAB decree of 7 May 2004, chapter VI section 4",
        purpose="Remind a newcomer of the term in which to register",
        elements=("familyName", "givenName", "address", "contactLanguage", "terms"),
        valid_from=_INTEGRATION_REFORM,
        valid_to=None,
        standing=Standing.PROPOSAL,
        source="proposal: reminders 30 and 45 days after the contract are policy of the hub",
    ),
)


def check(flows: Sequence[DataFlow]) -> None:
    """See that a register makes sense.

    Raises:
        DeclarationError: an empty text, a validity that ends before it begins, an id used twice, or two protocols of one flow on one day.
    """
    if len({row.protocol_id for row in flows}) != len(flows):
        raise DeclarationError("a protocol id is used twice")
    for row in flows:
        if not all((row.flow, row.protocol_id, row.provider, row.recipient, row.legal_basis, row.purpose, row.elements, row.source)):
            raise DeclarationError(f"protocol {row.protocol_id} leaves a field empty")
        if row.valid_to is not None and row.valid_to < row.valid_from:
            raise DeclarationError(f"protocol {row.protocol_id} ends before it begins")
        others = [other for other in flows if other.flow == row.flow and other is not row]
        if any(other.covers(row.valid_from) for other in others):
            raise DeclarationError(f"protocol {row.protocol_id} overlaps another of {row.flow}")


check(FLOWS)
NAMES: frozenset[str] = frozenset(row.flow for row in FLOWS)
_CURRENT: dict[str, DataFlow] = {row.flow: row for row in sorted(FLOWS, key=lambda row: row.valid_from)}


def protocol(flow: str) -> DataFlow:
    """The newest protocol of a flow.

    Raises:
        UnknownFlow: no flow has this name.
    """
    try:
        return _CURRENT[flow]
    except KeyError:
        raise UnknownFlow(flow) from None


def protocol_id(flow: str) -> str:
    """The id under which its newest protocol is published; the envelope's `protocolid`."""
    return protocol(flow).protocol_id


def valid(flow: str, on: date, *, sandbox: bool, rows: Iterable[DataFlow] = FLOWS) -> bool:
    """Whether the shipped protocols let data flow on that date; outside the sandbox only verified ones do.

    Raises:
        UnknownFlow: no flow has this name.
    """
    protocol(flow)
    return any(row.flow == flow and row.covers(on) and (sandbox or row.standing is Standing.VERIFIED) for row in rows)
