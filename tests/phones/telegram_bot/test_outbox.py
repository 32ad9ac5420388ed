"""Messages that cannot be delivered as they are, and what that means for the others."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from core.settings.secret import Secret
from core.telegram.account import BotAccount
from core.telegram.api import TelegramApi
from core.telegram.chat import Chat
from core.telegram.outbox import Outbox
from core.telegram.outgoing import Outgoing
from core.telegram.trouble import TelegramTrouble
from tests.phones.telegram_bot.stand_in import CHAT, PATIENCE, TOKEN, BotApi, bad_gateway, error


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.telegram.outbox.PAUSES", (0.02,))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "phones.csv"
    path.write_text("made up")
    return path


def deliver(
    api: BotApi, *messages: Outgoing, until: Callable[[], object] | None = None
) -> list[TelegramTrouble]:
    """Send these until all are gone, or `until` holds; what went wrong in between."""
    troubles: list[TelegramTrouble | None] = []

    async def send() -> None:
        telegram = TelegramApi(BotAccount(Secret(TOKEN), api.url))
        outbox = Outbox(Chat(telegram, CHAT), troubles.append, gap=0.01)
        for message in messages:
            outbox.add(message)
        sender = asyncio.create_task(outbox.run())
        async with asyncio.timeout(PATIENCE):
            if until is None:
                await outbox.emptied()
            else:
                while not until():
                    await asyncio.sleep(0.01)
        sender.cancel()
        await asyncio.wait([sender])
        await telegram.close()

    asyncio.run(send())
    return [trouble for trouble in troubles if trouble is not None]


def test_a_file_that_is_too_large_for_somebody_on_the_way_is_given_up(
    api: BotApi, file: Path
) -> None:
    api.fail("sendDocument", error(413, "Request Entity Too Large"))
    deliver(api, Outgoing("phones", document=file, temporary=True))
    assert [call.text for call in api.of("sendMessage")] == [
        "The file phones.csv could not be sent."
    ]
    assert api.attempts["sendDocument"] == 1
    assert not file.exists()


def test_a_file_that_cannot_be_uploaded_now_lets_the_others_pass(api: BotApi, file: Path) -> None:
    api.fail("sendDocument", *[bad_gateway()] * 10_000)
    report = Outgoing("phones", document=file, temporary=True)
    deliver(api, report, Outgoing("Run 7 started"), until=lambda: api.of("sendMessage"))
    assert api.attempts["sendDocument"] >= 1
    assert file.exists()


@pytest.mark.parametrize(
    ("refusal", "said"),
    [("message is not modified: it is the same", 0), ("message to edit not found", 1)],
)
def test_an_answer_arrives_though_its_question_cannot_be_changed(
    api: BotApi, refusal: str, said: int
) -> None:
    api.fail("editMessageText", error(400, f"Bad Request: {refusal}"))
    assert not deliver(api, Outgoing("Nothing was done.", edits=44))
    assert [call.text for call in api.of("sendMessage")] == ["Nothing was done."] * said


def test_a_file_that_is_held_by_another_program_ends_nothing(
    api: BotApi, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_words: object, **_options: object) -> None:  # as Windows does
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", held)
    deliver(api, Outgoing("phones", document=file, temporary=True), Outgoing("Next"))
    assert [call.text for call in api.of("sendMessage")] == ["Next"]
