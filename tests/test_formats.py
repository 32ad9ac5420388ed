"""Numbers, times and sizes in Russian and English; babel, which knows both, is the judge."""

import os
import re
import time
from datetime import UTC, date, datetime

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from core.formats import clock, day, duration, moment, number, percent, remaining, size
from core.i18n import set_language


@pytest.fixture(autouse=True)
def _english_afterwards():
    yield
    set_language("en")


@pytest.fixture
def moscow(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a Windows process cannot be set")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "MSK-3"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def unbroken(text):
    """With the space that keeps a number and its unit on one line."""
    return re.sub(r"(\d) (?=\w)", "\\1\N{NO-BREAK SPACE}", text)


def both(function, *words):
    """What `function` says in Russian and in English."""
    said = []
    for language in ("ru", "en"):
        set_language(language)
        said.append(function(*words))
    return tuple(said)


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers(value):
    russian, english = both(number, value)
    assert russian == format_decimal(value, "#,##0", locale="ru")
    assert english == format_decimal(value, "#,##0", locale="en")


@given(st.integers(-(10**9), 10**9))
def test_numbers_with_two_digits(value):
    russian, english = both(number, value / 100, 2)
    assert russian == format_decimal(value / 100, "#,##0.00", locale="ru")
    assert english == format_decimal(value / 100, "#,##0.00", locale="en")


@pytest.mark.parametrize(
    ("value", "digits", "russian", "english"),
    [
        (1234567, 0, "1\u00a0234\u00a0567", "1,234,567"),
        (0, 0, "0", "0"),
        (-0.4, 0, "0", "0"),
        (2.5, 1, "2,5", "2.5"),
        (999.96, 1, "1\u00a0000,0", "1,000.0"),
    ],
)
def test_numbers(value, digits, russian, english):
    assert both(number, value, digits) == (russian, english)


def test_percent():
    assert both(percent, 0.12345, 1) == ("12,3\u00a0%", "12.3%")
    assert both(percent, 1) == ("100\u00a0%", "100%")


@pytest.mark.parametrize(
    ("count", "russian", "english"),
    [
        (0, "0 Б", "0 B"),
        (999, "999 Б", "999 B"),
        (1000, "1,0 КБ", "1.0 KB"),
        (10_188, "9,9 КБ", "9.9 KB"),
        (10_200, "10 КБ", "10 KB"),
        (214 * 1024**2, "214 МБ", "214 MB"),
        (1023 * 1024**2, "1,0 ГБ", "1.0 GB"),
        (1.5 * 1024**3, "1,5 ГБ", "1.5 GB"),
        (5000 * 1024**4, "5\u00a0000 ТБ", "5,000 TB"),
    ],
)
def test_sizes(count, russian, english):
    expected = (russian.replace(" ", "\u00a0"), english.replace(" ", "\u00a0"))
    assert both(size, count) == expected


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (-3, "0 с", "0 s"),
        (0.4, "0 с", "0 s"),
        (59.4, "59 с", "59 s"),
        (59.6, "1 мин", "1 min"),
        (65, "1 мин 5 с", "1 min 5 s"),
        (600, "10 мин", "10 min"),
        (3599.7, "1 ч", "1 h"),
        (4200, "1 ч 10 мин", "1 h 10 min"),
        (7439, "2 ч 4 мин", "2 h 4 min"),
        (7200 - 1, "2 ч", "2 h"),
        (86399, "1 д", "1 d"),
        (86400, "1 д", "1 d"),
        (90000, "1 д 1 ч", "1 d 1 h"),
        (2 * 86400 + 3 * 3600, "2 д 3 ч", "2 d 3 h"),
        (5 * 86400, "5 д", "5 d"),
        (5 * 86400 - 60, "5 д", "5 d"),
        (21 * 86400, "21 д", "21 d"),
    ],
)
def test_durations(seconds, russian, english):
    assert both(duration, seconds) == (unbroken(russian), english)


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (0, "меньше минуты", "less than a minute"),
        (59, "меньше минуты", "less than a minute"),
        (80, "около 1 мин", "about 1 min"),
        (595, "около 10 мин", "about 10 min"),
        (26 * 60, "около 25 мин", "about 25 min"),
        (58 * 60, "около 1 ч", "about 1 h"),
        (4321, "около 1 ч 10 мин", "about 1 h 10 min"),
        (5 * 3600 + 700, "около 5 ч", "about 5 h"),
        (5 * 3600 + 1000, "около 5 ч 30 мин", "about 5 h 30 min"),
        (31 * 3600 + 100, "около 1 д 7 ч", "about 1 d 7 h"),
    ],
)
def test_remaining_time(seconds, russian, english):
    assert both(remaining, seconds) == (unbroken(russian), english)


@given(st.floats(60, 10**7))
def test_remaining_time_is_rounded_by_no_more_than_a_third(seconds):
    """Seen through `duration`, whose text for whole steps can be read back."""
    set_language("en")
    units = {"min": 60, "h": 3600, "d": 86400}
    words = remaining(seconds).removeprefix("about ").split()
    shown = sum(
        int(count) * units[unit] for count, unit in zip(words[::2], words[1::2], strict=True)
    )
    assert abs(shown - seconds) <= seconds / 3


@pytest.mark.usefixtures("moscow")
def test_moments_are_local():
    for when in (
        "2026-09-05T21:30:05Z",
        "2026-09-05T21:30:05.123456+00:00",
        "2026-09-05 21:30:05",
        datetime(2026, 9, 5, 21, 30, 5, tzinfo=UTC),
        "2026-09-06T00:30:05+03:00",
    ):
        assert both(moment, when) == ("06.09.2026, 00:30", "06 Sep 2026, 00:30")


@pytest.mark.usefixtures("moscow")
def test_the_clock_names_the_day_only_where_it_is_another():
    now = datetime(2026, 9, 5, 20, 0, tzinfo=UTC)  # 23:00 in Moscow
    assert clock("2026-09-05T20:45:00Z", now) == "23:45"
    assert clock("2026-09-05T21:30:00Z", now) == "06 Sep 2026, 00:30"


def test_days_are_in_no_time_zone():
    assert both(day, "2026-09-05") == ("05.09.2026", "05 Sep 2026")
    assert both(day, "2026-09-05 23:59:59") == ("05.09.2026", "05 Sep 2026")
    assert both(day, date(2026, 12, 31)) == ("31.12.2026", "31 Dec 2026")


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(ValueError, match=r"must be|Invalid"):
        moment(text)
