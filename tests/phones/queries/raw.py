"""The tables of a made database as dictionaries, to count in Python what the queries count."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.synthetic_data import Size

SIZE = Size(phones=3000, links=7000, clients=40, projects=90, runs=5)


class Raw:
    """The tables as dictionaries, read without any of our queries."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            db.row_factory = sqlite3.Row
            for table in ("clients", "projects", "phones", "project_phones", "runs"):
                rows = [dict(row) for row in db.execute(f"SELECT * FROM {table}")]
                setattr(self, table, rows)
            self.rejected = [dict(row) for row in db.execute("SELECT * FROM rejected_phones")]
            self.run_projects = [dict(row) for row in db.execute("SELECT * FROM run_projects")]
        self.project = {row["id"]: row for row in self.projects}
        self.client = {row["id"]: row for row in self.clients}
        self.seen_in: dict[int, set[int]] = defaultdict(set)
        for link in self.project_phones:
            self.seen_in[link["phone_id"]].add(link["project_id"])

    clients: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    phones: list[dict[str, Any]]
    project_phones: list[dict[str, Any]]
    runs: list[dict[str, Any]]
