"""The statements of `core.storage.pages`, in the order in which a batch executes them.

Parameters: `:run`, `:now` (Unix seconds), `:newest_before` (id of the newest phone before).
"""

TEMPORARY_TABLES = """
CREATE TEMP TABLE incoming (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, number INTEGER, created
);
CREATE TEMP TABLE incoming_phones (
    number INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone TEXT, raw TEXT,
    projects INTEGER DEFAULT 1
);
CREATE TEMP TABLE batch_phones (
    number INTEGER PRIMARY KEY, page INTEGER, phone_id INTEGER
);
CREATE TEMP TABLE batch_links (
    page INTEGER, project_id INTEGER, phone_id INTEGER, created, last_run_id INTEGER
);
CREATE TEMP TABLE known_phones (
    place INTEGER PRIMARY KEY, page INTEGER, phone_id INTEGER, fresh_links INTEGER,
    last_run_id INTEGER
);
CREATE TEMP TABLE incoming_rejected (project_id INTEGER, raw TEXT, reason TEXT, created_at TEXT);
CREATE TEMP TABLE checkpoints (
    project_id INTEGER PRIMARY KEY, state TEXT, next_page INTEGER, anew INTEGER,
    records INTEGER, received INTEGER, new_phones INTEGER, known INTEGER, repeated INTEGER,
    rejected INTEGER, new_links INTEGER, first_length INTEGER, last_length INTEGER,
    end_assumed INTEGER, last_request INTEGER, reading TEXT, counted INTEGER, complete INTEGER
);
"""

EMPTIED = (
    "incoming",
    "incoming_phones",
    "batch_phones",
    "batch_links",
    "known_phones",
    "incoming_rejected",
    "checkpoints",
)
"""The temporary tables that hold one batch, and are emptied before the next."""

# Those that stand in several projects of the batch.
COUNT_PROJECTS = """
UPDATE incoming_phones SET projects = n.projects
FROM (SELECT i.number, 1 + count(DISTINCT i.project_id) AS projects
      FROM incoming i CROSS JOIN incoming_phones f ON f.number = i.number
      WHERE i.project_id <> f.project_id GROUP BY i.number) n
WHERE incoming_phones.number = n.number
"""

# The phones of the batch, each once. New ones get ids after `:newest_before`, with gaps where known
# phones stand between them.
FIND_PHONES = """
INSERT INTO batch_phones (number, page, phone_id)
SELECT i.number, i.page, coalesce(p.id, :newest_before + 1 + i.number)
FROM incoming_phones i LEFT JOIN phones p ON p.phone = i.phone
ORDER BY i.number
"""

# Each link of the batch once, in order of its key. Fresh ones have no `last_run_id`.
FIND_LINKS = """
INSERT INTO batch_links (page, project_id, phone_id, created, last_run_id)
SELECT r.page, r.project_id, r.phone_id, r.created, l.last_run_id
FROM (
    SELECT min(i.position), i.page, i.project_id, b.phone_id, i.created
    FROM incoming i CROSS JOIN batch_phones b ON b.number = i.number
    GROUP BY i.project_id, b.phone_id) r
LEFT JOIN project_phones l ON l.project_id = r.project_id AND l.phone_id = r.phone_id
"""

# In the order of the table, with what their rows are going to change by.
LIST_KNOWN_PHONES = """
INSERT INTO known_phones (page, phone_id, fresh_links)
SELECT b.page, b.phone_id, coalesce(n.links, 0)
FROM batch_phones b
LEFT JOIN (SELECT phone_id, count(*) AS links FROM batch_links
           WHERE last_run_id IS NULL AND phone_id <= :newest_before
           GROUP BY phone_id) n ON n.phone_id = b.phone_id
WHERE b.phone_id <= :newest_before ORDER BY b.phone_id
"""

# For the known phones after place `:from`, up to `:upto`.
LOOK_WHEN_SEEN = """
UPDATE known_phones SET last_run_id = p.last_run_id
FROM phones p
WHERE place > :from AND place <= :upto AND p.id = phone_id
"""

MARK_PHONES_SEEN = """
UPDATE phones SET
    last_seen = CASE WHEN k.last_run_id <> :run THEN :now ELSE last_seen END,
    last_run_id = :run,
    projects = projects + k.fresh_links
FROM known_phones k
WHERE k.place > :from AND k.place <= :upto AND (k.last_run_id <> :run OR k.fresh_links > 0)
  AND phones.id = k.phone_id
"""

# For the phones of the batch from number `:from` to before `:upto`.
STORE_PHONES = """
INSERT INTO phones (id, phone, first_seen, last_seen, first_run_id, last_run_id, projects,
    first_project_id, raw)
SELECT b.phone_id, i.phone, :now, :now, :run, :run, i.projects,
    i.project_id, nullif(i.raw, substr(i.phone, 2))
FROM batch_phones b CROSS JOIN incoming_phones i ON i.number = b.number
WHERE b.phone_id > :newest_before AND b.number >= :from AND b.number < :upto
"""

