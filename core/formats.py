"""Numbers, times and sizes as people of the present language write them (`core.i18n`).

Our own rather than babel's: two languages need a page of code, babel needs 50 ms at each start and
30 MB in the packed program. Any thread may call what stands here.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.i18n import _, current_language, pgettext

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class _Conventions:
    thousands: str
    decimal: str
    percent: str
    day: str
    """For strftime; only directives that do not depend on the locale of the C library."""
    month: str


_CONVENTIONS = {
    # Not the narrow space: the code pages of the Russian Windows console do not have it.
    "ru": _Conventions(_NO_BREAK, ",", _NO_BREAK + "%", "%d.%m.%Y", "%m.%Y"),
    # The month as a word, because 05/09 is September for one reader and May for the other.
    "en": _Conventions(",", ".", "%", "%d {month} %Y", "{month} %Y"),
}
_ENGLISH_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def number(value: float, digits: int = 0) -> str:
    """1234567.5 as `1,234,568`, or with `digits` behind the decimal sign. Minus is the hyphen."""
    form = _conventions()
    text = f"{round(value, digits) + 0:,.{digits}f}"  # + 0 makes -0.0 a plain zero
    return text.translate({ord(","): form.thousands, ord("."): form.decimal})


def percent(fraction: float, digits: int = 0) -> str:
    """0.125 as `12.5%` where `digits` is 1."""
    return number(100 * fraction, digits) + _conventions().percent


def size(count: float) -> str:
    """Bytes as `214 MB`; 1 KB is 1024 bytes, as Windows has it. Three digits are enough."""
    units = [_("B"), _("KB"), _("MB"), _("GB"), _("TB")]
    unit = 0
    while round(count) >= 1000 and unit < len(units) - 1:
        count /= 1024
        unit += 1
    digits = 1 if unit and round(count, 1) < 10 else 0
    return number(count, digits) + _NO_BREAK + units[unit]


def duration(seconds: float) -> str:
    """How long something took, in its two largest units: `45 s`, `2 h 4 min`, `3 d 1 h`.

    The units are abbreviated, because Russian words would need another case after each of 'in',
    'after' and 'about'.
    """
    left = max(0, round(seconds))
    if left >= DAY:
        left = HOUR * round(left / HOUR)
        return _two(_days(left // DAY), _hours(left % DAY // HOUR) if left % DAY else "")
    if left >= HOUR:
        left = MINUTE * round(left / MINUTE)
        if left == DAY:
            return _days(1)
        return _two(_hours(left // HOUR), _minutes(left % HOUR // MINUTE) if left % HOUR else "")
    if left >= MINUTE:
        return _two(_minutes(left // MINUTE), _seconds(left % MINUTE) if left % MINUTE else "")
    return _seconds(left)


def remaining(seconds: float) -> str:
    """How long something will take, as roundly as that can be known: `about 1 h 10 min`."""
    if round(seconds) < MINUTE:
        return _("less than a minute")
    step = next(step for limit, step in _ROUNDING if seconds < limit)
    return _("about {time}").format(time=duration(step * max(1, round(seconds / step))))


# Below so many seconds, whole steps of so many.
_ROUNDING = (
    (10 * MINUTE, MINUTE),
    (HOUR, 5 * MINUTE),
    (4 * HOUR, 10 * MINUTE),
    (12 * HOUR, 30 * MINUTE),
    (float("inf"), HOUR),
)


def moment(when: datetime | str) -> str:
    """Date and time in the user's time zone: `21 Nov 2026, 07:46`.

    `when` is a datetime or ISO 8601 text, UTC where it names no zone. Raises ValueError for other
    text.
    """
    local = _local(when)
    return f"{day(local)}, {_time(local)}"


def clock(when: datetime | str, now: datetime | None = None) -> str:
    """A near moment: the time alone where it is today, else with the date."""
    local = _local(when)
    today = (now or datetime.now(UTC)).astimezone().date()
    return _time(local) if local.date() == today else moment(local)


def clock_to_the_second(when: datetime) -> str:
    """A moment of this hour, on the user's clock: `14:35:20`."""
    return f"{when.astimezone():%H:%M:%S}"


def day(when: date | str) -> str:
    """A date as it is, in no time zone: `21 Nov 2026`. Text begins with YYYY-MM-DD."""
    if isinstance(when, str):
        when = date.fromisoformat(when[:10])
    month = _ENGLISH_MONTHS[when.month - 1]
    return when.strftime(_conventions().day).format(month=month)


def month(when: date) -> str:
    """A whole month: `Nov 2026`."""
    return when.strftime(_conventions().month).format(month=_ENGLISH_MONTHS[when.month - 1])


def _conventions() -> _Conventions:
    return _CONVENTIONS[current_language()]


def _local(when: datetime | str) -> datetime:
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone()


def _time(when: datetime) -> str:
    return when.strftime("%H:%M")


def _two(larger: str, smaller: str) -> str:
    return f"{larger} {smaller}" if smaller else larger


def _days(count: int) -> str:
    return pgettext("duration", "{n} d").format(n=number(count))


def _hours(count: int) -> str:
    return pgettext("duration", "{n} h").format(n=count)


def _minutes(count: int) -> str:
    return pgettext("duration", "{n} min").format(n=count)


def _seconds(count: int) -> str:
    return pgettext("duration", "{n} s").format(n=count)
