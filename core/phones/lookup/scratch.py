"""The tables of a check, in a file without a name that is gone with the process.

The collected database is attached read-only as `base`.
"""

BETWEEN_CELLS = "\x1f"  # the unit separator: ten times as fast as JSON

TABLES = """
CREATE TABLE list_rows (
    id INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,       -- row of the list, from 1; empty ones are not counted
    cells TEXT NOT NULL,         -- all cells of the row, with BETWEEN_CELLS between them
    phone TEXT,                  -- E.164, NULL where there is none
    reason TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'no_number',
    repeats INTEGER              -- the line where the same number stands first
);
CREATE TABLE numbers (           -- each number of the list once, in order
    id INTEGER PRIMARY KEY,
    phone TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    first_line INTEGER NOT NULL,
    times INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'new',
    phone_id INTEGER,
    first_seen INTEGER,
    last_seen INTEGER,
    projects INTEGER NOT NULL DEFAULT 0,
    project_id INTEGER           -- the only one it is in
);
CREATE TABLE sightings (         -- of those that are in several projects
    phone_id INTEGER NOT NULL,
    project_id INTEGER NOT NULL,
    PRIMARY KEY (phone_id, project_id)
) WITHOUT ROWID;
"""

GATHER = """
INSERT INTO numbers (phone, first_row, first_line, times)
SELECT phone, min(id), min(line), count(*) FROM list_rows WHERE phone IS NOT NULL
GROUP BY phone ORDER BY phone
"""

INDEX_NUMBERS = "CREATE UNIQUE INDEX numbers_by_phone ON numbers (phone)"

# In the order of numbers: neighbours stand side by side in the index of `base.phones`.
ASK_BASE = """
UPDATE numbers SET
    state = 'known', phone_id = p.id, first_seen = p.first_seen, last_seen = p.last_seen,
    projects = p.projects,
    project_id = CASE WHEN p.projects = 1 THEN p.first_project_id END
FROM base.phones p
WHERE numbers.id BETWEEN ? AND ? AND p.phone = numbers.phone
"""

IN_SEVERAL = "SELECT count(*) FROM numbers WHERE projects > 1"
INDEX_SEVERAL = "CREATE UNIQUE INDEX numbers_in_several ON numbers (phone_id) WHERE projects > 1"

# Two ways to the projects of many numbers: each number asks each project, or all links are read.
PROBE_PROJECTS = """
INSERT INTO sightings
SELECT n.phone_id, p.id FROM numbers n
CROSS JOIN base.projects p
CROSS JOIN base.project_phones l ON l.project_id = p.id AND l.phone_id = n.phone_id
WHERE n.projects > 1 AND n.phone_id > ? AND n.phone_id <= ?
"""
READ_LINKS = """
INSERT INTO sightings
SELECT l.phone_id, l.project_id FROM base.project_phones l
JOIN numbers n ON n.phone_id = l.phone_id AND n.projects > 1
WHERE l.project_id BETWEEN ? AND ?
"""

JUDGE_ROWS = """
UPDATE list_rows SET
    state = n.state,
    repeats = CASE WHEN list_rows.id > n.first_row THEN n.first_line END
FROM numbers n WHERE n.phone = list_rows.phone AND list_rows.id BETWEEN ? AND ?
"""

INDEX_ROWS = """
CREATE INDEX rows_by_state ON list_rows (state);
CREATE INDEX rows_repeated ON list_rows (id) WHERE repeats IS NOT NULL;
"""

COUNT_STATES = "SELECT state, count(*) FROM list_rows GROUP BY state"
COUNT_REPEATED = "SELECT count(*) FROM list_rows WHERE repeats IS NOT NULL"
COUNT_DISTINCT = "SELECT count(*) FROM numbers"

PLACE = ", coalesce(g.kind, ''), coalesce(g.name, ''), coalesce(o.name, '')"
LOCATED = """
LEFT JOIN base.number_ranges a ON a.last >= page.phone
    AND a.first = (SELECT max(first) FROM base.number_ranges WHERE first <= page.phone)
LEFT JOIN base.number_regions g ON g.id = a.region_id
LEFT JOIN base.number_operators o ON o.id = a.operator_id
"""

# `{names}` of at most so many projects, then as many more as there are.
MOST_NAMES = 20
ANSWERS = f"""
WITH page AS (
    SELECT r.id, r.line, r.cells, r.phone, r.reason, r.state, r.repeats
    FROM list_rows r WHERE r.id > :after {{where}} ORDER BY r.id LIMIT :limit)
SELECT page.*, n.first_seen, n.last_seen, coalesce(n.projects, 0),
    CASE WHEN n.projects > 1 THEN
        (SELECT group_concat(name, '; ') FROM (
            SELECT p.name FROM sightings s JOIN base.projects p ON p.id = s.project_id
            WHERE s.phone_id = n.phone_id ORDER BY p.id LIMIT {MOST_NAMES}))
    ELSE (SELECT p.name FROM base.projects p WHERE p.id = n.project_id) END,
    CASE WHEN n.projects > 1 THEN
        (SELECT group_concat(username, '; ') FROM (
            SELECT DISTINCT c.username FROM sightings s JOIN base.projects p ON p.id = s.project_id
            JOIN base.clients c ON c.id = p.client_id
            WHERE s.phone_id = n.phone_id ORDER BY c.id LIMIT {MOST_NAMES}))
    ELSE (SELECT c.username FROM base.projects p JOIN base.clients c ON c.id = p.client_id
          WHERE p.id = n.project_id) END{{place}}
FROM page LEFT JOIN numbers n ON n.phone = page.phone
{{located}} ORDER BY page.id
"""  # noqa: S608 - our own words
