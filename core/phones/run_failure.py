"""Why a run ended as failed: a request's trouble that nothing helps against, or one of the run."""

from enum import StrEnum

from core.asking.troubles import Reason


class RunFailure(StrEnum):
    """What ends a run besides the troubles of requests. Stored in the database."""

    OUTAGE = "outage"
    DISK_FULL = "disk_full"
    DATABASE = "database"
    DATABASE_MOVED = "database_moved"  # detail: where it is now
    DATABASE_LOST = "database_lost"  # detail: what is left of it
    DATABASE_HELD = "database_held"  # detail: who collects into it
    UNKNOWN_CLIENTS = "unknown_clients"  # detail: as they were typed
    NO_CLIENTS = "no_clients"  # though there were some before
    NO_PROJECTS = "no_projects"  # of one client, though it had some before
    NOTHING_TO_CONTINUE = "nothing_to_continue"
    DISCARDED = "discarded"  # by the operator: what it stored stays, nobody offers to continue it
    SETTINGS = "settings"  # detail: the sentence
    INTERNAL = "internal"


EndReason = Reason | RunFailure


def stored_reason(text: str) -> EndReason:
    """The reason that `text` of the database stands for; ValueError where it is none."""
    try:
        return Reason(text)
    except ValueError:
        return RunFailure(text)
