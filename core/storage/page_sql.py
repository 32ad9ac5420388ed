"""The statements of `core.storage.pages`, in the order in which a batch executes them.

Parameters: `:run`, `:now` (Unix seconds), `:newest_before` (id of the newest phone before).
"""

TEMPORARY_TABLES = """
CREATE TEMP TABLE incoming (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, number INTEGER, created
);
CREATE TEMP TABLE incoming_phones (
    number INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone TEXT, raw TEXT
);
CREATE TEMP TABLE batch_phones (
    number INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone_id INTEGER,
    last_run_id INTEGER
);
CREATE TEMP TABLE batch_links (
    page INTEGER, project_id INTEGER, phone_id INTEGER, additional INTEGER, created,
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
    "incoming_rejected",
    "checkpoints",
)
"""The temporary tables that hold one batch, and are emptied before the next."""

# The phones of the batch from number `:from` to before `:upto`, each once. New ones have no
# `last_run_id`; their ids have gaps, where known phones stand between them.
FIND_PHONES = """
INSERT INTO batch_phones (number, page, project_id, phone_id, last_run_id)
SELECT i.number, i.page, i.project_id, coalesce(p.id, :newest_before + 1 + i.number), p.last_run_id
FROM incoming_phones i LEFT JOIN phones p ON p.phone = i.phone
WHERE i.number >= :from AND i.number < :upto
"""

STORE_PHONES = """
INSERT INTO phones
    (id, phone, first_seen, last_seen, first_run_id, last_run_id, first_project_id, raw)
SELECT b.phone_id, i.phone, :now, :now, :run, :run, i.project_id, nullif(i.raw, substr(i.phone, 2))
FROM batch_phones b CROSS JOIN incoming_phones i ON i.number = b.number
WHERE b.last_run_id IS NULL AND b.number >= :from AND b.number < :upto
"""

MARK_PHONES_SEEN = """
UPDATE phones SET last_seen = :now, last_run_id = :run
FROM batch_phones b
WHERE b.number >= :from AND b.number < :upto AND b.last_run_id <> :run AND phones.id = b.phone_id
"""

# The first record of a phone is new, known, or repeated in this run; all others repeat it.
COUNT_FATES = """
SELECT page, sum(last_run_id IS NULL), total(last_run_id <> :run) FROM batch_phones GROUP BY page
"""

# Each link of the batch once, in order of its key. Fresh ones have no `last_run_id`; `additional`
# are those beyond the one with which a new phone is stored.
FIND_LINKS = """
INSERT INTO batch_links (page, project_id, phone_id, additional, created, last_run_id)
SELECT r.page, r.project_id, r.phone_id, r.additional, r.created, l.last_run_id
FROM (
    SELECT min(i.position), i.page, i.project_id, b.phone_id, i.created,
        b.last_run_id IS NOT NULL OR b.project_id <> i.project_id AS additional
    FROM incoming i CROSS JOIN batch_phones b ON b.number = i.number
    GROUP BY i.project_id, b.phone_id) r
LEFT JOIN project_phones l ON l.project_id = r.project_id AND l.phone_id = r.phone_id
"""

COUNT_FRESH_LINKS = """
SELECT page, count(*) FROM batch_links WHERE last_run_id IS NULL GROUP BY page
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

# For the links of the batch after place `:from`, up to `:upto`.
COUNT_PROJECTS_OF_PHONES = """
UPDATE phones SET projects = projects + n.more
FROM (SELECT phone_id, count(*) AS more FROM batch_links
      WHERE last_run_id IS NULL AND additional AND rowid > :from AND rowid <= :upto
      GROUP BY phone_id) n
WHERE phones.id = n.phone_id
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

REMEMBER_RANGE = """
INSERT INTO run_phone_ranges (run_id, first_id, last_id)
SELECT :run, min(id), :last FROM phones WHERE id > :newest_before
"""

EXTEND_RANGE = """
UPDATE run_phone_ranges SET last_id = :last WHERE run_id = :run AND last_id = :newest_before
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
