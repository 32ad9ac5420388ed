"""What users type, read strictly: each function returns the value or raises NotRead, whose
sentence says what is wrong and gives an example."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import phonenumbers

from core.formats import number
from core.i18n import _

MOST_PRICE = 10_000_000
MOST_PAGES = 100
MOST_DAYS = 365
MOST_CHATS = 50
_FIRST_DAY = date(2020, 1, 1)
_YEARS_AHEAD = 2

_NAME = re.compile(r"(?:https?://)?(?:t\.me/|@)?([A-Za-z][A-Za-z0-9_]{3,31})/?", re.ASCII)
_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}")
_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,200}")
_WHOLE = re.compile(r"[0-9]{1,12}")
_SPACES = re.compile(r"[\s\u00a0]")


class NotRead(Exception):
    """What was typed cannot be taken; `str()` is the sentence for the user."""


def username(text: str) -> str:
    """A public name of Telegram, with its @."""
    match = _NAME.fullmatch(text.strip())
    if match is None:
        raise NotRead(_("This is no name of Telegram. Example: @ivan_petrov"))
    return f"@{match[1]}"


def chat_names(text: str) -> list[str]:
    """One or several names of chats, between them spaces, commas or new lines."""
    words = [word for word in re.split(r"[\s,;]+", text.strip()) if word]
    if not words:
        raise NotRead(_("Send the names of chats. Example: @pvz_moscow, @pvz_work"))
    names: list[str] = []
    for word in words:
        match = _NAME.fullmatch(word)
        if match is None:
            raise NotRead(
                _("“{word}” is no name of a chat. Example: @pvz_moscow, @pvz_work").format(
                    word=word[:40]
                )
            )
        if f"@{match[1]}".casefold() not in (name.casefold() for name in names):
            names.append(f"@{match[1]}")
    if len(names) > MOST_CHATS:
        raise NotRead(_("At most {count} chats. Send fewer of them.").format(count=MOST_CHATS))
    return names


def dates(text: str, today: date) -> tuple[str, str]:
    """Two days `DD.MM.YYYY - DD.MM.YYYY`, or one, as `YYYY-MM-DD` each."""
    parts = _DATE.findall(text)
    rest = _DATE.sub("", text)
    if len(parts) not in (1, 2) or re.sub(r"[\s–—-]", "", rest):
        raise NotRead(_("Dates look like this: 01.03.2026 - 31.03.2026"))
    try:
        days = [date(int(year), int(month), int(day)) for day, month, year in parts]
    except ValueError:
        raise NotRead(_("There is no such day. Example: 01.03.2026 - 31.03.2026")) from None
    first, last = days[0], days[-1]
    latest = date(today.year + _YEARS_AHEAD, 12, 31)
    if first < _FIRST_DAY or last > latest or last < _FIRST_DAY or first > latest:
        raise NotRead(
            _("Dates from {first} to {last} are taken. Example: 01.03.2026 - 31.03.2026").format(
                first=f"{_FIRST_DAY:%d.%m.%Y}", last=f"{latest:%d.%m.%Y}"
            )
        )
    if first > last:
        raise NotRead(_("The first day is after the last. Example: 01.03.2026 - 31.03.2026"))
    if last - first > timedelta(days=MOST_DAYS):
        raise NotRead(
            _("At most {days} days apart. Example: 01.03.2026 - 31.03.2026").format(days=MOST_DAYS)
        )
    return first.isoformat(), last.isoformat()


def prices(text: str) -> tuple[int, int]:
    """`2000 - 3500`, or one number: the least."""
    numbers = [_SPACES.sub("", part) for part in re.split(r"[–—-]", text.strip())]
    if len(numbers) not in (1, 2) or not all(_WHOLE.fullmatch(part) for part in numbers):
        raise NotRead(_("Send two whole numbers, the lowest and the highest. Example: 2000 - 3500"))
    least = int(numbers[0])
    most = int(numbers[1]) if len(numbers) == 2 else MOST_PRICE
    if least > MOST_PRICE or most > MOST_PRICE:
        raise NotRead(
            _("Prices from 0 to {most} are taken. Example: 2000 - 3500").format(
                most=number(MOST_PRICE)
            )
        )
    if least > most:
        raise NotRead(_("The lowest price is above the highest. Example: 2000 - 3500"))
    return least, most


def pages(text: str) -> int:
    """How many pages of a listing are read."""
    word = text.strip()
    if not _WHOLE.fullmatch(word) or not 1 <= int(word) <= MOST_PAGES:
        raise NotRead(_("Send a whole number from 1 to {most}. Example: 3").format(most=MOST_PAGES))
    return int(word)


def link(text: str, site: str) -> str:
    """An address of a listing of `site` ('avito.ru' or 'cian.ru')."""
    example = f"https://www.{site}/" + (
        "moskva/kvartiry/sdam" if site == "avito.ru" else "cat.php?deal_type=rent"
    )
    wrong = NotRead(
        _("This is no link of {site}. Copy it from the browser. Example: {example}").format(
            site=site, example=example
        )
    )
    word = text.strip()
    if not word.isprintable() or " " in word or len(word) > 2000:
        raise wrong
    try:
        parts = urlsplit(word if "://" in word else f"https://{word}")
        host = (parts.hostname or "").casefold()
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port is not None:
        raise wrong
    if host != site and not host.endswith(f".{site}"):
        raise wrong
    if not parts.path.strip("/"):
        raise NotRead(
            _("This is only the front page. Open a list there and copy its link: {example}").format(
                example=example
            )
        )
    return parts.geturl()


def phone(text: str) -> str:
    """A Russian number in the form +7XXXXXXXXXX."""
    wrong = NotRead(_("This is no Russian phone number. Example: +7 957 123-45-67"))
    if len(text) > 40:
        raise wrong
    try:
        parsed = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        raise wrong from None
    national = str(parsed.national_number)
    if parsed.country_code != 7 or len(national) != 10 or national[0] in "67" or parsed.extension:
        raise wrong
    return f"+7{national}"


def code(text: str) -> str:
    """The digits of a login code that was typed with signs between them.

    A bare one is refused: Telegram makes a code useless when it is sent through it as it is.
    """
    digits = "".join(letter for letter in text if letter.isdecimal() and letter.isascii())
    if not 4 <= len(digits) <= 8:
        raise NotRead(_("Send the digits of the code with signs between them. Example: 1-2-3-4-5"))
    if re.search(r"[0-9]{4}", text):
        raise NotRead(
            _(
                "Telegram has seen this code in a message and does not accept it any more. Press"
                " “Send again” and type the new code with signs between the digits. Example:"
                " 1-2-3-4-5"
            )
        )
    return digits


def bot_token(text: str) -> str:
    word = text.strip()
    if not _TOKEN.fullmatch(word):
        raise NotRead(
            _(
                "This is no token of a bot. @BotFather gives it, it looks like this:"
                " 123456789:AAE-and-so-on"
            )
        )
    return word


def chat_id(text: str) -> str:
    word = text.strip().replace("−", "-").replace("–", "-")
    if not _CHAT.fullmatch(word):
        raise NotRead(
            _("Send the number of the chat, negative for a group. Example: -1001234567890")
        )
    return word


def shown_date(iso: str) -> str:
    """`2026-03-01` as it is typed here: 01.03.2026."""
    return datetime.fromisoformat(iso).strftime("%d.%m.%Y")


def looks_secret(text: str) -> bool:
    """Whether there is a bot's token in it, wherever it was typed."""
    return _TOKEN.search(text) is not None
