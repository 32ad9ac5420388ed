"""What each answer of the Bot API means for the chat, the sender and the attempt: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.campaigns.telegram.bot_api import NotSent, Refused, Uncertain
from core.i18n import _


class Cause(StrEnum):
    """Why a message was not sent, or may not have been. Stored as it is: names stay."""

    CHAT_NOT_FOUND = "chat_not_found"
    NOT_A_MEMBER = "not_a_member"
    CHAT_GONE = "chat_gone"
    BLOCKED_BY_PERSON = "blocked_by_person"
    REMOVED = "removed"
    NOT_STARTED = "not_started"  # 'bot can't initiate conversation': it started another bot
    NO_RIGHTS = "no_rights"
    SLOW_MODE = "slow_mode"
    TOPIC_CLOSED = "topic_closed"
    MESSAGE_REFUSED = "message_refused"
    MOVED = "moved"
    FLOOD = "flood"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a kind of trouble, not a secret
    NO_CONNECTION = "no_connection"
    NO_ANSWER = "no_answer"
    UNEXPECTED = "unexpected"
    # Not Telegram's: found out here
    FIELD_MISSING = "field_missing"
    DIED = "died"
    STOPPED = "stopped"
    TOO_OFTEN = "too_often"
    OPTED_OUT = "opted_out"
    NO_SENDER = "no_sender"


class Consequence(StrEnum):
    """What follows from it."""

    BLOCK_TASK = "block_task"
    OPT_OUT = "opt_out"
    FAIL = "fail"  # tried again in the next cycle
    FAIL_UNEXPECTED = "fail_unexpected"  # as FAIL; three in a row block the task
    TRY_WHEN_OVER = "try_when_over"  # slow mode: in this cycle, when it is over
    ANOTHER_SENDER = "another_sender"
    FOLLOW = "follow"  # the group moved: the same again to its new number
    HOLD_SENDER = "hold_sender"  # flood: this sender is silent for as long as it is told
    TRY_AGAIN = "try_again"  # it surely did not leave
    BLOCK_SENDER = "block_sender"
    UNKNOWN = "unknown"  # it may have arrived: never repeated by itself


@dataclass(frozen=True, slots=True)
class Outcome:
    """`wait` in seconds, for SLOW_MODE and FLOOD; `moved_to` is a group's new number."""

    cause: Cause
    detail: str = ""
    wait: float = 0.0
    moved_to: int = 0

    @property
    def consequence(self) -> Consequence:
        return CONSEQUENCES[self.cause]


CONSEQUENCES = {
    Cause.CHAT_NOT_FOUND: Consequence.BLOCK_TASK,
    Cause.NOT_A_MEMBER: Consequence.BLOCK_TASK,
    Cause.CHAT_GONE: Consequence.BLOCK_TASK,
    Cause.BLOCKED_BY_PERSON: Consequence.OPT_OUT,
    Cause.REMOVED: Consequence.OPT_OUT,
    Cause.NOT_STARTED: Consequence.ANOTHER_SENDER,
    Cause.NO_RIGHTS: Consequence.FAIL,
    Cause.SLOW_MODE: Consequence.TRY_WHEN_OVER,
    Cause.TOPIC_CLOSED: Consequence.FAIL,
    Cause.MESSAGE_REFUSED: Consequence.FAIL,
    Cause.FIELD_MISSING: Consequence.FAIL,
    Cause.MOVED: Consequence.FOLLOW,
    Cause.FLOOD: Consequence.HOLD_SENDER,
    Cause.TOKEN_REFUSED: Consequence.BLOCK_SENDER,
    Cause.NO_CONNECTION: Consequence.TRY_AGAIN,
    Cause.STOPPED: Consequence.TRY_AGAIN,
    Cause.NO_ANSWER: Consequence.UNKNOWN,
    Cause.DIED: Consequence.UNKNOWN,
    Cause.UNEXPECTED: Consequence.FAIL_UNEXPECTED,
}

