"""The words of campaigns: states as they are stored, and what is handed between the parts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TaskStatus(StrEnum):
    """Where a chat of a group stands in the present session."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BLOCKED = "blocked"


class AttemptStatus(StrEnum):
    """Where one message to one chat stands."""

    SENDING = "sending"
    WAITING = "waiting"  # it did not arrive, and is tried again in this cycle
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # nobody knows whether it arrived


class Wish(StrEnum):
    """What somebody asked of those who send for a group."""

    RUN = "run"
    PAUSE = "pause"
    STOP = "stop"


class SessionState(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Session:
    """One start of a group to its end."""

    run_id: str
    group: str
    cycles: int
    seed: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker, and no other, may send. `id` is its proof."""

    id: str
    task: int
    attempt: int
    chat: str
    cycle: int
    tries: int
    sender: int
    message: int
    text: str
    session: Session


class Why(StrEnum):
    """Why nothing can be sent now."""

    PACE = "pace"
    HOURLY = "hourly"
    GROUP_CAP = "group_cap"
    QUIET = "quiet"
    CHATS = "chats"  # every chat has to wait: delay between cycles, slow mode
    OTHERS = "others"  # what is left is with other workers
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be sent before `until`."""

    why: Why
    until: datetime


class Over(StrEnum):
    """Why there is nothing left for a worker."""

    DONE = "done"  # the session is completed
    NOTHING_FOR_ME = "nothing_for_me"  # what is left is bound to other senders
    STOPPED = "stopped"
    SENDER_BLOCKED = "sender_blocked"
    NO_MESSAGES = "no_messages"
