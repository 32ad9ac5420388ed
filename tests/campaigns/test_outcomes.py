"""Each thing that can happen to a message, and what follows from it in the database."""

from datetime import timedelta

import pytest

from core.campaigns.stand_in.chats import Way
from core.campaigns.stand_in.server import StandIn
from tests.campaigns.kit import FAST, Kit, open_kit
from tests.postgres import Postgres


def attempt(kit: Kit) -> tuple[object, ...]:
    (row,) = kit.rows("SELECT status, error FROM task_attempts")
    return row


def task(kit: Kit) -> tuple[object, ...]:
    (row,) = kit.rows("SELECT status, block_reason FROM tasks")
    return row


def test_messages_arrive_once_each(kit: Kit) -> None:
    kit.group(["1", "2", "3", "@four"], texts=["Hi {name|there}", "Hello"])
    assert kit.send(cycles=2) == 0
    sent = sorted((call.chat, call.text) for call in kit.stand_in.journal.calls)
    assert [chat for chat, _text in sent] == ["1", "1", "2", "2", "3", "3", "@four", "@four"]
    assert sorted(text for _chat, text in sent) == ["Hello"] * 4 + ["Hi there"] * 4
    assert (
        kit.rows("SELECT status, completed_cycles, success_count FROM tasks")
        == [("completed", 2, 2)] * 4
    )
    assert kit.one("SELECT state FROM sessions") == "completed"
    assert kit.one("SELECT SUM(sent) FROM sender_daily_stats") == 8


@pytest.mark.parametrize(
    ("way", "cause"),
    [
        (Way.NOT_FOUND, "chat_not_found"),
        (Way.NOT_A_MEMBER, "not_a_member"),
        (Way.DELETED, "chat_gone"),
        (Way.NOT_STARTED, "no_sender"),
    ],
)
def test_a_chat_that_cannot_be_written_to_is_blocked(kit: Kit, way: Way, cause: str) -> None:
    kit.group(["1"])
    kit.stand_in.ways["1"] = way
    assert kit.send(cycles=3) == 0
    assert task(kit) == ("blocked", cause)
    assert attempt(kit)[0] == "failed"
    assert len(kit.stand_in.journal.calls) == 1
    assert kit.rows("SELECT chat FROM opt_outs") == []


@pytest.mark.parametrize(
    ("way", "how"), [(Way.BLOCKED, "blocked_by_person"), (Way.KICKED, "removed")]
)
def test_who_blocks_or_removes_the_bot_is_never_written_to_again(
    kit: Kit, way: Way, how: str
) -> None:
    kit.group(["1"])
    kit.group(["1"], name="other")
    kit.stand_in.ways["1"] = way
    assert kit.send() == 0
    assert kit.rows("SELECT chat, how FROM opt_outs") == [("1", how)]
    assert kit.rows("SELECT status, block_reason FROM tasks") == [("blocked", "opted_out")] * 2
    kit.run(kit.campaign(kit.session("other")))
    kit.run(kit.campaign(kit.session(new=True)))
    assert len(kit.stand_in.journal.calls) == 1


@pytest.mark.parametrize(
    ("way", "cause"), [(Way.NO_RIGHTS, "no_rights"), (Way.TOPIC_CLOSED, "topic_closed")]
)
def test_what_may_change_is_tried_in_the_next_cycle(kit: Kit, way: Way, cause: str) -> None:
    kit.group(["1"])
    kit.stand_in.ways["1"] = way
    assert kit.send(cycles=3) == 0
    assert kit.rows("SELECT cycle, status, error FROM task_attempts ORDER BY cycle") == [
        (cycle, "failed", cause) for cycle in range(1, 4)
    ]
    assert task(kit) == ("completed", None)


def test_slow_mode_is_waited_for_in_the_same_cycle(kit: Kit) -> None:
    kit.group(["-1"])
    kit.stand_in.ways["-1"] = Way.SLOW_MODE
    assert kit.send() == 0
    first, second = kit.stand_in.journal.calls
    assert (second.at - first.at) >= timedelta(seconds=1)
    assert kit.rows("SELECT cycle, status, tries FROM task_attempts") == [(1, "sent", 2)]
    assert kit.rows("SELECT status, error FROM send_log ORDER BY id") == [
        ("waiting", "slow_mode"),
        ("sent", None),
    ]


def test_a_flood_silences_the_sender_as_long_as_it_was_told(kit: Kit) -> None:
    kit.group(["1", "2"])
    kit.stand_in.ways["1"] = Way.FLOOD
    kit.stand_in.retry_after = 2
    assert kit.send() == 0
    first, *others = kit.stand_in.journal.calls
    assert len(others) == 2
    assert min(call.at for call in others) - first.at >= timedelta(seconds=2)


@pytest.mark.parametrize(
    "way", [Way.ERROR_500, Way.ERROR_500_DELIVERED, Way.SILENT, Way.CUT, Way.HTML]
)
def test_what_may_have_arrived_is_not_repeated(kit: Kit, way: Way) -> None:
    kit.group(["1"])
    kit.stand_in.ways["1"] = way
    assert kit.send() == 0
    assert attempt(kit) == ("unknown", "no_answer")
    assert len(kit.stand_in.journal.calls) == 1
    assert kit.one("SELECT unknown FROM group_stats") == 1


