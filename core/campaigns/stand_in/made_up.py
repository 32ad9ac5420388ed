"""Made-up senders and chats of the demo: every way in which a campaign can meet trouble."""

from sqlalchemy import Connection

from core.campaigns.stand_in.chats import Way
from core.campaigns.stand_in.server import StandIn
from core.campaigns.storage.cipher import Cipher
from core.campaigns.storage.keeping_chats import NewChat, add_chats
from core.campaigns.storage.keeping_groups import add_message, create_group
from core.campaigns.storage.keeping_senders import add_to_group, store_sender
from core.clock import Clock
from core.settings.secret import Secret

GROUP = "demo"
CHATS = 60
_SENDERS = 5
_TEXTS = (
    "Hello {name|there}, the new issue is out.",
    "{name|Dear reader}, here is what is new this week.",
    "News for {city|your town} are ready.",
)


def make_up(stand_in: StandIn, connection: Connection, cipher: Cipher, clock: Clock) -> None:
    """A group with chats of which each way of failing has at least one."""
    now = clock.now()
    create_group(connection, GROUP, now)
    bots = [stand_in.add_bot(f"demo{number}") for number in range(1, _SENDERS + 1)]
    bots[-1].refused = True
    for bot in bots:
        store_sender(connection, cipher, bot.name, Secret(bot.token), Secret(), bot.name)
        add_to_group(connection, GROUP, [bot.name])
    for text in _TEXTS:
        add_message(connection, GROUP, text)
    ways = [way for way in Way if way is not Way.FINE]
    chats = []
    for number in range(CHATS):
        is_group = number % 3 == 0
        chat = f"-100{5_000_000 + number}" if is_group else str(5_000_000 + number)
        if number < len(ways):
            way = ways[number]
            stand_in.ways[chat] = way
            if way is Way.NOT_STARTED:
                bots[1].started_by.add(chat)
            if way is Way.MOVED:
                stand_in.moved[chat] = f"-100{9_000_000 + number}"
            if way is Way.SLOW_MODE and not is_group:
                stand_in.ways.pop(chat)
                chat = f"-100{5_000_000 + number}"
                stand_in.ways[chat] = way
        fields = {"name": f"Reader {number}"} if number % 2 else {}
        chats.append(NewChat(chat, "made up", f"Chat {number}", fields))
    add_chats(connection, GROUP, chats, now)
