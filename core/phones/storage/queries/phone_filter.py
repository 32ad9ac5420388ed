"""What the operator typed and chose, as conditions on phones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from core.phones.storage.reader import Reader

PROJECTS_BY_NAME = 5_000  # more projects than these are no longer a choice

_NUMBER_LIKE = re.compile(r"[+\d\s()\-.–]+")


@dataclass(frozen=True, slots=True)
class PhoneFilter:
    """Everything is optional and narrows further.

    `text` is part of a number in any writing, or of the name of a project or client.
    `run_id`: stored for the first time in this run. `since` and `until` are local days of the
    first sighting, both included. Region and operator are ids of the registry of number
    ranges (core.phones.registry); nothing is found where none is loaded.
    """

    text: str = ""
    client_id: int | None = None
    project_id: int | None = None
    run_id: int | None = None
    since: date | None = None
    until: date | None = None
    region_id: int | None = None
    operator_id: int | None = None

    @property
    def located(self) -> bool:
        """Whether the registry of number ranges is asked."""
        return self.region_id is not None or self.operator_id is not None

    @property
    def number(self) -> str:
        """`text` as digits (with a leading plus if typed), empty where it is no number."""
        text = self.text.strip()
        if not _NUMBER_LIKE.fullmatch(text) or not re.search(r"\d", text):
            return ""
        return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)

    @property
    def name(self) -> str:
        """`text` as part of a name, empty where it is a number."""
        return "" if self.number else self.text.strip().casefold()

    @property
    def prefixes(self) -> Sequence[str]:
        """How a stored number could begin so that the typed text is its beginning."""
        number = self.number
        if number.startswith("+"):
            return [number]
        found = ["+" + number]
        if number.startswith("8"):
            found.append("+7" + number[1:])
        elif not number.startswith("7"):
            found.append("+7" + number)
        return found

    @property
    def infix(self) -> str:
        """What may also stand in the middle of a stored number; empty after a plus."""
        return "" if self.number.startswith("+") else self.number


@dataclass(frozen=True, slots=True)
class Conditions:
    """SQL conditions on a row of `phones`, with the values they need."""

    sql: str
    values: dict[str, Any]


# One step in an index a number: about a microsecond.
_IN_RANGE = """EXISTS (SELECT 1 FROM number_ranges g
    WHERE g.first = (SELECT max(first) FROM number_ranges WHERE first <= phones.phone)
      AND g.last >= phones.phone
      AND (:region IS NULL OR g.region_id = :region)
      AND (:operator IS NULL OR g.operator_id = :operator))"""


def conditions(where: PhoneFilter) -> Conditions:
    """Run and period; for the text there are other ways (`phone_search`)."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if where.run_id is not None:
        parts.append("phones.first_run_id = :run")
        values["run"] = where.run_id
    if where.since is not None:
        parts.append("phones.first_seen >= :since")
        values["since"] = _seconds(where.since)
    if where.until is not None:
        parts.append("phones.first_seen < :until")
        values["until"] = _seconds(where.until + timedelta(days=1))
    if where.located:
        parts.append(_IN_RANGE)
        values |= {"region": where.region_id, "operator": where.operator_id}
    return Conditions("".join(f" AND {part}" for part in parts), values)


def _seconds(day: date) -> int:
    """When this day begins here."""
    return int(datetime.combine(day, time()).astimezone().timestamp())


def number_condition(where: PhoneFilter, beginnings: bool) -> Conditions:
    """The typed number in the stored one: anywhere, or anywhere but at its beginning."""
    if not where.number:
        return Conditions("", {})
    values = {f"p{n}": prefix for n, prefix in enumerate(where.prefixes)}
    begins = " OR ".join(f"substr(phones.phone, 1, length(:{name})) = :{name}" for name in values)
    if not where.infix:
        return Conditions(f" AND ({begins})", values)
    values["infix"] = where.infix
    # The quick test stands first: it decides nearly every row.
    inside = "instr(phones.phone, :infix)"
    if beginnings:
        return Conditions(f" AND ({inside} OR {begins})", values)
    return Conditions(f" AND {inside} AND NOT ({begins})", values)


def chosen_projects(reader: Reader, where: PhoneFilter) -> list[tuple[int, int]] | None:
    """(id, phones) of the projects that client, project and name leave; None means all."""
    if where.client_id is None and where.project_id is None and not where.name:
        return None
    return [
        (project, phones)
        for project, phones in reader.rows(
            """
            SELECT p.id, p.phones FROM projects p JOIN clients c ON c.id = p.client_id
            WHERE (:client IS NULL OR p.client_id = :client)
              AND (:project IS NULL OR p.id = :project)
              AND (:name = '' OR instr(folded(p.name), :name) OR instr(folded(c.username), :name))
              AND p.phones > 0
            LIMIT :limit
            """,
            {
                "client": where.client_id,
                "project": where.project_id,
                "name": where.name,
                "limit": PROJECTS_BY_NAME,
            },
        )
    ]


def run_ranges(reader: Reader, run_id: int | None) -> list[tuple[int, int]]:
    """Ranges of phone ids to look at, ascending: those of one run, or all."""
    if run_id is None:
        newest = reader.number("SELECT max(id) FROM phones")
        return [(1, newest)] if newest else []
    return [
        (first, last)
        for first, last in reader.rows(
            "SELECT first_id, last_id FROM run_phone_ranges WHERE run_id = ? ORDER BY first_id",
            (run_id,),
        )
    ]
