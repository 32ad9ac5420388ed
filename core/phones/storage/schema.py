"""The tables. Others read the file: tables and columns that exist keep their names.

Three decisions that a reader of the file will notice:

* Times of phones and links are kept as whole Unix seconds and shown by generated columns as ISO
  texts. Together with `original_format` kept only where it differs from the digits, this takes
  a link from about 82 bytes to under 60.
* A link is found by project. 'Where was this phone seen' asks every project in turn by the
  primary key, which is a few milliseconds for thousands of projects and saves an index of
  13 bytes a link.
* Counts that the window shows stand in columns and in `totals`; the writer changes them in
  the transaction that changes what they count.
"""

SCHEMA_VERSION = 5
READABLE_SINCE = 1  # the oldest version that readers cope with: what is newer they do without
APPLICATION_ID = 0x444D4331  # 'DMC1': tells our files from other SQLite files

# Since version 4: what an operator does with the numbers besides collecting them.
WORK_TABLES = """
-- The registry of number ranges, from files that the user brought (core.phones.registry). Ranges
-- are of E.164 texts, both ends included, and do not overlap; countries and what is allocated to
-- nobody are ranges as well, so that a number is in one at most.
CREATE TABLE number_regions (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('region', 'country', 'unallocated')),
    name TEXT NOT NULL                          -- of a country its ISO code
);
CREATE TABLE number_operators (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    inn TEXT NOT NULL DEFAULT ''                -- taxpayer number: tells operators apart
);
CREATE TABLE number_ranges (
    first TEXT PRIMARY KEY,
    last TEXT NOT NULL,
    region_id INTEGER NOT NULL REFERENCES number_regions (id),
    operator_id INTEGER NOT NULL DEFAULT 0      -- 0: none
) WITHOUT ROWID;
CREATE INDEX number_ranges_by_region ON number_ranges (region_id, operator_id);
CREATE INDEX number_ranges_by_operator ON number_ranges (operator_id);
-- Kept: stored phones of each region and operator, up to the id in meta 'numbers_counted_to'.
CREATE TABLE number_counts (
    region_id INTEGER NOT NULL,
    operator_id INTEGER NOT NULL,
    phones INTEGER NOT NULL,
    PRIMARY KEY (region_id, operator_id)
) WITHOUT ROWID;

-- Older bases that were taken in. The phones of import 1 have run -1 as their first: known
-- before the first run.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,                         -- of the file, without its folder
    imported_at TEXT NOT NULL,
    rows INTEGER NOT NULL,                      -- added + known + repeated + rejected + erased
    added INTEGER NOT NULL,
    known INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    erased INTEGER NOT NULL,
    undone_at TEXT
);

-- What is done after each run, and what came of it.
CREATE TABLE after_run_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL,                       -- core.phones.reports.names.ReportName
    clients TEXT NOT NULL DEFAULT '[]',         -- ids as JSON; none: all
    format TEXT NOT NULL,
    folder TEXT NOT NULL DEFAULT '',            -- empty: EXPORT_DIR
    only_new INTEGER NOT NULL DEFAULT 0,        -- 1: only where the run found new numbers
    telegram INTEGER NOT NULL DEFAULT 0,        -- 1: sent to the chat as well
    enabled INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE after_run_results (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    rule_id INTEGER NOT NULL,
    report TEXT NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,                      -- core.phones.after_run.results.Outcome
    rows INTEGER NOT NULL DEFAULT 0,
    files TEXT NOT NULL DEFAULT '[]',           -- paths as JSON
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, rule_id)
) WITHOUT ROWID;
"""

