"""Identifiers of people, enterprises, municipalities and phones: checked when made, masked when shown."""

from contracts.identifiers.enterprise import EnterpriseNumber, EnterpriseReason
from contracts.identifiers.incomplete import IncompleteDate
from contracts.identifiers.municipality import W13, Municipality, NisCode, NisReason, Region
from contracts.identifiers.person import PersonId
from contracts.identifiers.phone import PhoneNumber, PhoneReason
from contracts.identifiers.reckoning import birthday, months_later
from contracts.identifiers.ssin import Mode, Ssin, SsinCheck, SsinKind, SsinReason, check_ssin, shows_ssin, without_separators

__all__ = [
    "W13",
    "EnterpriseNumber",
    "EnterpriseReason",
    "IncompleteDate",
    "Mode",
    "Municipality",
    "NisCode",
    "NisReason",
    "PersonId",
    "PhoneNumber",
    "PhoneReason",
    "Region",
    "Ssin",
    "SsinCheck",
    "SsinKind",
    "SsinReason",
    "birthday",
    "check_ssin",
    "months_later",
    "shows_ssin",
    "without_separators",
]
