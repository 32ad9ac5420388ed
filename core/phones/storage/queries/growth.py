"""Growth by day, and which clients and projects a run found most new phones in."""

from dataclasses import dataclass
from datetime import date

from core.phones.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class DayCount:
    """Links whose `created_at` (the server's own time) lies on this day."""

    day: date
    links: int


def growth_by_day(reader: Reader) -> list[DayCount]:
    """Every day that has links, in order of time."""
    rows = reader.rows("SELECT day, links FROM link_days WHERE links > 0 ORDER BY day")
    return [DayCount(date.fromisoformat(day), links) for day, links in rows]


@dataclass(frozen=True, slots=True)
class TopRow:
    """A client, or a project of it, and the phones a run stored for the first time there."""

    client_id: int
    client: str
    project_id: int | None
    project: str
    new_phones: int


def top_projects(reader: Reader, run_id: int, limit: int = 10) -> list[TopRow]:
    """The projects with most new phones of a run; a phone counts where it was first seen."""
    rows = reader.rows(
        """
        SELECT t.client_id, c.username, t.project_id, p.name, t.new_phones
        FROM (SELECT client_id, project_id, new_phones FROM run_projects
              WHERE run_id = ? AND new_phones > 0
              ORDER BY new_phones DESC, project_id LIMIT ?) t
        JOIN clients c ON c.id = t.client_id JOIN projects p ON p.id = t.project_id
        ORDER BY t.new_phones DESC, t.project_id
        """,
        (run_id, limit),
    )
    return [TopRow(*row) for row in rows]


def top_clients(reader: Reader, run_id: int, limit: int = 10) -> list[TopRow]:
    """The clients with most new phones of a run; a phone counts where it was first seen."""
    rows = reader.rows(
        """
        SELECT t.client_id, c.username, t.new FROM (
            SELECT client_id, sum(new_phones) AS new FROM run_projects WHERE run_id = ?
            GROUP BY client_id HAVING new > 0 ORDER BY new DESC, client_id LIMIT ?) t
        JOIN clients c ON c.id = t.client_id ORDER BY t.new DESC, t.client_id
        """,
        (run_id, limit),
    )
    return [TopRow(row[0], row[1], None, "", row[2]) for row in rows]
