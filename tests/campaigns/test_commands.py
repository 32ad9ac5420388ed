"""The commands, from nothing to a campaign, as an administrator types them."""

import pytest

from core.campaigns.stand_in.chats import Way
from tests.campaigns.office import Office


def test_from_nothing_to_a_campaign(ready: Office) -> None:
    chats = ready.file(
        "chats.csv",
        "chat;consent;name\n11;form of 2026-05-01;Ann\n@twelve;form of 2026-05-02;\n",
    )
    assert "New chats: 2" in ready.do("import-chats", chats, "--group", "news")
    shown = ready.do("groups", "show", "news")
    assert "Senders: ann, bob" in shown
    assert "MAX_PER_HOUR = 3600 (general)" in shown
    out = ready.do("start", "news", "--no-listen")
    assert "news: sent 2, failed 0, unknown 0, still to send 0" in out
    texts = {call.chat: call.text for call in ready.stand_in.journal.delivered}
    assert set(texts) == {"11", "@twelve"}
    assert all(text.endswith("\n\nTo stop these messages, send /stop.") for text in texts.values())
    assert ready.status()["session"] == "completed"
    assert "is completed" in ready.do("start", "news", "--no-listen")
    ready.do("start", "news", "--no-listen", "--new-session")
    assert len(ready.stand_in.journal.delivered) == 4
    assert "news" in ready.do("stats", "--by", "group")
    assert "ann" in ready.do("stats", "--by", "sender")
    ready.do("export", "news", "--output", str(ready.home / "out.csv"))
    exported = (ready.home / "out.csv").read_text(encoding="utf-8-sig")
    assert exported.count(";sent;") == 4
    assert "form of 2026-05-01" in exported
    ready.do("export", "news", "--output", str(ready.home / "out.xlsx"))


