"""What two databases with the same numbers have in common, however each was interrupted."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

# The written form of a phone and the time of a link that several records bring depend on which of
# them came first, and so on the order of the workers: they are left out.
_TABLES = {
    "clients": "SELECT id, username FROM clients ORDER BY id",
    "projects": "SELECT id, name, client_id, status, phones, records FROM projects ORDER BY id",
    "phones": "SELECT phone, first_run_id, last_run_id, projects FROM phones ORDER BY phone",
    "links": "SELECT l.project_id, p.phone, l.run_id, l.last_run_id FROM project_phones l"
    " JOIN phones p ON p.id = l.phone_id ORDER BY 1, 2",
    "rejected": "SELECT project_id, raw, reason, first_run_id, last_run_id FROM rejected_phones"
    " ORDER BY 1, 2",
    "totals": "SELECT name, value FROM totals ORDER BY name",
    "days": "SELECT day, links FROM link_days ORDER BY day",
    "runs": "SELECT id, status, total_clients, total_projects, total_phones, new_phones,"
    " errors_count, received, known, repeated, rejected, new_links, phones_after FROM runs",
}


def contents(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(database)) as db:
        return {name: db.execute(sql).fetchall() for name, sql in _TABLES.items()}
