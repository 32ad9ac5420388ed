"""How long a server asks us to wait."""

import email.utils
import math
import re
import time
from collections.abc import Mapping

# Several headers of one name are joined by commas; there is one in a date, too: "Wed, 21 Oct …".
_SEVERAL = re.compile(r",(?!\s*\d{1,2}[ -][A-Za-z])")

MAX_WAIT = 24 * 3600.0  # seconds; no server means more, whatever it says


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks us to wait, None where it does not say or makes no sense.

    A date is compared with the server's own clock where it tells it: ours may be wrong. Ours is
    taken in whole seconds, as the date was, so that the wait is never shorter than meant. Where
    the header came several times, the longest wait counts.
    """
    waits = [_seconds(text, headers) for text in _SEVERAL.split(headers.get("Retry-After", ""))]
    return max((wait for wait in waits if wait is not None), default=None)


def _seconds(text: str, headers: Mapping[str, str]) -> float | None:
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        until, now = _date(text), _date(headers.get("Date", ""))
        if until is None:
            return None
        seconds = until - (math.floor(time.time()) if now is None else now)
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), MAX_WAIT)


def _date(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
