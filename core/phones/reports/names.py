"""What reports are called, how they are written, and by what they can be narrowed."""

from enum import StrEnum


class ReportName(StrEnum):
    """The names of the command line and of files; a contract."""

    AGGREGATED = "aggregated"
    SUMMARY = "summary"
    GROWTH = "growth"
    CLIENTS = "clients"
    PHONES = "phones"
    NEW = "new"
    REJECTED = "rejected"
    ERRORS = "errors"
    LOCATED = "located"
    REGIONS = "regions"
    BASE = "base"
    ALL = "all"


class Narrowing(StrEnum):
    """What a report can be narrowed by."""

    RUN = "run"
    PERIOD = "period"
    CLIENTS = "clients"
    PLACE = "place"
    """Region and operator."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def called(self) -> str:
        """As operators call it."""
        return "Excel" if self is Format.XLSX else "CSV"


class Headers(StrEnum):
    """Whether a table is for people (words) or for programs (the names of the contract)."""

    WORDS = "words"
    NAMES = "names"
