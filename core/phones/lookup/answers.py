"""The rows of a checked list, by filter: a page for the window, or all of them for a file."""

import sqlite3
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from core.database.failures import storage_failure
from core.phones.lookup import scratch as sql
from core.phones.lookup.check import CheckedList, Counts, State

ROWS_A_BATCH = 5_000


class Shown(StrEnum):
    """Which rows are wanted."""

    ALL = "all"
    KNOWN = "known"
    NEW = "new"
    NO_NUMBER = "no_number"
    ERASED = "erased"
    REPEATED = "repeated"
    """A row whose number stands further up already."""


class Answer(NamedTuple):
    """One row of the list. `id` is where the next page begins; `line` counts the
    rows of the list from 1, its heading too.

    First and last sighting are Unix seconds. `reason` is a `Rejection` where `phone` is None;
    `repeats` is the line in which the number stands first, None where it is this one.
    `projects` counts those that the number is in; `project_names` and `client_names` are
    those of at most `scratch.MOST_NAMES`. Place and operator are what the registry of number
    ranges says, where one is loaded; `place_kind` is a core.phones.registry.located.PlaceKind.
    """

    id: int
    line: int
    cells: Sequence[str]
    phone: str | None
    reason: str
    state: State
    repeats: int | None
    first_seen: int | None
    last_seen: int | None
    projects: int
    project_names: str
    client_names: str
    place_kind: str = ""
    place: str = ""
    operator: str = ""


_STATES = {str(state): state for state in State}
_WHERE = {
    Shown.ALL: "",
    Shown.REPEATED: "AND r.repeats IS NOT NULL",
    **{Shown(state.value): f"AND r.state = '{state}'" for state in State},
}


def count(counts: Counts, shown: Shown) -> int:
    """How many rows the filter leaves."""
    return counts.rows if shown is Shown.ALL else int(getattr(counts, shown.value))


def page(
    checked: CheckedList, shown: Shown = Shown.ALL, after: int = 0, limit: int = 100
) -> list[Answer]:
    """Rows behind the row `after`, in the order of the list. Raises StorageFailure."""
    try:
        rows = checked.connection.execute(
            sql.ANSWERS.format(
                where=_WHERE[shown],
                place=sql.PLACE if checked.has_registry else "",
                located=sql.LOCATED if checked.has_registry else "",
            ),
            {"after": after, "limit": limit},
        ).fetchall()
    except sqlite3.Error as error:
        raise storage_failure(error, checked.database) from error
    if not checked.has_registry:
        return [
            Answer(number, line, cells.split(sql.BETWEEN_CELLS), phone, reason, _STATES[state],
                   repeats, first, last, projects, project_names or "", client_names or "")
            for (number, line, cells, phone, reason, state, repeats, first, last, projects,
                 project_names, client_names) in rows
        ]  # fmt: skip
    return [
        Answer(number, line, cells.split(sql.BETWEEN_CELLS), phone, reason, _STATES[state],
               repeats, first, last, projects, project_names or "", client_names or "", *where)
        for (number, line, cells, phone, reason, state, repeats, first, last, projects,
             project_names, client_names, *where) in rows
    ]  # fmt: skip


def batches(checked: CheckedList, shown: Shown = Shown.ALL) -> Iterator[list[Answer]]:
    """All rows that the filter leaves."""
    after = 0
    while rows := page(checked, shown, after, ROWS_A_BATCH):
        yield rows
        after = rows[-1].id
