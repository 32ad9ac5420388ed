"""The statements of `core.phones.storage.pages`, in the order in which a batch executes them.

Parameters: `:run`, `:now` (Unix seconds). Where it says `{rows}`, see `core.phones.storage.bulk`.
"""

TEMPORARY_TABLES = """
CREATE TEMP TABLE incoming_rejected (project_id INTEGER, raw TEXT, reason TEXT, created_at TEXT);
CREATE TEMP TABLE checkpoints (
    project_id INTEGER PRIMARY KEY, state TEXT, next_page INTEGER, anew INTEGER,
    records INTEGER, received INTEGER, new_phones INTEGER, known INTEGER, repeated INTEGER,
    rejected INTEGER, new_links INTEGER, first_length INTEGER, last_length INTEGER,
    end_assumed INTEGER, last_request INTEGER, reading TEXT, counted INTEGER, complete INTEGER,
    marks BLOB
);
"""

EMPTIED = ("incoming_rejected", "checkpoints")
"""The temporary tables that hold one batch, and are emptied before the next."""

# Rows: a phone. Answers from the index of phones alone.
FIND_PHONES = """
SELECT group_concat(v.column1), group_concat(p.id)
FROM ({rows}) v CROSS JOIN phones p ON p.phone = v.column1
"""

# Rows: anything, project, phone.
FIND_ABSENT_LINKS = """
SELECT group_concat(v.column1) FROM ({rows}) v
WHERE NOT EXISTS (SELECT 1 FROM project_phones l
                  WHERE l.project_id = v.column2 AND l.phone_id = v.column3)
"""

# A run that is continued after newer ones takes nothing back from them: `last_run_id` only rises.

# Rows: the id of a known phone. ?1: the run.
FIND_UNSEEN_PHONES = """
SELECT group_concat(CASE WHEN p.last_run_id < ?1 THEN p.id END)
FROM ({rows}) v CROSS JOIN phones p ON p.id = v.column1
"""

# Rows: the id of a known phone, how many of its links are new, the project of its first record in
# the batch: the first one at all for a phone that an import brought. ?1: the run, ?2: now.
MARK_KNOWN_PHONES = """
UPDATE phones SET
    last_seen = CASE WHEN last_run_id <> ?1 THEN ?2 ELSE last_seen END,
    last_run_id = max(last_run_id, ?1),
    projects = projects + v.column2,
    first_project_id = CASE first_project_id WHEN 0 THEN v.column3 ELSE first_project_id END
FROM ({rows}) v WHERE phones.id = v.column1 AND (last_run_id <> ?1 OR v.column2 > 0)
"""

# Rows: id, phone, projects, first project, raw. ?1: the run, ?2: now.
STORE_PHONES = """
INSERT INTO phones (id, phone, first_seen, last_seen, first_run_id, last_run_id, projects,
    first_project_id, raw)
SELECT column1, column2, ?2, ?2, ?1, ?1, column3, column4, column5
FROM ({rows}) WHERE column1 IS NOT NULL
"""

REMEMBER_RANGE = """
INSERT INTO run_phone_ranges (run_id, first_id, last_id) VALUES (:run, :first, :last)
"""

EXTEND_RANGE = """
UPDATE run_phone_ranges SET last_id = :last WHERE run_id = :run AND last_id = :first - 1
"""

# Rows: project, phone, created. ?1: the run.
STORE_LINKS = """
INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)
SELECT column1, column2, ?1, ?1, column3
FROM ({rows}) WHERE column1 IS NOT NULL
"""

# Rows: project, phone. ?1: the run.
MARK_LINKS_READ = """
UPDATE project_phones SET last_run_id = ?1 FROM ({rows}) v
WHERE last_run_id < ?1
  AND project_phones.project_id = v.column1 AND project_phones.phone_id = v.column2
"""

COUNT_DAYS = """
INSERT INTO link_days (day, links)
SELECT * FROM ({rows}) WHERE column1 IS NOT NULL
ON CONFLICT (day) DO UPDATE SET links = links + excluded.links
"""

MARK_REJECTED_AGAIN = """
UPDATE rejected_phones SET last_run_id = max(last_run_id, :run), reason = i.reason
FROM incoming_rejected i
WHERE rejected_phones.project_id = i.project_id AND rejected_phones.raw = i.raw
"""

KEEP_REJECTED = """
INSERT INTO rejected_phones
    (project_id, raw, reason, first_run_id, last_run_id, created_at_api)
SELECT project_id, raw, reason, :run, :run, created_at FROM incoming_rejected WHERE true
ON CONFLICT DO NOTHING
"""

# A smart run leaves out what a list no longer names, perhaps while a worker has just begun it.
TAKE_BACK = """
INSERT OR IGNORE INTO run_projects (run_id, project_id, client_id)
SELECT :run, p.id, p.client_id FROM checkpoints c JOIN projects p ON p.id = c.project_id
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
    marks = c.marks,
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
