"""How a log record becomes one safe line: no secret, no whole phone number, no foreign controls.

The masking is done on the finished text, so that it also covers tracebacks and the messages of
other libraries. Whoever shows log records elsewhere (the window) uses the same formatter.
"""

import logging
import re
import threading
import traceback

from core.logs.masking import mask_numbers
from core.logs.secret_spellings import pattern_of

_DOTS = "•••"
_SHORTEST_SECRET = 4  # a shorter one would black out ordinary words

# A net under the registered secrets: tokens of Telegram bots by their form, and whatever is
# called a token in JSON, in a Python dict or in a query.
_BOT_TOKEN = re.compile(r"(?<!\d)\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_CALLED_TOKEN = re.compile(r"""(?i)(token(?:["']\s*:\s*["']|=))[^"'\s,&}]+""")

# C0 and C1 controls, line and paragraph separators, marks that turn the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_lock = threading.Lock()
_secrets: dict[str, None] = {}
_pattern: re.Pattern[str] | None = None


def register_secret(text: str) -> None:
    """Mask `text` from now on in everything that is logged, stored or shown of what others say.

    In every spelling (core.logs.secret_spellings). Fewer than four characters are not masked.
    Any thread may call.
    """
    global _pattern
    if len(text) < _SHORTEST_SECRET:
        return
    with _lock:
        if text in _secrets:
            return
        _secrets[text] = None
        longest_first = sorted(_secrets, key=len, reverse=True)
        _pattern = re.compile("|".join(map(pattern_of, longest_first)), re.IGNORECASE)


def without_secrets(text: str) -> str:
    """`text` of somebody else as it may be stored and shown; any thread may call."""
    return text if _pattern is None else _pattern.sub(_DOTS, text)


def masked(text: str) -> str:
    """`text` without registered secrets, tokens and whole phone numbers. Any thread may call."""
    text = _BOT_TOKEN.sub(_DOTS, without_secrets(text))
    text = _CALLED_TOKEN.sub(rf"\1{_DOTS}", text)
    return mask_numbers(text)


def one_line(text: str) -> str:
    """`text` with line ends and other controls written out (`\\n`), so that it stays one line."""
    return _CONTROLS.sub(_written_out, text)


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode-escape").decode("ascii")


class LogFormatter(logging.Formatter):
    """`2026-11-21 12:00:00 INFO  run 42: client 100001 (d.client-one): 932 projects`, local time.

    A message is one line whatever it holds. A traceback follows in lines that are indented, so
    that no foreign text can look like a record of its own. Never raises.
    """

    def __init__(self) -> None:
        super().__init__(datefmt="%Y-%m-%d %H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record, self.datefmt)} {record.levelname:<5} "
        return head + one_line(masked(message_of(record))) + _indented(appendix(record))


def message_of(record: logging.LogRecord) -> str:
    """Its text, not masked yet. Never raises."""
    try:
        return record.getMessage()
    except Exception as error:
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        return f"{text} (not to be formatted: {type(error).__name__})"


def appendix(record: logging.LogRecord) -> str:
    """Its traceback, not masked yet; empty where it has none."""
    parts = []
    if record.exc_info and record.exc_info[1] is not None:
        parts.append("".join(traceback.format_exception(record.exc_info[1])))
    if record.stack_info:
        parts.append(record.stack_info)
    return "\n".join(parts).rstrip("\n")


def _indented(text: str) -> str:
    if not text:
        return ""
    lines = masked(text).split("\n")
    return "".join(f"\n    {_CONTROLS.sub(_written_out, line)}" for line in lines)
