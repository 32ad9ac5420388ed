"""The tables of `hub.db`. The first three, and `wizards`, are a contract with other readers."""

APPLICATION_ID = 0x48554231  # 'HUB1': a file of ours
VERSION = 1

SCHEMA = """
CREATE TABLE users (
    user_id INTEGER PRIMARY KEY,
    username TEXT,
    full_name TEXT,
    phone TEXT,                                  -- masked: +7957•••4567
    is_parser_authorized INTEGER NOT NULL DEFAULT 0,
    is_blacklist_authorized INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    last_active TEXT
);

CREATE TABLE user_settings (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id),
    realty_bot_token TEXT,                       -- encrypted, as all tokens here
    realty_chat_id TEXT,
    workers_bot_token TEXT,
    workers_chat_id TEXT,
    default_mode TEXT NOT NULL DEFAULT 'worker' CHECK (default_mode IN ('worker', 'employer'))
);

CREATE TABLE active_tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (user_id),
    task_id TEXT,                                -- the service's; NULL until it has answered
    service TEXT NOT NULL CHECK (service IN ('workers', 'realty', 'phones')),
    task_type TEXT NOT NULL CHECK (task_type IN ('monitoring', 'avito', 'cian', 'phones')),
    status TEXT NOT NULL DEFAULT 'running' CHECK (status IN (
        'pending', 'running', 'stopped', 'completed', 'failed', 'auth_error', 'unknown', 'lost')),
    created_at TEXT NOT NULL,
    finished_at TEXT,
    summary TEXT
);
CREATE INDEX tasks_of_user ON active_tasks (user_id, service, id);
CREATE INDEX tasks_alive ON active_tasks (id) WHERE finished_at IS NULL;

-- Where each user is in the menu. `expires_at` is set while a wizard asks him something.
CREATE TABLE wizards (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id),
    place TEXT NOT NULL,
    answers TEXT NOT NULL,                       -- JSON
    message_id INTEGER,                          -- the message that shows the place
    version INTEGER NOT NULL,                    -- only grows: an old button is known by it
    expires_at TEXT
);
CREATE INDEX wizards_open ON wizards (expires_at) WHERE expires_at IS NOT NULL;

-- Who may use the hub, beside HUB_ADMINS.
CREATE TABLE access (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'allowed', 'refused')),
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by INTEGER
);

-- `language` is what the user chose, `telegram_language` that of his Telegram;
-- `last_message` is the newest message of his that was dealt with.
CREATE TABLE manners (
    user_id INTEGER PRIMARY KEY REFERENCES users (user_id),
    language TEXT CHECK (language IN ('ru', 'en')),
    telegram_language TEXT,
    last_message INTEGER NOT NULL DEFAULT 0
);

-- What the hub needs of a task beyond the contract: its message, and what the service said last.
CREATE TABLE task_cards (
    id INTEGER PRIMARY KEY REFERENCES active_tasks (id) ON DELETE CASCADE,
    message_id INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    request TEXT NOT NULL,                       -- JSON, without tokens
    progress TEXT NOT NULL DEFAULT '{}',         -- JSON, the newest answer of the service
    posted INTEGER NOT NULL DEFAULT 0,           -- the service may have heard of it
    stopping INTEGER NOT NULL DEFAULT 0,         -- somebody pressed Stop
    told TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'telling', 'told'))
);

-- Checks of the blacklist: a request that may take twenty minutes.
CREATE TABLE checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (user_id),
    username TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'done', 'failed', 'unknown')),
    created_at TEXT NOT NULL,
    finished_at TEXT,
    summary TEXT,
    told TEXT NOT NULL DEFAULT '' CHECK (told IN ('', 'telling', 'told'))
);
CREATE INDEX checks_of_user ON checks (user_id, id);
"""
