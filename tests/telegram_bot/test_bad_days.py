"""Telegram down, slow, refusing, talking nonsense: the bot copes, the run does not notice."""

import asyncio
import logging
import threading
import time
from pathlib import Path

import pytest

from core.collector import RunRequest
from core.datamaster.demo.dataset import DemoDataset
from core.datamaster.demo.server import DemoServer
from core.events import Event, ItemFailed, RunFinished, RunStatus, Target, Totals
from core.settings.secret import Secret
from core.storage.reader import Reader
from core.telegram.api import TelegramApi
from core.telegram.config import TelegramConfig
from core.telegram.inbox import Inbox
from core.telegram.outbox import Outbox
from core.telegram.outgoing import Outgoing
from core.telegram.service import TelegramBot, try_out
from core.telegram.session import Surroundings
from core.telegram.trouble import TelegramTrouble, Trouble
from core.upstream import Reason
from tests.telegram_bot.conftest import StartBot, collector_for, run_started
from tests.telegram_bot.stand_in import (
    CHAT,
    TOKEN,
    BotApi,
    Misbehaviour,
    answer,
    bad_gateway,
    conflict,
    drop,
    error,
    flood,
    garbage,
    hang,
    unauthorized,
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
    for module in ("outbox", "poller", "session"):
        monkeypatch.setattr(f"core.telegram.{module}.PAUSES", (0.05,))


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


def test_retry_after_is_obeyed(api: BotApi, start_bot: StartBot) -> None:
    bot = start_bot()
    api.fail("sendMessage", flood(1))
    before = time.monotonic()
    bot.inbox.put(run_started())
    call = api.wait_for("sendMessage", "Run 7 started")
    assert call.at - before >= 1


def test_messages_keep_their_distance(api: BotApi) -> None:
    async def send_three() -> None:
        telegram = TelegramApi(TelegramConfig(Secret(TOKEN), CHAT, api.url))
        outbox = Outbox(telegram, lambda _trouble: None, gap=0.3)
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
        other = TelegramApi(TelegramConfig(Secret(TOKEN), CHAT, api.url))
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
    deadline = time.monotonic() + 10
    while not bot.trouble and time.monotonic() < deadline:
        threading.Event().wait(0.02)
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
    from tests.telegram_bot.test_digest import progress

    bot = start_bot()
    api.always(bad_gateway())
    bot.inbox.put(run_started())
    for tenth in range(1, 10):
        bot.inbox.put(progress(tenth / 10))
        threading.Event().wait(0.02)
    bot.inbox.put(RunFinished(7, RunStatus.COMPLETED, Totals(), 61.0))
    threading.Event().wait(0.1)
    api.always(None)
    api.wait_for("sendMessage", "is completed")
    assert ["Run 7: " in text for text in api.texts()].count(True) <= 1


@pytest.mark.parametrize("how", [hang(30), bad_gateway()], ids=["hanging", "refusing"])
def test_stopping_does_not_wait_for_telegram(
    api: BotApi, start_bot: StartBot, how: Misbehaviour
) -> None:
    api.always(how)
    bot = start_bot()
    bot.inbox.put(run_started())
    threading.Event().wait(0.1)
    before = time.monotonic()
    bot.stop(grace=0.2)
    assert time.monotonic() - before < 2


def test_no_event_ever_blocks_or_raises_whatever_the_bot_does(
    api: BotApi, start_bot: StartBot
) -> None:
    event = ItemFailed(Target.PROJECT, 1, "name", Reason.SERVER_ERROR, "502")
    api.always(hang(30))
    bot = start_bot()
    before = time.monotonic()
    for _ in range(50_000):
        bot.inbox.put(event)
    bot.stop(grace=0)
    for _ in range(50_000):
        bot.inbox.put(event)
    assert time.monotonic() - before < 5  # a single wait for Telegram would be 20 s


class TestRun:
    """The same run with Telegram in each bad mood and without it."""

    def collect(
        self, folder: Path, api_url: str | None, caplog: pytest.LogCaptureFixture
    ) -> tuple[list[object], list[str], list[Event]]:
        folder.mkdir()
        events: list[Event] = []
        caplog.clear()
        with DemoServer(DemoDataset(1, 6, 12, 600)) as upstream:
            # With several workers it is chance which of two projects is first with a number.
            collector = collector_for(upstream, folder / "phones.db", workers=1)
            collector.watch(events.append)
            bot = None
            if api_url is not None:
                around = Surroundings(collector, folder / "phones.db")
                bot = TelegramBot(
                    TelegramConfig(Secret(TOKEN), CHAT, api_url), around, Inbox(), gap=0.01
                )
                collector.watch(bot.inbox.put)
                bot.start()
            assert collector.start(RunRequest())
            assert collector.wait(30)
            if bot is not None:
                bot.stop(grace=0)
        with Reader(folder / "phones.db") as reader:
            result: list[object] = reader.rows(
                "SELECT status, total_clients, total_projects, total_phones, new_phones,"
                " errors_count FROM runs"
            )
            result += reader.rows(
                "SELECT l.project_id, p.phone, l.created_at_api FROM project_phones l"
                " JOIN phones p ON p.id = l.phone_id ORDER BY l.project_id, p.phone"
            )
        log = [
            record.getMessage()
            for record in caplog.records
            if not record.name.startswith("core.telegram") and record.levelno >= logging.INFO
        ]
        return result, sorted(_timeless(line) for line in log), events

    @pytest.mark.parametrize(
        "mood", ["fine", "closed", "hanging", "garbage", "wrong token", "flood"]
    )
    def test_result_and_log_are_the_same(
        self, api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture, mood: str
    ) -> None:
        caplog.set_level(logging.INFO)
        moods = {
            "hanging": hang(30),
            "garbage": garbage(),
            "wrong token": unauthorized(),
            "flood": flood(60),
        }
        api.always(moods.get(mood))
        url = "http://127.0.0.1:9" if mood == "closed" else api.url
        without = self.collect(tmp_path / "without", None, caplog)
        with_bot = self.collect(tmp_path / "with", url, caplog)
        assert with_bot[0] == without[0]
        assert with_bot[1] == without[1]
        assert isinstance(with_bot[2][-1], RunFinished)
        assert {type(event) for event in with_bot[2]} == {type(event) for event in without[2]}


def _timeless(line: str) -> str:
    """A log line without what differs between any two runs: ports and durations."""
    return "".join("#" if letter.isdigit() else letter for letter in line)


class TestTestMessage:
    def test_it_arrives_and_names_the_bot(self, api: BotApi) -> None:
        assert try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url)) == "@collector_bot"
        api.wait_for("sendMessage", "test message")

    @pytest.mark.parametrize(
        ("method", "how", "kind"),
        [
            ("getMe", unauthorized(), Trouble.TOKEN_REJECTED),
            ("getMe", garbage(), Trouble.SERVER),
            ("getMe", drop(), Trouble.UNREACHABLE),
            ("sendMessage", error(400, "Bad Request: chat not found"), Trouble.BAD_REQUEST),
            ("sendMessage", error(403, "Forbidden: bot was blocked"), Trouble.CHAT_REFUSED),
            ("sendMessage", flood(5), Trouble.FLOOD),
            ("sendMessage", conflict(), Trouble.CONFLICT),
        ],
    )
    def test_what_is_wrong_is_named(
        self, api: BotApi, method: str, how: Misbehaviour, kind: Trouble
    ) -> None:
        api.fail(method, how)
        with pytest.raises(TelegramTrouble) as caught:
            try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url))
        assert caught.value.kind is kind
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None

    @pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://user:pass-word@127.0.0.1:9"])
    def test_the_proxy_is_used_and_its_password_kept(self, api: BotApi, proxy: str) -> None:
        with pytest.raises(TelegramTrouble) as caught:
            try_out(TelegramConfig(Secret(TOKEN), CHAT, api.url, proxy=Secret(proxy)))
        assert caught.value.kind is Trouble.UNREACHABLE
        assert "pass-word" not in str(caught.value)
        assert api.calls == []

    def test_an_address_that_is_none_is_named(self) -> None:
        config = TelegramConfig(Secret(TOKEN), CHAT, proxy=Secret("nonsense://user:pass-word@host"))
        with pytest.raises(TelegramTrouble) as caught:
            try_out(config)
        assert caught.value.kind is Trouble.UNUSABLE_SETTING
        assert "pass-word" not in str(caught.value)


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
