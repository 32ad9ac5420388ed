"""What the engine tells, as sentences: for the window, the terminal and Telegram.

Short, concrete, without codes: 'the server answered 429, retry 1 of 3 in 2 s'. The texts
follow the language of `core.i18n` at the moment of the call. Any thread may call.
"""

from core.phones.wording.counts import (
    clients,
    files,
    known,
    new,
    numbers,
    projects,
    records,
    rejected,
    rejected_numbers,
    repeated,
    requests,
    rows,
    seconds,
    unfinished,
)
from core.phones.wording.reasons import advice, advice_for_test, reason, rejection
from core.phones.wording.run import (
    activity,
    activity_with_time,
    finished,
    left_out,
    log_line,
    mode,
    notice,
    outcome,
    pace_changed,
    pace_reason,
    results,
    status,
    target,
)

__all__ = [
    "activity",
    "activity_with_time",
    "advice",
    "advice_for_test",
    "clients",
    "files",
    "finished",
    "known",
    "left_out",
    "log_line",
    "mode",
    "new",
    "notice",
    "numbers",
    "outcome",
    "pace_changed",
    "pace_reason",
    "projects",
    "reason",
    "records",
    "rejected",
    "rejected_numbers",
    "rejection",
    "repeated",
    "requests",
    "results",
    "rows",
    "seconds",
    "status",
    "target",
    "unfinished",
]
