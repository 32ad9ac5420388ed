"""Several processes send from one queue: each message once, and every number agrees."""

import os
from collections import Counter

import pytest

from core.campaigns.stand_in.chats import Way
from tests.campaigns.agreement import check_agreement
from tests.campaigns.kit import Kit
from tests.campaigns.process import Job, start

FULL = os.environ.get("TORTURE") == "full"
PROCESSES = 8
CHATS = 2000 if FULL else 150
CYCLES = 3

TROUBLES = [
    Way.NOT_FOUND,
    Way.BLOCKED,
    Way.KICKED,
    Way.NO_RIGHTS,
    Way.UNEXPECTED,
    Way.ERROR_500,
    Way.ERROR_500_DELIVERED,
    Way.CUT,
    Way.FLOOD,
]


@pytest.mark.slow
@pytest.mark.timeout(0 if FULL else 300)
def test_eight_processes_send_each_message_once(kit: Kit) -> None:
    chats = [str(1000 + number) if number % 3 else f"-{1000 + number}" for number in range(CHATS)]
    for number, way in enumerate(TROUBLES * 2):
        kit.stand_in.ways[chats[7 * number]] = way
    kit.group(chats, senders=PROCESSES, texts=[f"Text {number}" for number in range(5)])
    jobs = [
        Job(
            kit.place.url.render_as_string(hide_password=False),
            kit.key.reveal(),
            kit.stand_in.url,
            senders=(number,),
            cycles=CYCLES,
        )
        for number in range(PROCESSES)
    ]
    processes = [start(job) for job in jobs]
    for process in processes:
        _out, err = process.communicate()
        assert (process.returncode, err) == (0, "")

    assert kit.one("SELECT COUNT(*) FROM sessions WHERE state = 'completed'") == 1
    twice = kit.rows(
        "SELECT run_id, task_id, cycle FROM task_attempts GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
    )
    assert not twice
    calls = Counter(call.chat for call in kit.stand_in.journal.calls)
    fine = {chat for chat in chats if chat not in kit.stand_in.ways}
    assert {calls[chat] for chat in fine} == {CYCLES}
    statuses = {row[0] for row in kit.rows("SELECT status FROM task_attempts")}
    assert statuses == {"sent", "failed", "unknown"}
    rest = kit.rows(
        "SELECT status, block_reason, completed_cycles FROM tasks WHERE status <> 'completed'"
    )
    assert {(status, reason) for status, reason, _cycles in rest} == {
        ("blocked", "chat_not_found"),
        ("blocked", "opted_out"),
        ("blocked", "too_often"),
    }
    check_agreement(kit)
    used = [row[0] for row in kit.rows("SELECT usage_count FROM messages")]
    assert max(used) - min(used) <= PROCESSES * 2
