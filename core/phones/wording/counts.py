"""Numbers with their nouns, in the plural form of the language: '5 projects'."""

from core.formats import duration, number
from core.i18n import ngettext


def projects(count: int) -> str:
    return ngettext("{n} project", "{n} projects", count).format(n=number(count))


def clients(count: int) -> str:
    return ngettext("{n} client", "{n} clients", count).format(n=number(count))


def records(count: int) -> str:
    return ngettext("{n} record", "{n} records", count).format(n=number(count))


def rows(count: int) -> str:
    return ngettext("{n} row", "{n} rows", count).format(n=number(count))


def files(count: int) -> str:
    return ngettext("{n} file", "{n} files", count).format(n=number(count))


def numbers(count: int) -> str:
    """So many phone numbers."""
    return ngettext("{n} number", "{n} numbers", count).format(n=number(count))


def new(count: int) -> str:
    """So many new ones (numbers)."""
    return ngettext("{n} new", "{n} new", count).format(n=number(count))


def known(count: int) -> str:
    """So many records of numbers that were known before the run."""
    return ngettext("{n} known", "{n} known", count).format(n=number(count))


def repeated(count: int) -> str:
    """So many records of numbers that the run had seen already."""
    return ngettext("{n} repeated", "{n} repeated", count).format(n=number(count))


def rejected_numbers(count: int) -> str:
    """So many different values that were no number; a run counts each record."""
    return ngettext("{n} rejected number", "{n} rejected numbers", count).format(n=number(count))


def rejected(count: int) -> str:
    return ngettext("{n} rejected", "{n} rejected", count).format(n=number(count))


def requests(count: int) -> str:
    return ngettext("{n} request", "{n} requests", count).format(n=number(count))


def unfinished(count: int) -> str:
    return ngettext("{n} item stayed unfinished", "{n} items stayed unfinished", count).format(
        n=number(count)
    )


def seconds(value: float) -> str:
    """A short wait: '2 s', '1 min 05 s'."""
    return duration(max(1.0, value))