REMEMBER_RANGE = """
INSERT INTO run_phone_ranges (run_id, first_id, last_id)
SELECT :run, min(id), :last FROM phones WHERE id > :newest_before
"""

EXTEND_RANGE = """
UPDATE run_phone_ranges SET last_id = :last WHERE run_id = :run AND last_id = :newest_before
"""

STORE_LINKS = """
INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)
SELECT project_id, phone_id, :run, :run, created
FROM batch_links WHERE last_run_id IS NULL ORDER BY rowid
"""

MARK_LINKS_READ = """
UPDATE project_phones SET last_run_id = :run
FROM batch_links b
WHERE b.last_run_id <> :run
  AND project_phones.project_id = b.project_id AND project_phones.phone_id = b.phone_id
"""

# Grouped as numbers, long before 1970 too, and only then written as dates.
COUNT_DAYS = """
INSERT INTO link_days (day, links)
SELECT date((day - 1000000) * 86400, 'unixepoch'), links
FROM (SELECT (created + 86400000000) / 86400 AS day, count(*) AS links FROM batch_links
      WHERE last_run_id IS NULL AND typeof(created) = 'integer' GROUP BY 1)
WHERE true
ON CONFLICT (day) DO UPDATE SET links = links + excluded.links
"""

MARK_REJECTED_AGAIN = """
UPDATE rejected_phones SET last_run_id = :run, reason = i.reason
FROM incoming_rejected i
WHERE rejected_phones.project_id = i.project_id AND rejected_phones.raw = i.raw
"""

KEEP_REJECTED = """
INSERT INTO rejected_phones
    (project_id, raw, reason, first_run_id, last_run_id, created_at_api)
SELECT project_id, raw, reason, :run, :run, created_at FROM incoming_rejected WHERE true
ON CONFLICT DO NOTHING
"""

# The first record of a phone is new, known, or repeated in this run; all others repeat it.
COUNT_NEW = """
SELECT page, count(*) FROM batch_phones WHERE phone_id > :newest_before GROUP BY page
"""

COUNT_KNOWN = """
SELECT page, count(*) FROM known_phones WHERE last_run_id <> :run GROUP BY page
"""

COUNT_FRESH_LINKS = """
SELECT page, count(*) FROM batch_links WHERE last_run_id IS NULL GROUP BY page
"""

CHECKPOINT = """
UPDATE run_projects SET
    state = c.state, next_page = c.next_page,
    reading = c.reading, counted = c.counted,
    records = c.records,
    received = run_projects.received + c.received,
    new_phones = run_projects.new_phones + c.new_phones,
    known = run_projects.known + c.known,
    repeated = run_projects.repeated + c.repeated,
    rejected = run_projects.rejected + c.rejected,
    new_links = run_projects.new_links + c.new_links,
    first_length = CASE WHEN c.anew THEN c.first_length ELSE run_projects.first_length END,
    last_length = coalesce(c.last_length, run_projects.last_length),
    end_assumed = c.end_assumed, last_request = c.last_request,
    reason = NULL, detail = ''
FROM checkpoints c
WHERE run_projects.run_id = :run AND run_projects.project_id = c.project_id
"""

COUNT_PHONES_OF_PROJECTS = """
UPDATE projects SET phones = phones + c.new_links
FROM checkpoints c WHERE projects.id = c.project_id AND c.new_links > 0
"""

# A read that a trial's limit of pages ended only tells how many records there are at least.
REMEMBER_READ = """
UPDATE projects SET
    read_at = CASE WHEN c.complete THEN :now ELSE projects.read_at END,
    records = CASE WHEN c.complete THEN r.records ELSE max(r.records, projects.records) END
FROM run_projects r JOIN checkpoints c ON c.project_id = r.project_id
WHERE r.run_id = :run AND r.project_id = projects.id AND r.state = 'done'
"""

COUNT_DONE = """
SELECT count(*) FROM checkpoints c
JOIN run_projects r ON r.run_id = :run AND r.project_id = c.project_id AND r.state = 'done'
"""

COUNT_RECORDS = """
SELECT coalesce(sum(CASE WHEN c.complete THEN r.records
                         ELSE max(r.records, p.records) END - p.records), 0)
FROM checkpoints c
JOIN run_projects r ON r.run_id = :run AND r.project_id = c.project_id AND r.state = 'done'
JOIN projects p ON p.id = c.project_id
"""

COUNT_RUN = """
UPDATE runs SET total_phones = total_phones + :valid, new_phones = new_phones + :new,
    received = received + :received, known = known + :known, repeated = repeated + :repeated,
    rejected = rejected + :rejected, new_links = new_links + :new_links,
    total_projects = total_projects + :projects, requests = max(requests, :request)
WHERE id = :run
"""
