"""What a check found, in the present language."""

from core.i18n import _
from core.phones import wording
from core.phones.lookup.answers import Shown
from core.phones.lookup.check import State
from core.phones.numbers.outcome import Rejection
from core.tables.columns import Kind

HEADINGS: dict[str, tuple[Kind, int]] = {
    "answer": (Kind.TEXT, 14),
    "number": (Kind.TEXT, 16),
    "reason": (Kind.TEXT, 24),
    "repeats_row": (Kind.INTEGER, 14),
    "first_seen_at": (Kind.TEXT, 18),
    "last_seen_at": (Kind.TEXT, 18),
    "projects": (Kind.INTEGER, 10),
    "project_names": (Kind.TEXT, 40),
    "client_names": (Kind.TEXT, 28),
    "region": (Kind.TEXT, 36),
    "operator": (Kind.TEXT, 28),
}
"""The columns of the answer, by their names for programs: kind, and width in characters."""
OF_THE_REGISTRY = ("region", "operator")
"""Columns that are left out where no registry of number ranges is loaded."""


def heading(name: str) -> str:
    """The heading of a column of the answer."""
    return {
        "answer": _("Answer"),
        "number": _("Number"),
        "reason": _("Why it is no number"),
        "repeats_row": _("Stands first in row"),
        "first_seen_at": _("First seen"),
        "last_seen_at": _("Last seen"),
        "projects": _("In projects"),
        "project_names": _("Projects"),
        "client_names": _("Clients"),
        "region": _("Region"),
        "operator": _("Operator"),
    }[name]


def state_word(state: State) -> str:
    """The answer for one row."""
    return {
        State.KNOWN: _("known"),
        State.NEW: _("new"),
        State.NO_NUMBER: _("no number"),
        State.ERASED: _("erased"),
    }[state]


def shown_word(shown: Shown) -> str:
    """A filter as it is called in the window."""
    return {
        Shown.ALL: _("All rows"),
        Shown.KNOWN: _("Known"),
        Shown.NEW: _("New"),
        Shown.NO_NUMBER: _("No numbers"),
        Shown.ERASED: _("Erased"),
        Shown.REPEATED: _("Repeated"),
    }[shown]


def reason(code: str) -> str:
    """Why a cell is no number; empty where it is one."""
    return wording.rejection(Rejection(code)) if code else ""
