"""How fast messages may follow each other: the narrowest of all limits holds."""

from dataclasses import dataclass
from datetime import timedelta

HOUR = timedelta(hours=1)

# Telegram's own, for a bot that sends to many: https://core.telegram.org/bots/faq
CHAT_GAP = timedelta(seconds=1)
GROUP_GAP = timedelta(seconds=3)  # at most 20 a minute to a group; evenly, so none is refused
BOT_GAP = timedelta(seconds=0.034)  # at most 30 a second


@dataclass(frozen=True, slots=True)
class Limits:
    """What a campaign group allows its senders.

    `max_per_hour` is for each sender, `group_max_per_hour` for all of them together (0: none);
    both over a rolling hour. `randomness` of 0.2 lets a gap be up to 20 % shorter or longer.
    """

    max_per_hour: int = 25
    group_max_per_hour: int = 0
    randomness: float = 0.2

    def sender_gap(self, chance: float) -> timedelta:
        """From one message of a sender to its next; `chance` is from 0 to 1."""
        return max(BOT_GAP, _spread(self.max_per_hour, self.randomness, chance))

    def group_gap(self, chance: float) -> timedelta:
        """From one message of the group to its next, whoever sends it."""
        if not self.group_max_per_hour:
            return timedelta(0)
        return _spread(self.group_max_per_hour, self.randomness, chance)


def chat_gap(chat: str) -> timedelta:
    """From one message to a chat to the next."""
    return CHAT_GAP if is_private(chat) else GROUP_GAP


def is_private(chat: str) -> bool:
    """Whether it is a person's chat: it has a positive number, for bots know no person's name."""
    return not chat.startswith(("-", "@"))


def _spread(a_hour: int, randomness: float, chance: float) -> timedelta:
    return HOUR / a_hour * (1 + randomness * (2 * chance - 1))