def test_three_unexpected_errors_in_a_row_block_over_cycles(kit: Kit) -> None:
    kit.group(["1"])
    kit.stand_in.ways["1"] = Way.UNEXPECTED
    assert kit.send(cycles=2) == 0
    assert task(kit) == ("completed", None)
    kit.run(kit.campaign(kit.session(new=True, cycles=5)))
    assert task(kit) == ("blocked", "too_often")
    assert len(kit.stand_in.journal.calls) == 3


def test_a_private_chat_belongs_to_the_bot_that_it_started(kit: Kit) -> None:
    first, second = kit.group(["1"], senders=2)
    kit.stand_in.ways["1"] = Way.NOT_STARTED
    second.started_by.add("1")
    first.started_by.discard("1")
    assert kit.send(cycles=3) == 0
    delivered = kit.stand_in.journal.delivered
    assert [call.bot for call in delivered] == [second.name] * 3
    assert len(kit.stand_in.journal.calls) <= 4  # the wrong bot tried once at most
    assert kit.one("SELECT bound_to FROM task_progress") == second.name
    assert kit.rows("SELECT chat FROM opt_outs") == []


def test_a_group_that_moved_is_followed(kit: Kit) -> None:
    kit.group(["-5"])
    kit.stand_in.ways["-5"] = Way.MOVED
    kit.stand_in.moved["-5"] = "-1005"
    assert kit.send() == 0
    assert [(call.chat, call.delivered) for call in kit.stand_in.journal.calls] == [
        ("-5", False),
        ("-1005", True),
    ]
    assert kit.rows("SELECT chat, status FROM tasks") == [("-1005", "completed")]
    assert kit.rows("SELECT cycle, status, tries FROM task_attempts") == [(1, "sent", 2)]


def test_a_refused_token_ends_one_worker_and_no_other(kit: Kit) -> None:
    bots = kit.group([str(chat) for chat in range(1, 21)], senders=3)
    bots[1].refused = True
    assert kit.send() == 3
    assert kit.rows("SELECT name, block_reason FROM senders WHERE is_blocked") == [
        (bots[1].name, "token_refused")
    ]
    assert len(kit.stand_in.journal.delivered) == 20
    assert kit.one("SELECT state FROM sessions") == "completed"


def test_a_token_refused_in_the_middle_costs_no_message(kit: Kit) -> None:
    bots = kit.group([str(chat) for chat in range(1, 31)], senders=2)
    session = kit.session()
    campaign = kit.campaign(session)
    kit.stand_in.before_answer.clear()
    campaign.start()
    while len(kit.stand_in.journal.calls) < 2:
        campaign.wait(0.01)
    bots[0].refused = True
    kit.stand_in.before_answer.set()
    while not campaign.wait(0.1):
        pass
    assert campaign.close() == 3
    assert len(kit.stand_in.journal.delivered) == 30
    assert len({call.chat for call in kit.stand_in.journal.delivered}) == 30


def test_chats_of_a_refused_sender_are_told_at_the_end(kit: Kit) -> None:
    bots = kit.group(["1", "2"], senders=2)
    kit.rows_changed("UPDATE tasks SET sender_id = (SELECT MIN(id) FROM senders) WHERE chat = '1'")
    bots[0].refused = True
    assert kit.send() == 3
    assert kit.rows("SELECT chat, status, block_reason FROM tasks ORDER BY chat") == [
        ("1", "blocked", "no_sender"),
        ("2", "completed", None),
    ]


def test_without_connection_nothing_is_lost_and_nothing_spent(kit: Kit) -> None:
    kit.group([str(chat) for chat in range(1, 6)])
    campaign = kit.campaign(kit.session())
    url = kit.stand_in.url
    kit.stand_in.stop()
    campaign.start()
    while not [state for state in kit.board.states if state.doing == "no_connection"]:
        campaign.wait(0.05)
    assert kit.rows("SELECT id FROM task_attempts") == []
    kit.stand_in.start()
    while not campaign.wait(0.1):
        pass
    assert campaign.close() == 0
    assert kit.stand_in.url == url
    assert len(kit.stand_in.journal.delivered) == 5


def test_a_chat_without_the_fields_of_any_message_fails_without_a_call(kit: Kit) -> None:
    kit.group(["1"], texts=["Hi {name}"])
    assert kit.send(FAST) == 0
    assert attempt(kit) == ("failed", "field_missing")
    assert not kit.stand_in.journal.calls


def test_a_database_server_that_restarts_during_a_call_costs_nothing(
    postgres: Postgres, postgres_url: str, stand_in: StandIn
) -> None:
    """The message is out: what came of it is written as soon as the server is back."""
    kit = open_kit(postgres_url, stand_in)
    kit.group(["1", "2", "3"])
    campaign = kit.campaign(kit.session(), seconds=20)
    stand_in.before_answer.clear()
    campaign.start()
    while not stand_in.journal.calls:
        campaign.wait(0.05)
    postgres.restart()
    stand_in.before_answer.set()
    while not campaign.wait(0.1):
        pass
    assert campaign.close() == 0
    assert sorted(call.chat for call in stand_in.journal.calls) == ["1", "2", "3"]
    assert kit.rows("SELECT status FROM task_attempts") == [("sent",)] * 3
    kit.engine.dispose()
