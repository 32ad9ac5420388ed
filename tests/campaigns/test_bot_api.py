"""Calls of the Bot API over real HTTP, and what each answer means."""

import socket
import threading
from collections.abc import Iterator

import pytest

from core.campaigns.stand_in.chats import Way
from core.campaigns.stand_in.server import SLOW_MODE_DELAY, Bot, StandIn
from core.campaigns.telegram.bot_api import BotApi, NotSent, Refused, Uncertain
from core.campaigns.telegram.outcomes import (
    CONSEQUENCES,
    Cause,
    Consequence,
    Outcome,
    judge,
    sentence,
)
from core.settings.secret import Secret


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn(silence=1) as server:
        yield server


@pytest.fixture
def bot(stand_in: StandIn) -> Bot:
    return stand_in.add_bot("first")


def outcome_of(api: BotApi, chat: str = "1") -> Outcome | None:
    try:
        api.send_message(chat, "text")
    except (NotSent, Uncertain, Refused) as error:
        return judge(error, lambda: float(api.get_chat(chat).get("slow_mode_delay", 0)))
    return None


@pytest.mark.parametrize(
    ("way", "cause", "consequence", "delivered"),
    [
        (Way.NOT_FOUND, Cause.CHAT_NOT_FOUND, Consequence.BLOCK_TASK, False),
        (Way.NOT_A_MEMBER, Cause.NOT_A_MEMBER, Consequence.BLOCK_TASK, False),
        (Way.DELETED, Cause.CHAT_GONE, Consequence.BLOCK_TASK, False),
        (Way.BLOCKED, Cause.BLOCKED_BY_PERSON, Consequence.OPT_OUT, False),
        (Way.KICKED, Cause.REMOVED, Consequence.OPT_OUT, False),
        (Way.NOT_STARTED, Cause.NOT_STARTED, Consequence.ANOTHER_SENDER, False),
        (Way.NO_RIGHTS, Cause.NO_RIGHTS, Consequence.FAIL, False),
        (Way.SLOW_MODE, Cause.SLOW_MODE, Consequence.TRY_WHEN_OVER, False),
        (Way.TOPIC_CLOSED, Cause.TOPIC_CLOSED, Consequence.FAIL, False),
        (Way.FLOOD, Cause.FLOOD, Consequence.HOLD_SENDER, False),
        (Way.MOVED, Cause.MOVED, Consequence.FOLLOW, False),
        (Way.UNEXPECTED, Cause.UNEXPECTED, Consequence.FAIL_UNEXPECTED, False),
        (Way.ERROR_500, Cause.NO_ANSWER, Consequence.UNKNOWN, False),
        (Way.ERROR_500_DELIVERED, Cause.NO_ANSWER, Consequence.UNKNOWN, True),
        (Way.SILENT, Cause.NO_ANSWER, Consequence.UNKNOWN, True),
        (Way.CUT, Cause.NO_ANSWER, Consequence.UNKNOWN, True),
        (Way.HTML, Cause.NO_ANSWER, Consequence.UNKNOWN, False),
    ],
)
def test_each_way_to_fail_has_its_consequence(
    stand_in: StandIn, bot: Bot, way: Way, cause: Cause, consequence: Consequence, delivered: bool
) -> None:
    stand_in.ways["1"] = way
    patience = 0.5 if way is Way.SILENT else 60.0  # the others answer, however busy the machine
    outcome = outcome_of(BotApi(Secret(bot.token), stand_in.url, seconds=patience))
    assert outcome is not None
    assert (outcome.cause, outcome.consequence) == (cause, consequence)
    assert [sent.delivered for sent in stand_in.journal.calls] == [delivered]


def test_a_message_that_arrives(stand_in: StandIn, bot: Bot) -> None:
    assert BotApi(Secret(bot.token), stand_in.url).send_message("1", "Hello") == 1
    (sent,) = stand_in.journal.delivered
    assert (sent.bot, sent.chat, sent.text) == ("first", "1", "Hello")


def test_a_flood_is_told_from_slow_mode_by_the_chat(stand_in: StandIn, bot: Bot) -> None:
    api = BotApi(Secret(bot.token), stand_in.url)
    stand_in.retry_after = SLOW_MODE_DELAY + 1
    stand_in.ways.update({"-1": Way.SLOW_MODE, "-2": Way.SLOW_MODE})
    outcome = outcome_of(api, "-1")
    assert outcome == Outcome(Cause.FLOOD, "Too Many Requests: retry after 31", wait=31)
    stand_in.retry_after = SLOW_MODE_DELAY
    outcome = outcome_of(api, "-2")
    assert outcome == Outcome(Cause.SLOW_MODE, "Too Many Requests: retry after 30", wait=30)


def test_a_refused_token(stand_in: StandIn, bot: Bot) -> None:
    bot.refused = True
    outcome = outcome_of(BotApi(Secret(bot.token), stand_in.url))
    assert outcome is not None
    assert outcome.consequence is Consequence.BLOCK_SENDER


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("http://127.0.0.1:9", ""),
        ("http://no-such-host.invalid", ""),
        ("https://127.0.0.1:{port}", ""),  # no TLS there
        ("http://127.0.0.1:{port}", "http://127.0.0.1:9"),
        ("http://127.0.0.1:{port}", "socks5://127.0.0.1:9"),
    ],
)
def test_what_surely_did_not_leave(stand_in: StandIn, bot: Bot, address: str, proxy: str) -> None:
    port = stand_in.url.rpartition(":")[2]
    api = BotApi(Secret(bot.token), address.format(port=port), Secret(proxy), seconds=3)
    outcome = outcome_of(api)
    assert outcome is not None
    assert outcome.consequence is Consequence.TRY_AGAIN
    assert not stand_in.journal.calls


def test_an_answer_that_never_ends_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def drip() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                while not done.wait(0.1):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        api = BotApi(Secret("1:x"), f"http://127.0.0.1:{listener.getsockname()[1]}", seconds=0.5)
        try:
            outcome = outcome_of(api)
        finally:
            done.set()
            thread.join()
    assert outcome is not None
    assert outcome.consequence is Consequence.UNKNOWN


def test_no_error_holds_the_token(stand_in: StandIn, bot: Bot) -> None:
    for address in (stand_in.url, "http://127.0.0.1:9", "http://no-such-host.invalid"):
        api = BotApi(Secret(bot.token), address, seconds=1)
        bot.refused = True
        with pytest.raises((NotSent, Refused)) as caught:
            api.get_me()
        assert caught.value.__context__ is None
        assert "made-up" not in repr(caught.value)
    with pytest.raises(ValueError, match=r"nonsense|scheme") as unusable:
        BotApi(Secret(bot.token), "http://x", Secret("nonsense://u:secret@h"))
    assert "secret" not in str(unusable.value)


def test_every_cause_has_a_sentence() -> None:
    for cause in Cause:
        assert sentence(cause).endswith(".")
    assert set(CONSEQUENCES.values()) == set(Consequence)
