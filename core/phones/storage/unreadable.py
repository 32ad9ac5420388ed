"""What a list of the server held and could not be read: counted as failed, with the reason.

Such an entry has no id that a table could know it by, so it is known by its list: that of a
client's projects, or (client 0) that of the clients. Every function takes the writer's
connection inside a transaction of the writer.
"""

import sqlite3
from collections.abc import Sequence

from core.asking.troubles import Reason
from core.phones.run_failure import EndReason

OF_CLIENTS = 0  # in the place of a client's id


def note_unreadable(
    db: sqlite3.Connection,
    run: int,
    client: int,
    details: Sequence[str],
    reason: EndReason = Reason.UNKNOWN_SHAPE,
) -> None:
    """What is wrong with the newest list of `client`, in the place of what was noted of it before.

    Each detail is one failure of the run.
    """
    before = db.execute(
        "DELETE FROM run_unreadable WHERE run_id = ? AND client_id = ?", (run, client)
    ).rowcount
    if not before and not details:
        return
    db.executemany(
        "INSERT INTO run_unreadable (run_id, client_id, place, reason, detail)"
        " VALUES (?, ?, ?, ?, ?)",
        [(run, client, place, reason, detail) for place, detail in enumerate(details, 1)],
    )
    db.execute(
        "UPDATE runs SET errors_count = errors_count + ? WHERE id = ?",
        (len(details) - before, run),
    )
