"""Limits, quiet hours and the choice of messages, by themselves."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.campaigns.chance import chance
from core.campaigns.sending.limits import Limits, chat_gap
from core.campaigns.sending.quiet_hours import QuietHours
from core.campaigns.sending.texts import (
    FieldMissing,
    Message,
    Order,
    TextUnusable,
    choose,
    complete,
    field_names,
    fill_in,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def test_gaps_are_spread_within_the_randomness() -> None:
    limits = Limits(max_per_hour=25, randomness=0.2)
    gaps = [limits.sender_gap(chance(1, turn)).total_seconds() for turn in range(2000)]
    assert 115.2 <= min(gaps) < 117
    assert 171 < max(gaps) <= 172.8
    assert sum(gaps) / len(gaps) == pytest.approx(144, rel=0.02)


def test_no_setting_makes_a_bot_faster_than_telegram_allows() -> None:
    assert Limits(max_per_hour=10**6).sender_gap(0).total_seconds() >= 1 / 30


def test_a_group_gets_twenty_a_minute_at_most() -> None:
    assert MINUTE / chat_gap("-1001234") <= 20
    assert MINUTE / chat_gap("@channel") <= 20
    assert chat_gap("1234").total_seconds() == 1


def test_chance_can_be_repeated() -> None:
    assert chance(7, "a", 1) == chance(7, "a", 1)
    assert len({chance(7, "a", 1), chance(8, "a", 1), chance(7, "a", 2), chance(7, "b", 1)}) == 4


@pytest.mark.parametrize(
    "begin", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
)
@pytest.mark.parametrize(
    ("quiet_from", "quiet_to"),
    [(time(23), time(8)), (time(1), time(2, 30)), (time(2, 15), time(3)), (time(12), time(13))],
)
def test_quiet_hours_over_a_change_of_summer_time(
    begin: datetime, quiet_from: time, quiet_to: time
) -> None:
    """Whoever waits as told never wakes in the quiet hours, and not long after them."""
    quiet = QuietHours(quiet_from, quiet_to, BERLIN)
    for minute in range(3 * 24 * 60):
        moment = begin + minute * MINUTE
        end = quiet.end_after(moment)
        assert not quiet.cover(end)
        assert (end == moment) is not quiet.cover(moment)
        late = [end - step * MINUTE for step in range(1, 62)]
        assert any(quiet.cover(earlier) for earlier in late) or end == moment


def test_messages_in_turn_and_at_random_are_balanced() -> None:
    for order in Order:
        used = dict.fromkeys(range(1, 6), 0)
        for turn in range(50):
            messages = [Message(number, "", count) for number, count in used.items()]
            used[choose(messages, order, chance(3, turn)).id] += 1
        assert set(used.values()) == {10}


def test_random_order_has_no_favourite_to_begin_with() -> None:
    messages = [Message(number, "", 0) for number in range(4)]
    first = Counter(choose(messages, Order.RANDOM, chance(5, turn)).id for turn in range(400))
    assert min(first.values()) > 60


def test_fields() -> None:
    assert fill_in("Hi {name}, {{x}} {city|your town}", {"name": "Ann"}) == "Hi Ann, {x} your town"
    assert field_names("{b} {a|x} {b} {имя}") == ["b", "имя"]
    with pytest.raises(FieldMissing, match="name"):
        fill_in("Hi {name}", {"name": ""})


def test_the_last_line_says_how_to_stop() -> None:
    assert complete("Hi", {}, "Stop: /stop") == "Hi\n\nStop: /stop"
    assert complete("Hi", {}, "") == "Hi"
    with pytest.raises(TextUnusable):
        complete(" {a|} ", {}, "Stop: /stop")
    with pytest.raises(TextUnusable):
        complete("😀" * 2048, {}, "x")
    assert complete("😀" * 2048, {}, "")
