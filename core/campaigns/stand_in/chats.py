"""How made-up chats misbehave, each in one of the ways that the real ones have."""

from enum import StrEnum


class Way(StrEnum):
    """What happens when somebody writes to the chat."""

    FINE = "fine"
    NOT_FOUND = "not_found"
    NOT_A_MEMBER = "not_a_member"
    DELETED = "deleted"
    BLOCKED = "blocked"
    KICKED = "kicked"
    NOT_STARTED = "not_started"  # unless the sender is the one that was started
    NO_RIGHTS = "no_rights"
    SLOW_MODE = "slow_mode"  # at first; then it is over
    TOPIC_CLOSED = "topic_closed"
    FLOOD = "flood"  # once
    MOVED = "moved"
    UNEXPECTED = "unexpected"
    ERROR_500 = "error_500"  # and does not deliver
    ERROR_500_DELIVERED = "error_500_delivered"
    SILENT = "silent"  # delivers, and never answers
    CUT = "cut"  # delivers, and closes the connection
    HTML = "html"  # a page instead of an answer


REFUSALS: dict[Way, tuple[int, str]] = {
    Way.NOT_FOUND: (400, "Bad Request: chat not found"),
    Way.NOT_A_MEMBER: (403, "Forbidden: bot is not a member of the channel chat"),
    Way.DELETED: (403, "Forbidden: the group chat was deleted"),
    Way.BLOCKED: (403, "Forbidden: bot was blocked by the user"),
    Way.KICKED: (403, "Forbidden: bot was kicked from the supergroup chat"),
    Way.NOT_STARTED: (403, "Forbidden: bot can't initiate conversation with a user"),
    Way.NO_RIGHTS: (400, "Bad Request: not enough rights to send text messages to the chat"),
    Way.TOPIC_CLOSED: (400, "Bad Request: TOPIC_CLOSED"),
    Way.UNEXPECTED: (400, "Bad Request: SOMETHING_NEW"),
}
