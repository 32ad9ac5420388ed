"""The statements of `core.storage.pages`, in the order in which a batch executes them.

Parameters: `:run`, `:now` (Unix seconds), `:newest_before` (id of the newest phone before).
"""

TEMPORARY_TABLES = """
CREATE TEMP TABLE incoming (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone TEXT, raw TEXT, created
);
CREATE TEMP TABLE resolved (
    position INTEGER PRIMARY KEY, page INTEGER, project_id INTEGER, phone_id INTEGER,
    fate INTEGER, created
);
CREATE TEMP TABLE fresh_links (
    page INTEGER, project_id INTEGER, phone_id INTEGER, created
);
CREATE TEMP TABLE incoming_rejected (project_id INTEGER, raw TEXT, reason TEXT, created_at TEXT);
CREATE TEMP TABLE checkpoints (
    project_id INTEGER PRIMARY KEY, state TEXT, next_page INTEGER, anew INTEGER,
    records INTEGER, received INTEGER, new_phones INTEGER, known INTEGER, repeated INTEGER,
    rejected INTEGER, new_links INTEGER, first_length INTEGER, last_length INTEGER,
    end_assumed INTEGER, last_request INTEGER
);
"""

# Looked up before, because a conflict would use up an id: ids of a run must stay close.
STORE_PHONES = """
INSERT INTO phones (phone, first_seen, last_seen, first_run_id, last_run_id, first_project_id, raw)
SELECT phone, :now, :now, :run, :run, project_id, nullif(raw, substr(phone, 2))
FROM (SELECT min(position), phone, project_id, raw FROM incoming GROUP BY phone) i
WHERE NOT EXISTS (SELECT 1 FROM phones p WHERE p.phone = i.phone)
"""

# The texts of created_at become whole seconds only where they come back the same.
RESOLVE = """
INSERT INTO resolved (page, project_id, phone_id, fate, created)
SELECT i.page, i.project_id, p.id,
    CASE WHEN p.id > :newest_before THEN 0 WHEN p.last_run_id = :run THEN 2 ELSE 1 END,
    CASE WHEN strftime('%Y-%m-%d %H:%M:%S', i.created) = i.created
        THEN CAST(strftime('%s', i.created) AS INTEGER) ELSE i.created END
FROM incoming i CROSS JOIN phones p ON p.phone = i.phone
ORDER BY i.position
"""

# Only the first record of a phone is new or known, the others of the batch repeat it.
COUNT_FATES = """
SELECT page, CASE WHEN nth = 1 THEN fate ELSE 2 END, count(*)
FROM (SELECT page, fate, row_number() OVER (PARTITION BY phone_id ORDER BY position) AS nth
      FROM resolved)
GROUP BY 1, 2
"""

FIND_FRESH_LINKS = """
INSERT INTO fresh_links (page, project_id, phone_id, created)
SELECT page, project_id, phone_id, created FROM (
    SELECT min(position), page, project_id, phone_id, created FROM resolved
    GROUP BY project_id, phone_id) r
WHERE NOT EXISTS (SELECT 1 FROM project_phones l
                  WHERE l.project_id = r.project_id AND l.phone_id = r.phone_id)
"""

MARK_LINKS_READ = """
UPDATE project_phones SET last_run_id = :run
FROM (SELECT DISTINCT project_id, phone_id FROM resolved WHERE fate > 0) r
WHERE project_phones.project_id = r.project_id AND project_phones.phone_id = r.phone_id
  AND project_phones.last_run_id <> :run
"""

STORE_LINKS = """
INSERT INTO project_phones (project_id, phone_id, run_id, last_run_id, created)
SELECT project_id, phone_id, :run, :run, created FROM fresh_links ORDER BY project_id, phone_id
"""

# A new phone is stored with one project; further links add to it.
COUNT_PROJECTS_OF_PHONES = """
UPDATE phones SET projects = projects + n.more
FROM (SELECT phone_id, count(*) - (phone_id > :newest_before) AS more FROM fresh_links
      GROUP BY phone_id) n
WHERE phones.id = n.phone_id AND n.more > 0
"""

MARK_PHONES_SEEN = """
UPDATE phones SET last_seen = :now, last_run_id = :run
WHERE id IN (SELECT phone_id FROM resolved WHERE fate = 1)
"""

COUNT_PHONES_OF_PROJECTS = """
UPDATE projects SET phones = phones + n.links
FROM (SELECT project_id, count(*) AS links FROM fresh_links GROUP BY project_id) n
WHERE projects.id = n.project_id
"""

COUNT_DAYS = """
INSERT INTO link_days (day, links)
SELECT date(created, 'unixepoch'), count(*) FROM fresh_links
WHERE typeof(created) = 'integer' GROUP BY 1
ON CONFLICT (day) DO UPDATE SET links = links + excluded.links
"""

REMEMBER_RANGE = """
INSERT INTO run_phone_ranges (run_id, first_id, last_id) VALUES (:run, :first, :last)
"""

EXTEND_RANGE = """
UPDATE run_phone_ranges SET last_id = :last WHERE run_id = :run AND last_id = :before
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
    records = c.records + CASE WHEN c.anew THEN 0 ELSE run_projects.records END,
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

REMEMBER_READ = """
UPDATE projects SET read_at = :now, records = r.records
FROM run_projects r JOIN checkpoints c ON c.project_id = r.project_id
WHERE r.run_id = :run AND r.project_id = projects.id AND r.state = 'done'
"""

COUNT_DONE = """
SELECT count(*) FROM checkpoints c
JOIN run_projects r ON r.run_id = :run AND r.project_id = c.project_id AND r.state = 'done'
"""

COUNT_RECORDS = """
SELECT coalesce(sum(r.records - p.records), 0)
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