def test_no_secret_lies_readable_anywhere(ready: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a run that met trouble, with everything in the log."""
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    ready.stand_in.ways.update({"11": Way.CUT, "12": Way.FLOOD, "13": Way.HTML})
    chats = ready.file("c.txt", "11\n12\n13\n14\n")
    ready.do("import-chats", chats, "--group", "news", "--consent", "x")
    list(ready.stand_in.bots.values())[1].refused = True
    said = ready.do("start", "news", code=3) + ready.err
    said += ready.do("senders", "list") + ready.do("groups", "show", "news")
    tokens = [bot.token.partition(":")[2] for bot in ready.stand_in.bots.values()]
    for path in ready.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(token.encode() in content for token in tokens), path
    assert not any(token in said for token in tokens)
    assert (ready.home / "logs" / "collector.log").stat().st_size > 200


def test_rows_without_consent_are_refused_with_their_lines(ready: Office) -> None:
    chats = ready.file(
        "chats.csv",
        'chat,consent,note\n11,"at the fair,\nMay 2026",a\n\n'
        "12,,b\n13,shop,c\nnonsense,shop,d\n14, ,e\n",
    )
    out = ready.do("import-chats", chats, "--group", "news", code=3)
    assert "New chats: 2" in out
    assert "in lines 5, 8" in ready.err
    assert "@name, in lines 7" in ready.err
    assert ready.status()["chats"] == 2


def test_a_file_without_any_consent_brings_nothing(ready: Office) -> None:
    chats = ready.file("chats.txt", "11\n12\n")
    ready.do("import-chats", chats, "--group", "news", code=3)
    assert "in lines 1, 2" in ready.err
    assert ready.status()["chats"] == 0
    ready.do("import-chats", chats, "--group", "news", "--consent", "fair in May 2026")
    assert ready.status()["chats"] == 2
    ready.do("export", "news", "--output", str(ready.home / "out.csv"))
    text = (ready.home / "out.csv").read_text(encoding="utf-8-sig")
    assert text.count("fair in May 2026") == 2


def test_opt_outs_before_the_first_message(ready: Office) -> None:
    assert "new: 2" in ready.do("opt-outs", "import", ready.file("out.txt", "11\n@Twelve\n"))
    chats = ready.file("chats.txt", "11\n@twelve\n13\n")
    out = ready.do("import-chats", chats, "--group", "news", "--consent", "a list")
    assert "Opted out, and not written to: 2" in out
    ready.do("start", "news", "--no-listen")
    assert [call.chat for call in ready.stand_in.journal.calls] == ["13"]
    ready.do("opt-outs", "add", "13")
    assert ready.do("opt-outs", "list").count("\n") == 3
    ready.do("opt-outs", "lift", "13", "--reason", "a mistake")
    ready.do("opt-outs", "lift", "13", "--reason", "again", code=2)
    ready.do("opt-outs", "lift", "nonsense", "--reason", "x", code=2)


def test_a_group_has_settings_of_its_own(ready: Office) -> None:
    ready.do("groups", "set", "news", "MAX_PER_HOUR=10", "QUIET_HOURS=22:00-08:00")
    shown = ready.do("groups", "show", "news")
    assert "MAX_PER_HOUR = 10 (of the group)" in shown
    ready.do("groups", "set", "news", "MAX_PER_HOUR=")
    assert "MAX_PER_HOUR = 3600 (general)" in ready.do("groups", "show", "news")
    ready.do("groups", "set", "news", "MAX_PER_HOUR=5000", code=2)
    assert "1 to 3600" in ready.err
    ready.do("groups", "set", "news", "SPEED=1", code=2)


def test_what_is_missing_is_said(office: Office) -> None:
    office.do("senders", "add", "ann", given="1:x\n", code=2)
    assert "campaigns init" in office.err
    office.do("init")
    office.do("start", code=2)
    assert "campaigns start GROUP" in office.err
    office.do("start", "news", code=2)
    assert "There is no group news" in office.err
    office.do("groups", "create", "news")
    office.do("groups", "create", "news", code=2)
    office.do("start", "news", code=2)
    assert "No sender works" in office.err
    office.bot("ann")
    office.do("groups", "add-senders", "news", "nobody", code=2)
    office.do("groups", "add-senders", "news", "ann")
    office.do("start", "news", code=2)
    assert "has no messages" in office.err
    office.do("groups", "add-messages", "news", "Hi {name", code=2)
    assert "brace" in office.err
    office.do("groups", "add-messages", "news", "Hi")
    office.do("start", "news", "--no-listen", code=2)
    assert "has no chats" in office.err


def test_tokens_are_checked_when_they_are_added(office: Office) -> None:
    office.do("init")
    office.do("senders", "add", "ann", given="not a token\n", code=2)
    bot = office.stand_in.add_bot("ann")
    bot.refused = True
    office.do("senders", "add", "ann", given=f"{bot.token}\n", code=2)
    assert "does not accept the token" in office.err
    office.do("senders", "add", "ann", "--unchecked", given=f"{bot.token}\n")
    office.do("senders", "check", code=3)
    bot.refused = False
    assert "@ann" in office.do("senders", "check")
    office.do("senders", "remove", "ann", code=2)
    office.do("senders", "remove", "ann", "--yes")
    assert "no senders yet" in office.do("senders", "list")


def test_deleting_and_resetting_ask_first(ready: Office) -> None:
    ready.do("import-chats", ready.file("c.txt", "11\n"), "--group", "news", "--consent", "x")
    ready.do("start", "news", "--no-listen")
    ready.do("reset", "news", code=2)
    assert "--yes" in ready.err
    ready.do("reset", "news", "--yes")
    assert ready.status()["session"] is None
    ready.do("start", "news", "--no-listen")
    assert len(ready.stand_in.journal.delivered) == 2
    ready.do("groups", "delete", "news", code=2)
    ready.do("groups", "delete", "news", "--yes")
    assert "no groups yet" in ready.do("groups", "list")


def test_what_failed_is_tried_again_when_asked(ready: Office) -> None:
    ready.stand_in.ways.update({"11": Way.NO_RIGHTS, "12": Way.CUT, "13": Way.NOT_FOUND})
    chats = ready.file("c.txt", "11\n12\n13\n")
    ready.do("import-chats", chats, "--group", "news", "--consent", "x")
    out = ready.do("start", "news", "--no-listen")
    assert "sent 0, failed 2, unknown 1" in out
    assert "--repeat-unknown" in out
    ready.stand_in.ways.clear()
    ready.do("retry", "news")
    assert "sent 2, failed 0, unknown 1" in ready.do("start", "news", "--no-listen")
    ready.do("retry", "news", "--repeat-unknown")
    assert "sent 3, failed 0, unknown 0" in ready.do("start", "news", "--no-listen")


def test_a_refused_sender_ends_with_3_when_the_others_are_done(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGNS_ALERT_CHAT", "999")
    bots = {bot.name: bot for bot in ready.stand_in.bots.values()}
    bots["ann"].refused = True
    ready.do("import-chats", ready.file("c.txt", "11\n12\n"), "--group", "news", "--consent", "x")
    ready.do("start", "news", "--no-listen", code=3)
    assert "ann: Telegram does not accept its token" in ready.err
    delivered = {call.chat: call.text for call in ready.stand_in.journal.delivered}
    assert set(delivered) == {"11", "12", "999"}
    assert "ann" in delivered["999"]
    assert "does not accept" in ready.do("senders", "list")


def test_messages_from_files(ready: Office) -> None:
    assert "added: 2" in ready.do(
        "import-messages", ready.file("m.txt", "One\ntwo\n---\nThree\n"), "--group", "news"
    )
    assert "added: 1" in ready.do(
        "import-messages", ready.file("m.csv", 'text;n\n"Four;\nfive";1\n'), "--group", "news"
    )
    ready.do("import-messages", ready.file("e.txt", "\n"), "--group", "news", code=2)
    ready.do("import-messages", str(ready.home / "none.txt"), "--group", "news", code=1)


def test_a_message_can_be_tried_on_oneself(ready: Office) -> None:
    ready.do("preview", "news", "--to", "42")
    assert [call.text.split("\n")[0] for call in ready.stand_in.journal.delivered] == [
        "Hello there",
        "Good day",
    ]
    ready.stand_in.ways["43"] = Way.NOT_STARTED
    ready.do("preview", "news", "--to", "43", code=1)


def test_a_dry_run_shows_what_is_then_sent(ready: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGNS_MESSAGE_ORDER", "random")
    chats = ready.file("c.txt", "".join(f"{chat}\n" for chat in range(11, 17)))
    ready.do("import-chats", chats, "--group", "news", "--consent", "x")
    shown = ready.do("start", "news", "--dry-run", "--seed", "7", "--workers", "1")
    assert ready.stand_in.journal.calls == []
    assert ready.status()["session"] is None
    lines = [line.split("  ") for line in shown.splitlines() if "/stop" in line]
    ready.do("start", "news", "--no-listen", "--seed", "7", "--workers", "1")
    sent = ready.stand_in.journal.delivered
    assert [(line[2], line[3]) for line in lines] == [
        (call.chat, " ".join(call.text.split())) for call in sent
    ]


def test_until_has_to_be_a_time(ready: Office) -> None:
    ready.do("import-chats", ready.file("c.txt", "11\n"), "--group", "news", "--consent", "x")
    ready.do("start", "news", "--no-listen", "--until", "noon", code=2)


def test_wishes_reach_a_group(ready: Office) -> None:
    ready.do("pause", "news")
    assert ready.status()["wish"] == "pause"
    ready.do("resume", "news")
    ready.do("stop", "news")
    assert ready.status()["wish"] == "stop"
    ready.do("pause", "none", code=2)


def test_the_demo_ends_within_a_minute_and_meets_every_way(office: Office) -> None:
    out = office.do("start", "--demo", "--no-listen", code=3)
    assert "still to send 0" in out
    office.do("status", "--demo")
    office.do("export", "demo", "--demo", "--output", str(office.home / "demo.csv"))
    text = (office.home / "demo.csv").read_text(encoding="utf-8-sig")
    for words in ("slow", "blocked", "removed", "no such chat", "topic", "may have arrived"):
        assert words in text or words == "slow"


def test_a_list_of_many_chats_is_read_in_batches(ready: Office) -> None:
    chats = "".join(f"{number}\n" for number in range(1, 1201)) + "7\n"
    found = ready.do(
        "import-chats", ready.file("c.txt", chats), "--group", "news", "--consent", "x"
    )
    assert "New chats: 1,200. Known before: 1." in found
    again = ready.do(
        "import-chats", ready.file("c.txt", chats), "--group", "news", "--consent", "x"
    )
    assert "New chats: 0." in again
    assert ready.status()["chats"] == 1200
