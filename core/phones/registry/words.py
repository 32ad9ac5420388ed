"""Regions and operators in the present language."""

from core.i18n import _
from core.phones.registry.countries import country
from core.phones.registry.load import GROUPS, Registry
from core.phones.registry.located import Place, PlaceKind


def place(kind: str | None, name: str | None) -> str:
    """A region as the registry spells it, a country, or 'not allocated'; empty where unknown."""
    match kind:
        case PlaceKind.REGION:
            return name or ""
        case PlaceKind.COUNTRY:
            return country(name or "")
        case PlaceKind.UNALLOCATED:
            return _("not allocated")
    return ""


def place_name(found: Place) -> str:
    return place(found.kind, found.name)


def portability() -> str:
    """What a registry cannot know."""
    return _(
        "Operator: the one that was given the range. A number may have moved to another operator."
    )


def where_from() -> str:
    """Where the files are and how they get here."""
    return _(
        "The registry of number ranges is published by the Ministry of Digital Development of"
        " Russia as four CSV files (codes from 3, 4, 8 and 9): opendata.digital.gov.ru, section"
        " 'Numbering'. Download them there and choose all four here. The program fetches nothing"
        " by itself."
    )


def missing_groups(registry: Registry) -> str:
    """Which files were not among those that were loaded, in a sentence; empty where all were."""
    missing = [f"{digit}xx" for digit in GROUPS if digit not in registry.groups]
    if not missing:
        return ""
    return _("Numbers with the codes {codes} have no region: their files are missing.").format(
        codes=", ".join(missing)
    )