SCHEMA = (
    """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE totals (
    name TEXT PRIMARY KEY,             -- clients, projects, phones, links, rejected, records
    value INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO totals (name) VALUES
    ('clients'), ('projects'), ('phones'), ('links'), ('rejected'), ('records');

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at TEXT NOT NULL,
    completed_at TEXT,                 -- of any ending; empty while running
    status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'stopped')),
    total_clients INTEGER NOT NULL DEFAULT 0,
    total_projects INTEGER NOT NULL DEFAULT 0,
    total_phones INTEGER NOT NULL DEFAULT 0,    -- valid records: new + known + repeated
    new_phones INTEGER NOT NULL DEFAULT 0,
    errors_count INTEGER NOT NULL DEFAULT 0,
    mode TEXT NOT NULL DEFAULT 'full',
    request TEXT NOT NULL DEFAULT '{}',         -- selection and budget as JSON, for Continue
    received INTEGER NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    new_links INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    active_seconds REAL NOT NULL DEFAULT 0,     -- working time over all its sessions
    phones_after INTEGER,                       -- unique phones in the database at its end
    not_due INTEGER NOT NULL DEFAULT 0,         -- projects that a smart run did not visit
    left_out INTEGER NOT NULL DEFAULT 0,        -- projects that the budget did not reach
    clients_left_out INTEGER NOT NULL DEFAULT 0,
    reason TEXT,                                -- core.phones.run_failure.EndReason
    detail TEXT NOT NULL DEFAULT ''
);

CREATE TABLE clients (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL,
    created_at TEXT NOT NULL,
    listed_at INTEGER,                          -- last list of its projects, Unix seconds
    still_lists INTEGER NOT NULL DEFAULT 0      -- lists in a row that brought no new project
);

CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    client_id INTEGER NOT NULL REFERENCES clients (id),
    status INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    phones INTEGER NOT NULL DEFAULT 0,          -- distinct phones: links of this project
    records INTEGER NOT NULL DEFAULT 0,         -- rows the server had at the last complete read
    read_at INTEGER,                            -- last complete read, Unix seconds
    listed INTEGER NOT NULL DEFAULT 1           -- 0: no longer in its client's list
);
CREATE INDEX projects_by_client ON projects (client_id);

CREATE TABLE phones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL UNIQUE,                 -- E.164
    first_seen INTEGER NOT NULL,                -- Unix seconds
    last_seen INTEGER NOT NULL,                 -- first sighting in the last run that saw it
    first_run_id INTEGER NOT NULL REFERENCES runs (id),
    last_run_id INTEGER NOT NULL,
    projects INTEGER NOT NULL DEFAULT 1,        -- links of this phone
    first_project_id INTEGER NOT NULL,          -- where it was first seen
    raw TEXT,                                   -- as received, where not the bare digits
    original_format TEXT GENERATED ALWAYS AS (coalesce(raw, substr(phone, 2))) VIRTUAL,
    first_seen_at TEXT GENERATED ALWAYS AS
        (strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, 'unixepoch')) VIRTUAL,
    last_seen_at TEXT GENERATED ALWAYS AS
        (strftime('%Y-%m-%dT%H:%M:%SZ', last_seen, 'unixepoch')) VIRTUAL
);
-- For sorting by the number of projects, without a cost for the many phones of one or two.
CREATE INDEX phones_in_many ON phones (projects DESC) WHERE projects > 2;
-- Those whose digits stand elsewhere than in +7 and ten digits: searching inside numbers goes
-- through the index of `phone` place by place, which these few would escape.
CREATE INDEX phones_unusual ON phones (phone)
    WHERE length(phone) <> 12 OR substr(phone, 1, 2) <> '+7';


-- Phones get their ids in the order in which they arrive, so those of one run are a few
-- ranges: 'new in run 42' is a range scan without an index of 11 bytes a phone.
CREATE TABLE run_phone_ranges (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, first_id)
) WITHOUT ROWID;

CREATE TABLE project_phones (
    project_id INTEGER NOT NULL REFERENCES projects (id),
    phone_id INTEGER NOT NULL REFERENCES phones (id),
    run_id INTEGER NOT NULL REFERENCES runs (id),   -- that first saw the link
    last_run_id INTEGER NOT NULL,                   -- that last read it
    created,     -- Unix seconds where the server's text is 'YYYY-MM-DD HH:MM:SS', else the text
    created_at_api TEXT GENERATED ALWAYS AS (
        CASE typeof(created)
            WHEN 'integer' THEN datetime(created, 'unixepoch')
            ELSE created
        END) VIRTUAL,
    PRIMARY KEY (project_id, phone_id)
) WITHOUT ROWID;

CREATE TABLE rejected_phones (
    project_id INTEGER NOT NULL REFERENCES projects (id),
    raw TEXT NOT NULL,
    reason TEXT NOT NULL,                       -- core.phones.Rejection
    first_run_id INTEGER NOT NULL REFERENCES runs (id),
    last_run_id INTEGER NOT NULL REFERENCES runs (id),
    created_at_api TEXT,
    PRIMARY KEY (project_id, raw)
) WITHOUT ROWID;

-- New links by day of the server's created_at, kept for the growth chart.
CREATE TABLE link_days (
    day TEXT PRIMARY KEY,                       -- YYYY-MM-DD
    links INTEGER NOT NULL
) WITHOUT ROWID;

-- A phone that must never be stored again (`forget`): salted hash, never the number.
CREATE TABLE forgotten_phones (
    hash BLOB PRIMARY KEY,
    forgotten_at TEXT NOT NULL
) WITHOUT ROWID;

-- What the last complete read of a project left, for quick and smart runs. `page_size` 0: the
-- digests prove nothing and the project is read in full.
CREATE TABLE project_memory (
    project_id INTEGER PRIMARY KEY REFERENCES projects (id),
    run_id INTEGER NOT NULL,                    -- that read it
    records INTEGER NOT NULL,
    page_size INTEGER NOT NULL,
    head BLOB NOT NULL,                         -- digests of its first and last records
    tail BLOB NOT NULL,
    new_at TEXT NOT NULL,                       -- core.phones.storage.project_memory.NewAt
    still_reads INTEGER NOT NULL,
    quick_reads INTEGER NOT NULL,
    head_reads INTEGER NOT NULL,
    phones_per_day REAL                         -- new phones it brings; NULL: not known yet
);

CREATE TABLE run_clients (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    client_id INTEGER NOT NULL REFERENCES clients (id),
    position INTEGER NOT NULL,                  -- order in which the run takes them
    state TEXT NOT NULL DEFAULT 'pending'   -- known: its projects are taken from an older list
        CHECK (state IN ('pending', 'listed', 'known', 'failed', 'skipped')),
    projects INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, client_id)
) WITHOUT ROWID;

-- Entries of the server's lists that could not be read: counted in errors_count. `client_id` is
-- whose list of projects it was, 0 for the list of clients.
CREATE TABLE run_unreadable (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    client_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (run_id, client_id, place)
) WITHOUT ROWID;

-- The checkpoint: how far each project of a run is stored. Written in the transaction that
-- stores the page it speaks of. `marks`: core.phones.engine.marks, while it is to be read further.
CREATE TABLE run_projects (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    project_id INTEGER NOT NULL REFERENCES projects (id),
    client_id INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'done', 'failed', 'skipped')),
    reading TEXT NOT NULL DEFAULT '',           -- core.phones.storage.project_memory.Reading
    next_page INTEGER NOT NULL DEFAULT 1,
    counted INTEGER,                            -- records the server has, where its tail told
    records INTEGER NOT NULL DEFAULT 0,         -- of the present read, from its first page on
    received INTEGER NOT NULL DEFAULT 0,
    new_phones INTEGER NOT NULL DEFAULT 0,
    known INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    new_links INTEGER NOT NULL DEFAULT 0,
    first_length INTEGER NOT NULL DEFAULT 0,    -- records on page 1: the page size of that moment
    last_length INTEGER NOT NULL DEFAULT 0,     -- records on the last page read
    end_assumed INTEGER NOT NULL DEFAULT 0,     -- 1: taken for complete without an empty page
    last_request INTEGER NOT NULL DEFAULT 0,    -- requests started when its last answer came
    reason TEXT,
    detail TEXT NOT NULL DEFAULT '', marks BLOB,
    PRIMARY KEY (run_id, project_id)
) WITHOUT ROWID;
CREATE INDEX run_projects_open ON run_projects (run_id, client_id) WHERE state <> 'done';
CREATE INDEX run_projects_assumed ON run_projects (run_id, last_length) WHERE end_assumed = 1;
"""
    + WORK_TABLES
)
