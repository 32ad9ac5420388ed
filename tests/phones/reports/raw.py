"""The tables of a database as they are, and what each report must hold, counted from them."""

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from core.phones.registry.made_up import made_up_rows
from core.phones.reports.names import ReportName


class Raw:
    """The tables as they are, read without any of our queries."""

    def __init__(self, path: Path) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        with closing(sqlite3.connect(path)) as db:
            db.row_factory = sqlite3.Row
            for table in (
                *("clients", "projects", "phones", "project_phones", "runs"),
                *("rejected_phones", "run_clients", "run_projects"),
            ):
                rows = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
                self.tables[table] = [dict(row) for row in rows]
        self.client = {row["id"]: row["username"] for row in self.tables["clients"]}
        self.project = {row["id"]: row for row in self.tables["projects"]}

    def expected(self, name: ReportName, run: int) -> list[tuple[Any, ...]]:
        return getattr(self, f"_{name}")(run)

    def _aggregated(self, run: int) -> list[tuple[Any, ...]]:
        total = Counter(link["project_id"] for link in self.tables["project_phones"])
        new = Counter(
            link["project_id"] for link in self.tables["project_phones"] if link["run_id"] == run
        )
        return [
            (p["name"], total[i], new[i], i, p["client_id"], self.client[p["client_id"]])
            for i, p in self.project.items()
        ]

    def _summary(self, _run: int) -> list[tuple[Any, ...]]:
        names = (
            *("id", "started_at", "completed_at", "status", "total_clients", "total_projects"),
            *("total_phones", "new_phones", "errors_count"),
        )
        return [tuple(row[name] for name in names) for row in self.tables["runs"]]

    def _growth(self, _run: int) -> list[tuple[Any, ...]]:
        found = []
        for row in self.tables["runs"]:
            phones = self.tables["phones"]
            so_far = sum(phone["first_run_id"] <= row["id"] for phone in phones)
            new = sum(phone["first_run_id"] == row["id"] for phone in phones)
            percent = round(100 * new / (so_far - new), 2) if so_far > new else None
            started, total = row["started_at"], row["total_phones"]
            found.append((row["id"], started, total, new, so_far, percent))
        return found

    def _clients(self, run: int) -> list[tuple[Any, ...]]:
        first: dict[int, dict[int, int]] = defaultdict(dict)
        for link in self.tables["project_phones"]:
            client = self.project[link["project_id"]]["client_id"]
            seen = first[client].get(link["phone_id"], link["run_id"])
            first[client][link["phone_id"]] = min(seen, link["run_id"])
        projects = Counter(row["client_id"] for row in self.project.values())
        return [
            (i, name, projects[i], len(first[i]), sum(r == run for r in first[i].values()))
            for i, name in self.client.items()
        ]

    def _phones(self, _run: int) -> list[tuple[Any, ...]]:
        links = Counter(link["phone_id"] for link in self.tables["project_phones"])
        names = ("phone", "original_format", "first_seen_at", "last_seen_at", "first_run_id")
        return [(*(row[name] for name in names), links[row["id"]]) for row in self.tables["phones"]]

    def _new(self, run: int) -> list[tuple[Any, ...]]:
        found = []
        for row in self.tables["phones"]:
            if row["first_run_id"] == run:
                project = self.project[row["first_project_id"]]
                client = project["client_id"]
                found.append(
                    (
                        *(row["phone"], row["first_seen_at"], project["id"], project["name"]),
                        *(client, self.client[client]),
                    )
                )
        return found

    def _places(self) -> list[tuple[str, str, str]]:
        """Region, operator and its ИНН of each phone, from the rows of the made-up registry."""
        blocks = {
            (code, int(first) // 250_000): (region.split("|")[-1], operator, inn)
            for code, first, _last, _n, operator, region, _gar, inn in made_up_rows()
        }
        nobody = ("not allocated", "", "")
        return [
            blocks.get((row["phone"][2:5], int(row["phone"][5:]) // 250_000), nobody)
            for row in self.tables["phones"]
        ]

    def _located(self, _run: int) -> list[tuple[Any, ...]]:
        return [
            (row["phone"], *place, row["first_seen_at"], row["first_run_id"], row["projects"])
            for row, place in zip(self.tables["phones"], self._places(), strict=True)
        ]

    def _regions(self, _run: int) -> list[tuple[Any, ...]]:
        """Those of equally many numbers in the order in which the registry names them first."""
        counts = Counter(self._places())
        regions = list(dict.fromkeys(row[5].split("|")[-1] for row in made_up_rows()))
        owners = list(dict.fromkeys(row[4] for row in made_up_rows()))
        order = [*regions, "not allocated"]
        return [
            (region, operator, number, round(100 * number / counts.total(), 2))
            for (region, operator, _inn), number in sorted(
                counts.items(),
                key=lambda item: (
                    -item[1],
                    order.index(item[0][0]),
                    owners.index(item[0][1]) if item[0][1] else -1,
                ),
            )
        ]

    def _rejected(self, _run: int) -> list[tuple[Any, ...]]:
        names = ("project_id", "raw", "reason", "first_run_id", "last_run_id")
        return [tuple(row[name] for name in names) for row in self.tables["rejected_phones"]]

    def _errors(self, run: int) -> list[tuple[Any, ...]]:
        clients = [
            (
                *("client", r["client_id"], self.client[r["client_id"]], None, "", r["reason"], ""),
                "no connection to the server",
            )
            for r in self.tables["run_clients"]
            if r["run_id"] == run and r["state"] == "failed"
        ]
        projects = [
            (
                *("project", r["client_id"], self.client[r["client_id"]], r["project_id"]),
                *(self.project[r["project_id"]]["name"], r["reason"], r["detail"]),
                "the server answered 502",
            )
            for r in self.tables["run_projects"]
            if r["run_id"] == run and r["state"] == "failed"
        ]
        return clients + sorted(projects, key=lambda row: (row[1], row[3]))
