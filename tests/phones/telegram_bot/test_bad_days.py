"""Telegram down, slow, refusing, talking nonsense: the bot copes, the run does not notice."""

import asyncio
import logging
import threading
import time
from pathlib import Path

import pytest

from core.asking.troubles import Reason
from core.phones.collector import Collector
from core.phones.datamaster.demo.server import DemoServer
from core.phones.events import ItemFailed, RunFinished, RunStatus, Target, Totals
from core.phones.run_request import RunRequest
from core.phones.telegram.config import TelegramConfig
from core.phones.telegram.service import TelegramBot, try_out
from core.settings.secret import Secret
from core.telegram.account import BotAccount
from core.telegram.api import TelegramApi
from core.telegram.chat import Chat
from core.telegram.outbox import Outbox
from core.telegram.outgoing import Outgoing
from core.telegram.trouble import TelegramTrouble, clean
from tests.phones.telegram_bot.conftest import (
    StartBot,
    collector_for,
    press_yes,
    progress,
    run_started,
    say_and_wait,
    tell,
    until,
)
from tests.phones.telegram_bot.stand_in import (
    CHAT,
    PATIENCE,
    TOKEN,
    BotApi,
    Misbehaviour,
    answer,
    bad_gateway,
    drop,
    error,
    flood,
    garbage,
    hang,
    wrong_shape,
)

PASSING = {
    "bad gateway": bad_gateway(),
    "garbage": garbage(),
    "garbage with 500": garbage(500),
    "no result": answer(200, {"ok": True}),
    "dropped": drop(),
}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("telegram.outbox", "telegram.poller", "phones.telegram.session"):
        monkeypatch.setattr(f"core.{module}.PAUSES", (0.05,))


@pytest.mark.parametrize("how", PASSING.values(), ids=PASSING)
def test_a_message_is_sent_again_until_it_arrives(
    api: BotApi, start_bot: StartBot, how: Misbehaviour
) -> None:
    bot = start_bot()
    api.fail("sendMessage", how, how)
    bot.inbox.put(run_started())
    api.wait_for("sendMessage", "Run 7 started")
    assert len(api.of("sendMessage")) == 1