# (code, a part of Telegram's words in small letters) → cause; the first that fits counts.
_WORDS: tuple[tuple[int, str, Cause], ...] = (
    (401, "", Cause.TOKEN_REFUSED),
    (404, "", Cause.TOKEN_REFUSED),  # the address has no such bot: a token of the wrong shape
    (403, "bot was blocked by the user", Cause.BLOCKED_BY_PERSON),
    (403, "bot was kicked", Cause.REMOVED),
    (403, "can't initiate conversation", Cause.NOT_STARTED),
    (403, "user is deactivated", Cause.CHAT_GONE),
    (403, "chat was deleted", Cause.CHAT_GONE),
    (403, "can't send messages to bots", Cause.CHAT_GONE),
    (403, "bot is not a member", Cause.NOT_A_MEMBER),
    (403, "not enough rights", Cause.NO_RIGHTS),
    (403, "write_forbidden", Cause.NO_RIGHTS),
    (400, "chat not found", Cause.CHAT_NOT_FOUND),
    (400, "user not found", Cause.CHAT_NOT_FOUND),
    (400, "peer_id_invalid", Cause.CHAT_NOT_FOUND),
    (400, "chat_id is empty", Cause.CHAT_NOT_FOUND),
    (400, "group chat was deactivated", Cause.CHAT_GONE),
    (400, "chat was deleted", Cause.CHAT_GONE),
    (400, "bot is not a member", Cause.NOT_A_MEMBER),
    (400, "user_not_participant", Cause.NOT_A_MEMBER),
    (400, "not enough rights", Cause.NO_RIGHTS),
    (400, "have no rights", Cause.NO_RIGHTS),
    (400, "need administrator rights", Cause.NO_RIGHTS),
    (400, "chat_admin_required", Cause.NO_RIGHTS),
    (400, "write_forbidden", Cause.NO_RIGHTS),
    (400, "chat_restricted", Cause.NO_RIGHTS),
    (400, "topic_closed", Cause.TOPIC_CLOSED),
    (400, "topic_deleted", Cause.TOPIC_CLOSED),
    (400, "message thread not found", Cause.TOPIC_CLOSED),
    (400, "message is too long", Cause.MESSAGE_REFUSED),
    (400, "message text is empty", Cause.MESSAGE_REFUSED),
    (400, "text must be non-empty", Cause.MESSAGE_REFUSED),
    (400, "can't parse entities", Cause.MESSAGE_REFUSED),
)


def judge(error: NotSent | Uncertain | Refused, slow_mode_delay: Callable[[], float]) -> Outcome:
    """What came of a call that failed.

    `slow_mode_delay` asks Telegram for that of the chat, in seconds, 0 where it has none. It is
    asked only after 429: for slow mode the answer is the same as for a flood.
    """
    match error:
        case NotSent():
            return Outcome(Cause.NO_CONNECTION, str(error))
        case Uncertain():
            return Outcome(Cause.NO_ANSWER, str(error))
        case Refused(code=429):
            delay = slow_mode_delay()
            # A wait longer than the chat's slow mode can only be meant for the bot.
            cause = Cause.SLOW_MODE if 0 < error.retry_after <= delay else Cause.FLOOD
            return Outcome(cause, error.description, wait=max(1.0, error.retry_after))
        case Refused(moved_to=new) if new:
            return Outcome(Cause.MOVED, error.description, moved_to=new)
    words = error.description.casefold()
    for code, part, cause in _WORDS:
        if error.code == code and part in words:
            return Outcome(cause, error.description)
    return Outcome(Cause.UNEXPECTED, str(error))


def sentence(cause: Cause) -> str:
    """What happened, and what follows, in the present language."""
    return {
        Cause.CHAT_NOT_FOUND: _("There is no such chat, or the bot never met it."),
        Cause.NOT_A_MEMBER: _("The bot is not in this chat. An administrator has to add it."),
        Cause.CHAT_GONE: _("The chat or its account does not exist any more."),
        Cause.BLOCKED_BY_PERSON: _("The person blocked the bot, and is not written to again."),
        Cause.REMOVED: _("The bot was removed from the chat, and does not write there again."),
        Cause.NOT_STARTED: _("The person has not started this bot; another sender may write."),
        Cause.NO_RIGHTS: _(
            "The bot may not write in this chat. Ask an administrator for the right."
        ),
        Cause.SLOW_MODE: _("The chat is in slow mode; the message is sent when it is over."),
        Cause.TOPIC_CLOSED: _("The topic is closed."),
        Cause.MESSAGE_REFUSED: _("Telegram does not take this message: it is empty or too long."),
        Cause.FIELD_MISSING: _("The chat lacks a field of every message."),
        Cause.MOVED: _("The group has a new number, which is used from now on."),
        Cause.FLOOD: _("Telegram asked this sender to be silent for a while."),
        Cause.TOKEN_REFUSED: _("Telegram does not accept the token of this sender."),
        Cause.NO_CONNECTION: _("Telegram could not be reached; the message did not leave."),
        Cause.NO_ANSWER: _("No answer came: the message may have arrived, and is not repeated."),
        Cause.UNEXPECTED: _("Telegram answered with an error that this program does not know."),
        Cause.DIED: _("The program ended while it sent: the message may have arrived."),
        Cause.STOPPED: _("Stopped before it was sent."),
        Cause.TOO_OFTEN: _("Three unexpected errors in a row."),
        Cause.OPTED_OUT: _("This chat does not want any messages."),
        Cause.NO_SENDER: _("None of the group's senders may write to this person."),
    }[cause]
