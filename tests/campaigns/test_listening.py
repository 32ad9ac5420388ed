"""Consent and its end, as bots hear it over real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.campaigns.listening.listener import Listener
from core.campaigns.sending.line import Line, Sender
from core.campaigns.stand_in.server import Bot
from core.campaigns.storage.keeping_chats import NewChat, add_chats
from core.campaigns.storage.keeping_senders import add_to_group
from core.campaigns.storage.opting_out import lift, opt_out
from core.campaigns.words import Claim
from core.stop import StopSignal
from tests.campaigns.kit import FAST, Kit

ADMINISTRATOR, SOMEBODY = 501, 502
PATIENCE = 20.0


class Heard:
    """A listener at work; `say` gives the bot an update and waits until it is written down."""

    def __init__(self, kit: Kit, bot: Bot, sender: Sender, group: str = "g") -> None:
        self.kit, self.bot = kit, bot
        self.stop = StopSignal()
        self.told: list[str] = []
        self.code: int | None = None
        self._listener = Listener(
            sender,
            group,
            kit.engine,
            kit.place,
            kit.clock,
            lambda: Line(sender, kit.stand_in.url),
            f"test{id(self)}",
            self.stop,
            self.told.append,
        )
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.code = self._listener.run()

    def say(self, **update: Any) -> None:
        self.bot.updates.put(update)
        wait_until(lambda: self.bot.updates.unconfirmed == 0)

    def end(self) -> None:
        self.stop.request()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def wait_until(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def heard(kit: Kit) -> Iterator[Heard]:
    (bot,) = kit.group(["1", "2"])
    listener = Heard(kit, bot, kit.senders()[0])
    yield listener
    listener.end()


def private(chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "type": "private", "first_name": "Ann"}
    return {"message": {"message_id": 1, "chat": person, "from": person, "text": text}}


def in_group(chat: int, user: int, text: str, **more: Any) -> dict[str, Any]:
    where = {"id": chat, "type": "supergroup", "title": "Readers"}
    return {"message": {"chat": where, "from": {"id": user}, "text": text, **more}}


def member(chat: int, kind: str, old: str, new: str, user: int = ADMINISTRATOR) -> dict[str, Any]:
    return {
        "my_chat_member": {
            "chat": {"id": chat, "type": kind, "title": "Readers"},
            "from": {"id": user},
            "old_chat_member": {"status": old},
            "new_chat_member": {"status": new},
        }
    }


def opted_out(kit: Kit) -> set[object]:
    return {row[0] for row in kit.rows("SELECT chat FROM opt_outs")}


def states(kit: Kit, group: str = "g") -> dict[object, object]:
    return dict(
        kit.rows(f"SELECT chat, status FROM tasks WHERE group_id = '{group}'")  # type: ignore[arg-type]
    )


def test_start_subscribes_with_when_and_how(heard: Heard) -> None:
    heard.say(**private(77, "/start"))
    (row,) = heard.kit.table(
        "SELECT t.consent, t.consent_at, t.title, s.name FROM tasks t "
        "JOIN senders s ON s.id = t.sender_id WHERE t.chat = '77'"
    )
    assert row.consent == "/start at @g-bot0"
    assert row.consent_at is not None
    assert (row.title, row.name) == ("Ann", "g-bot0")


def test_a_link_may_name_another_group_of_the_bot(heard: Heard) -> None:
    kit = heard.kit
    kit.group([], name="other", senders=0)
    kit.group([], name="foreign", senders=0)
    with kit.engine.begin() as connection:
        add_to_group(connection, "other", ["g-bot0"])
    heard.say(**private(77, "/start other"))
    heard.say(**private(78, "/start foreign"))
    assert "77" in states(kit, "other")
    assert "78" in states(kit, "g")


@pytest.mark.parametrize("text", ["/stop", "/stop@g_bot", "Stop", "стоп"])
def test_stop_holds_for_every_group_and_every_later_import(heard: Heard, text: str) -> None:
    kit = heard.kit
    kit.group(["1"], name="other")
    heard.say(**private(1, text))
    assert opted_out(kit) == {"1"}
    assert states(kit) == {"1": "blocked", "2": "pending"}
    assert states(kit, "other") == {"1": "blocked"}
    kit.group([], name="later")
    with kit.engine.begin() as connection:
        chats = [NewChat("1", "a list says so"), NewChat("3", "a list says so")]
        assert add_chats(connection, "later", chats, kit.clock.now()) == (2, 0, 1)
    assert states(kit, "later") == {"1": "blocked", "3": "pending"}
    kit.run(kit.campaign(kit.session("later")))
    kit.run(kit.campaign(kit.session()))
    assert {call.chat for call in kit.stand_in.journal.calls} == {"2", "3"}


def test_start_after_stop_lifts_it_and_only_that(heard: Heard) -> None:
    kit = heard.kit
    heard.say(**private(1, "/stop"))
    heard.say(**private(1, "hello again"))
    assert opted_out(kit) == {"1"}
    heard.say(**private(1, "/start"))
    assert opted_out(kit) == set()
    assert states(kit)["1"] == "pending"
    assert kit.rows("SELECT chat, how, reason FROM lifted_opt_outs") == [
        ("1", "stop", "/start at @g-bot0")
    ]


def test_blocking_opts_out_and_unblocking_alone_does_not_lift_it(heard: Heard) -> None:
    heard.say(**member(1, "private", "member", "kicked"))
    assert opted_out(heard.kit) == {"1"}
    heard.say(**member(1, "private", "kicked", "member"))
    assert opted_out(heard.kit) == {"1"}


def test_groups_and_channels_come_and_go(heard: Heard) -> None:
    kit = heard.kit
    kit.stand_in.administrators.add(("-100", ADMINISTRATOR))
    heard.say(**member(-100, "supergroup", "left", "member"))
    heard.say(**member(-200, "channel", "left", "administrator"))
    assert {"-100", "-200"} <= set(states(kit))
    heard.say(**member(-100, "supergroup", "member", "kicked"))
    assert opted_out(kit) == {"-100"}
    assert states(kit)["-100"] == "blocked"
    heard.say(**member(-100, "supergroup", "left", "member"))
    assert opted_out(kit) == set()


def test_who_is_no_administrator_cannot_bring_a_group(heard: Heard) -> None:
    heard.say(**member(-100, "supergroup", "left", "member", user=SOMEBODY))
    assert "-100" not in states(heard.kit)


def test_in_groups_only_administrators_decide(heard: Heard) -> None:
    kit = heard.kit
    kit.stand_in.administrators.add(("-100", ADMINISTRATOR))
    heard.say(**in_group(-100, ADMINISTRATOR, "/start"))
    heard.say(**in_group(-100, SOMEBODY, "/stop"))
    heard.say(**in_group(-100, ADMINISTRATOR, "stop"))  # a word of a talk among people
    assert opted_out(kit) == set()
    heard.say(**in_group(-100, ADMINISTRATOR, "/stop@g_bot0"))
    assert opted_out(kit) == {"-100"}
    heard.say(**in_group(-100, SOMEBODY, "/start"))
    heard.say(**member(-100, "supergroup", "left", "member"))  # /stop asks for /start
    assert opted_out(kit) == {"-100"}
    heard.say(**in_group(-100, 0, "/start", sender_chat={"id": -100}))  # one without a name
    assert opted_out(kit) == set()
    post = {"chat": {"id": -300, "type": "channel", "title": "News"}, "text": "/stop"}
    heard.say(channel_post=post)
    assert opted_out(kit) == {"-300"}


def test_a_group_that_moves_is_followed_with_its_opt_out(heard: Heard) -> None:
    kit = heard.kit
    kit.group(["-5"], name="other")
    with kit.engine.begin() as connection:
        opt_out(connection, "-6", "stop", kit.clock.now())
    heard.say(message={"chat": {"id": -5, "type": "group"}, "migrate_to_chat_id": -1005})
    assert states(kit, "other") == {"-1005": "pending"}
    heard.say(message={"chat": {"id": -6, "type": "group"}, "migrate_to_chat_id": -1006})
    assert opted_out(kit) == {"-6", "-1006"}


def test_stop_while_a_message_to_the_chat_waits(heard: Heard) -> None:
    """It was put off by slow mode, and is not sent when that is over."""
    kit = heard.kit
    session = kit.session()
    queue = kit.queue()
    (sender,) = kit.senders()
    found = queue.claim(session, sender.id, FAST)
    assert isinstance(found, Claim)
    assert queue.give_back(found)
    heard.say(**private(int(found.chat), "/stop"))
    kit.run(kit.campaign(session))
    assert [call.chat for call in kit.stand_in.journal.calls] == [
        chat for chat in ("1", "2") if chat != found.chat
    ]
    assert kit.rows(f"SELECT status, error FROM task_attempts WHERE task_id = {found.task}") == [
        ("failed", "opted_out")
    ]


def test_stop_while_the_message_is_under_way(heard: Heard) -> None:
    """It cannot be called back; but it was the last one."""
    kit = heard.kit
    kit.stand_in.before_answer.clear()
    campaign = kit.campaign(kit.session(cycles=3))
    campaign.start()
    wait_until(lambda: len(kit.stand_in.journal.calls) == 1)
    chat = kit.stand_in.journal.calls[0].chat
    heard.say(**private(int(chat), "/stop"))
    kit.stand_in.before_answer.set()
    while not campaign.wait(0.1):
        pass
    campaign.close()
    assert [call.chat for call in kit.stand_in.journal.calls].count(chat) == 1
    assert states(kit)[chat] == "blocked"
    assert len(kit.stand_in.journal.calls) == 4


def test_an_opt_out_by_mistake_is_lifted_with_a_reason(kit: Kit) -> None:
    kit.group(["1"])
    with kit.engine.begin() as connection:
        opt_out(connection, "1", "by hand", kit.clock.now())
        assert lift(connection, "1", "the wrong line was copied", kit.clock.now())
        assert not lift(connection, "1", "twice", kit.clock.now())
    assert kit.rows("SELECT how, reason FROM lifted_opt_outs") == [
        ("by hand", "the wrong line was copied")
    ]
    assert states(kit) == {"1": "pending"}


def test_one_listener_a_token(heard: Heard) -> None:
    wait_until(lambda: heard.kit.one("SELECT COUNT(poller) FROM senders") == 1)
    second = Heard(heard.kit, heard.bot, heard.kit.senders()[0])
    wait_until(lambda: second.told != [])
    heard.say(**private(5, "/start"))
    assert heard.bot.updates.conflicts == 0
    second.end()
    heard.end()
    assert heard.kit.one("SELECT COUNT(poller) FROM senders") == 0


def test_a_foreign_program_with_the_same_token_is_told(heard: Heard) -> None:
    wait_until(lambda: heard.kit.one("SELECT COUNT(poller) FROM senders") == 1)
    wait_until(lambda: heard.bot.updates.polls > 0)
    heard.bot.updates.take(None, 0.01)
    wait_until(lambda: heard.told != [])
    assert "webhook" in heard.told[0]
    heard.say(**private(5, "/start"))  # and it goes on


def test_a_refused_token_ends_the_listener_with_3(kit: Kit) -> None:
    (bot,) = kit.group([])
    bot.refused = True
    listener = Heard(kit, bot, kit.senders()[0])
    wait_until(lambda: listener.code is not None)
    assert listener.code == 3
    listener.end()