@pytest.mark.parametrize("how", [*PASSING.values(), wrong_shape()], ids=[*PASSING, "wrong shape"])
def test_commands_work_again_after_trouble(
    api: BotApi, start_bot: StartBot, how: Misbehaviour
) -> None:
    api.fail("getMe", how)
    api.fail("getUpdates", how, how)
    bot = start_bot()
    api.wait_for("getUpdates", count=2)
    api.say("/status")
    api.wait_for("sendMessage", "No run is going on")
    assert bot.trouble == ""


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"message_id": 1, "date": "soon", "chat": {"id": "x"}, "text": "/stats"}},
        {"message": {"message_id": 1, "date": 0, "text": "/stats"}},
        {"message": 5},
        {"callback_query": {"id": "1", "message": {"chat": None}}},
        {"message": {"message_id": 1, "date": 10**30, "chat": {"id": CHAT, "type": None}}},
    ],
)
def test_an_update_that_nobody_understands_does_not_make_the_bot_deaf(
    update: dict[str, object], api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    api.wait_for("getUpdates", count=2)
    api._add_update(update)
    api.say("/status")
    api.wait_for("sendMessage", "No run is going on")
    assert bot.trouble == ""


def test_a_thousand_commands_do_not_hold_up_a_stop(api: BotApi, start_bot: StartBot) -> None:
    """What is asked a thousand times is answered a few times, and the stop is heard soon."""
    start_bot()
    api.wait_for("getUpdates", count=2)
    for _ in range(1000):
        api.say("/status")
    api.say("/stop")
    api.wait_for("sendMessage", "No run is going on")
    api.wait_for("sendMessage", "No run is going on", count=2)
    assert len(api.of("sendMessage")) < 50


def test_a_run_can_be_stopped_beside_a_thousand_commands(
    api: BotApi, upstream: DemoServer, tmp_path: Path, collector: Collector, start_bot: StartBot
) -> None:
    """The run works while they come; what it took is printed, and written in the benchmarks."""
    slow = collector_for(upstream, tmp_path / "phones.db", delay=0.5)
    collector.configure(slow.setup)
    start_bot()
    api.wait_for("getUpdates", count=2)
    assert collector.start(RunRequest())
    api.wait_for("sendMessage", "Run 1: ")
    upstream.go_down()  # or the run might end before it is stopped
    for _ in range(1000):
        api.say("/status")
    asked = time.monotonic()
    question = say_and_wait(api, "/stop", "Stop the run?")
    heard = question.at - asked
    press_yes(api, question)
    stopped = api.wait_for("sendMessage", "is stopped after")
    print(f"/stop behind 1,000 /status: asked back after {heard:.2f} s,", end=" ")
    print(f"told as stopped after {stopped.at - asked:.2f} s")
    assert collector.wait(PATIENCE)
    assert len(api.of("sendMessage")) < 60


def test_retry_after_is_obeyed(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    api.fail("sendMessage", flood(1))
    before = time.monotonic()
    bot.inbox.put(run_started())
    call = api.wait_for("sendMessage", "Run 7 started")
    assert call.at - before >= 1


def test_messages_keep_their_distance(api: BotApi) -> None:
    async def send_three() -> None:
        telegram = TelegramApi(BotAccount(Secret(TOKEN), api.url))
        outbox = Outbox(Chat(telegram, CHAT), lambda _trouble: None, gap=0.3)
        for number in range(3):
            outbox.add(Outgoing(f"message {number}"))
        sender = asyncio.create_task(outbox.run())
        await outbox.emptied()
        sender.cancel()
        await asyncio.wait([sender])
        await telegram.close()

    asyncio.run(send_three())
    times = [call.at for call in api.of("sendMessage")]
    assert len(times) == 3
    assert min(times[1] - times[0], times[2] - times[1]) >= 0.29


def test_another_poller_is_told_in_words_and_messages_go_on(
    api: BotApi, listening: TelegramBot
) -> None:
    async def poll_once() -> None:
        other = TelegramApi(BotAccount(Secret(TOKEN), api.url))
        await other.incoming(None, 1)
        await other.close()

    asyncio.run(poll_once())
    api.wait_for("sendMessage", "Another program listens with the same bot token")
    polls = len(api.of("getUpdates"))
    listening.inbox.put(run_started())
    api.wait_for("sendMessage", "Run 7 started")
    assert len(api.of("getUpdates")) == polls
    assert "Another program" in listening.trouble


def test_a_webhook_is_told_in_words(api: BotApi, start_bot: StartBot) -> None:
    api.fail(
        "getUpdates",
        error(409, "Conflict: can't use getUpdates method while webhook is active"),
    )
    start_bot()
    api.wait_for("sendMessage", "A webhook is set")


def test_a_wrong_token_ends_sending_and_listening_with_a_sentence(
    api: BotApi, start_bot: StartBot, caplog: pytest.LogCaptureFixture
) -> None:
    bot = start_bot(token=Secret("123456789:AAwrong-token-that-nobody-may-ever-see"))
    bot.inbox.put(run_started())
    until(lambda: bot.trouble != "")
    assert "does not accept the bot token" in bot.trouble
    bot.stop()
    assert api.texts() == []
    assert "wrong-token" not in caplog.text


def test_a_message_that_telegram_refuses_does_not_hold_up_the_next(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    api.fail("sendMessage", error(400, "Bad Request: chat not found"))
    bot.inbox.put(run_started(1))
    bot.inbox.put(run_started(2))
    api.wait_for("sendMessage", "Run 2 started")


def test_a_group_that_moved_is_followed(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot(chat=-4001)
    api.fail("sendMessage", error(400, "Bad Request: upgraded", migrate_to_chat_id=-1004001))
    bot.inbox.put(run_started())
    call = api.wait_for("sendMessage", "Run 7 started")
    assert call.fields["chat_id"] == "-1004001"


def test_after_a_long_silence_only_what_still_matters_is_sent(
    api: BotApi, start_bot: StartBot
) -> None:
    bot = start_bot()
    api.always(bad_gateway())
    tell(bot, run_started())
    for tenth in range(1, 10):
        tell(bot, progress(tenth / 10))
    tell(bot, RunFinished(7, RunStatus.COMPLETED, Totals(), 61.0))
    api.always(None)
    api.wait_for("sendMessage", "is completed")
    assert not any("Run 7: " in text for text in api.texts())


def test_what_is_outdated_while_it_is_being_sent_is_not_sent_again(
    api: BotApi, start_bot: StartBot
) -> None:
    held = threading.Event()

    def late_failure(handler: object) -> None:
        held.wait(PATIENCE)
        bad_gateway()(handler)  # type: ignore[arg-type]

    bot = start_bot()
    tell(bot, run_started())
    api.wait_for("sendMessage", "Run 7 started")
    api.fail("sendMessage", late_failure)
    tell(bot, progress(0.5))
    api.wait_for_attempts("sendMessage", 2)
    tell(bot, RunFinished(7, RunStatus.COMPLETED, Totals(), 61.0))
    held.set()
    api.wait_for("sendMessage", "is completed")
    assert not any("Run 7: " in text for text in api.texts())


@pytest.mark.parametrize("how", [hang(30), bad_gateway()], ids=["hanging", "refusing"])
def test_stopping_does_not_wait_for_telegram(
    api: BotApi, start_bot: StartBot, how: Misbehaviour
) -> None:
    api.always(how)
    bot = start_bot()
    bot.inbox.put(run_started())
    api.wait_for_attempts("sendMessage", 1)
    before = time.monotonic()
    bot.stop(grace=0.2)
    assert time.monotonic() - before < 15  # a single wait for Telegram would be 20 s


def test_no_event_ever_blocks_or_raises_whatever_the_bot_does(
    api: BotApi, start_bot: StartBot
) -> None:
    event = ItemFailed(Target.PROJECT, 1, "name", Reason.SERVER_ERROR, "502")
    api.always(hang(30))
    bot = start_bot()
    before = time.monotonic()
    for _ in range(5_000):
        bot.inbox.put(event)
    bot.stop(grace=0)
    for _ in range(5_000):
        bot.inbox.put(event)
    assert time.monotonic() - before < 15  # a single wait for Telegram would be 20 s


@pytest.mark.parametrize(
    "text",
    [
        f"cannot connect to https://api.telegram.org/bot{TOKEN}/getMe now",
        f"cannot connect to http://127.0.0.1:8081/bot{TOKEN}/getMe now",
        f"cannot connect to bot{TOKEN} now",
        f"cannot connect to {TOKEN.replace(':', '%3A')} now",
        "cannot connect to socks5://user:AAstand-in@host:1080 now",
    ],
)
def test_addresses_and_tokens_are_taken_out_of_any_text(text: str) -> None:
    cleaned = clean(text)
    assert "AAstand-in" not in cleaned
    assert cleaned.startswith("cannot connect to")
    assert cleaned.endswith("now")


def test_the_token_is_nowhere(
    api: BotApi,
    start_bot: StartBot,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Everything goes wrong in turn at level DEBUG; then the log and the console are searched."""
    caplog.set_level(logging.DEBUG)
    moods = (bad_gateway(), garbage(), garbage(500), drop(), flood(0.05), wrong_shape())
    for method in ("getMe", "setMyCommands", "getUpdates", "sendMessage"):
        api.fail(method, *moods)
    bot = start_bot()
    bot.inbox.put(run_started())
    api.wait_for("getUpdates", count=2)
    api.say("/status")
    api.wait_for("sendMessage", "No run is going on")
    bot.stop()
    with pytest.raises(TelegramTrouble):
        try_out(TelegramConfig(Secret(TOKEN), CHAT, "http://127.0.0.1:9"))
    console = capfd.readouterr()
    secret = TOKEN.partition(":")[2]
    assert caplog.records
    for text in (caplog.text, console.out, console.err, repr(bot.__dict__)):
        assert secret not in text
