"""Whether everything that a database file keeps twice agrees, counted by plain SQL."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

# Each must give no rows.
CONTRADICTIONS = {
    "totals": """
        SELECT name, value, counted FROM (
            SELECT name, value, CASE name
                WHEN 'clients' THEN (SELECT count(*) FROM clients)
                WHEN 'projects' THEN (SELECT count(*) FROM projects)
                WHEN 'phones' THEN (SELECT count(*) FROM phones)
                WHEN 'links' THEN (SELECT count(*) FROM project_phones)
                WHEN 'rejected' THEN (SELECT count(*) FROM rejected_phones)
                WHEN 'records' THEN (SELECT coalesce(sum(records), 0) FROM projects)
            END AS counted FROM totals)
        WHERE counted IS NOT NULL AND value <> counted""",
    "phones of projects": """
        SELECT id, phones FROM projects p
        WHERE phones <> (SELECT count(*) FROM project_phones l WHERE l.project_id = p.id)""",
    "projects of phones": """
        SELECT p.id, p.projects, coalesce(n, 0) FROM phones p LEFT JOIN
            (SELECT phone_id, count(*) AS n FROM project_phones GROUP BY 1) ON phone_id = p.id
        WHERE p.projects <> coalesce(n, 0)""",
    "days": """
        SELECT day, links, counted FROM
            (SELECT date(created, 'unixepoch') AS d, count(*) AS counted FROM project_phones
             WHERE typeof(created) = 'integer' GROUP BY 1)
            FULL JOIN link_days ON day = d
        WHERE links IS NOT counted""",
    "ranges": """
        SELECT p.id, p.first_run_id FROM phones p LEFT JOIN run_phone_ranges r
            ON p.id BETWEEN r.first_id AND r.last_id
        GROUP BY p.id HAVING count(*) <> 1 OR max(r.run_id) IS NOT p.first_run_id""",
    "records of runs": """
        SELECT id FROM runs WHERE received <> new_phones + known + repeated + rejected
            OR total_phones <> received - rejected""",
    "records of projects in runs": """
        SELECT run_id, project_id FROM run_projects
        WHERE received <> new_phones + known + repeated + rejected""",
    "projects of runs": """
        SELECT id FROM runs JOIN (
            SELECT run_id, sum(new_phones) AS new, sum(known) AS known, sum(rejected) AS rejected,
                sum(new_links) AS links FROM run_projects GROUP BY 1) s ON s.run_id = id
        WHERE runs.new_phones <> s.new OR runs.known <> s.known OR runs.rejected <> s.rejected
            OR runs.new_links <> s.links""",
    "first projects": """
        SELECT id FROM phones WHERE (projects > 0 OR first_run_id > 0)
            AND NOT EXISTS (SELECT 1 FROM project_phones l
            WHERE l.project_id = first_project_id AND l.phone_id = phones.id)""",
    "foreign keys": "PRAGMA foreign_key_check",
}


def contradictions(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What does not agree, by name; empty where all is well."""
    with closing(sqlite3.connect(path)) as db:
        found = {name: db.execute(sql).fetchmany(5) for name, sql in CONTRADICTIONS.items()}
        check = [row for row in db.execute("PRAGMA integrity_check") if row != ("ok",)]
    found["file"] = check
    return {name: rows for name, rows in found.items() if rows}
