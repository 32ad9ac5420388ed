"""What makes a salvaged file sound: references to what was lost, and every kept count."""

_RUNS_REFERRED_TO = """
    SELECT first_run_id AS id FROM phones UNION SELECT run_id FROM project_phones
    UNION SELECT first_run_id FROM rejected_phones UNION SELECT last_run_id FROM rejected_phones
    UNION SELECT run_id FROM run_clients UNION SELECT run_id FROM run_projects
    UNION SELECT run_id FROM run_unreadable
"""

REPAIRS = (
    # Rows whose meaning is lost with what they refer to.
    "DELETE FROM project_phones WHERE NOT EXISTS (SELECT 1 FROM phones p WHERE p.id = phone_id)",
    # Names that were lost come back with the next run; until then the number stands for them.
    """
    INSERT INTO projects (id, name, client_id, created_at)
    SELECT project_id, '#' || project_id, 0, '1970-01-01T00:00:00Z' FROM (
        SELECT project_id FROM project_phones UNION SELECT project_id FROM rejected_phones
        UNION SELECT project_id FROM run_projects)
    WHERE project_id NOT IN (SELECT id FROM projects)
    """,
    """
    UPDATE projects SET client_id = coalesce(
        (SELECT max(client_id) FROM run_projects r WHERE r.project_id = projects.id), 0)
    WHERE client_id = 0
    """,
    """
    INSERT INTO clients (id, username, created_at)
    SELECT client_id, '#' || client_id, '1970-01-01T00:00:00Z' FROM (
        SELECT client_id FROM projects UNION SELECT client_id FROM run_clients)
    WHERE client_id NOT IN (SELECT id FROM clients)
    """,
    f"""
    INSERT INTO runs (id, started_at, completed_at, status)
    SELECT id, '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'failed' FROM (
        {_RUNS_REFERRED_TO})
    WHERE id NOT IN (SELECT id FROM runs)
    """,  # noqa: S608 - our own text
    # A phone without any link was found somewhere that was lost: it stays, with what is known.
    "UPDATE phones SET projects = 0",
    """
    UPDATE phones SET projects = n.links
    FROM (SELECT phone_id, count(*) AS links FROM project_phones GROUP BY phone_id) n
    WHERE n.phone_id = phones.id
    """,
    """
    UPDATE phones SET first_project_id = l.project_id
    FROM (SELECT phone_id, min(project_id) AS project_id FROM project_phones GROUP BY phone_id) l
    WHERE l.phone_id = phones.id AND NOT EXISTS (SELECT 1 FROM project_phones f
        WHERE f.project_id = phones.first_project_id AND f.phone_id = phones.id)
    """,
    """
    UPDATE projects SET phones =
        (SELECT count(*) FROM project_phones l WHERE l.project_id = projects.id)
    """,
    """
    INSERT INTO link_days (day, links)
    SELECT date(created, 'unixepoch'), count(*) FROM project_phones
    WHERE typeof(created) = 'integer' GROUP BY 1
    """,
    # Phones of one run whose ids follow each other are one range.
    """
    INSERT INTO run_phone_ranges (run_id, first_id, last_id)
    SELECT first_run_id, min(id), max(id) FROM (
        SELECT id, first_run_id, row_number() OVER (ORDER BY id)
            - row_number() OVER (PARTITION BY first_run_id ORDER BY id) AS island FROM phones)
    GROUP BY first_run_id, island
    """,
    """
    INSERT INTO number_counts (region_id, operator_id, phones)
    SELECT r.region_id, r.operator_id, count(*)
    FROM number_ranges r CROSS JOIN phones p ON p.phone BETWEEN r.first AND r.last
    GROUP BY r.region_id, r.operator_id
    """,
    """
    UPDATE meta SET value = (SELECT coalesce(max(id), 0) FROM phones)
    WHERE key = 'numbers_counted_to'
    """,
    """
    UPDATE totals SET value = CASE name
        WHEN 'clients' THEN (SELECT count(*) FROM clients)
        WHEN 'projects' THEN (SELECT count(*) FROM projects)
        WHEN 'phones' THEN (SELECT count(*) FROM phones)
        WHEN 'links' THEN (SELECT count(*) FROM project_phones)
        WHEN 'rejected' THEN (SELECT count(*) FROM rejected_phones)
        WHEN 'records' THEN (SELECT coalesce(sum(records), 0) FROM projects)
        ELSE value END
    """,
)
