"""Kinds of settings: how each is read from text, and what it allows.

`read` turns text (stripped, not empty) into a value or raises ValueError without a message:
the words for the operator are those of `allowed`, so that they cannot contradict the check.
"""

import ipaddress
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from core.formats import number
from core.i18n import _
from core.settings.secret import Secret

_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Period = tuple[time, time]


class Kind(Protocol):
    """What the table of settings needs of a kind."""

    def read(self, text: str) -> object:
        """The value that `text` stands for; ValueError where it is not allowed."""
        ...

    def allowed(self) -> str:
        """What may be given, to be put after 'allowed: ', in the present language."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of `least` to `most`."""

    least: int
    most: int

    def read(self, text: str) -> int:
        if not _WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise ValueError
        return int(text)

    def allowed(self) -> str:
        return _("a whole number from {least} to {most}").format(least=self.least, most=self.most)


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number of `least` to `most`; a decimal comma is as good as a point."""

    least: float
    most: float

    def read(self, text: str) -> float:
        if not _DECIMAL.fullmatch(text):
            raise ValueError
        value = float(text.replace(",", "."))
        if not self.least <= value <= self.most:
            raise ValueError
        return value

    def allowed(self) -> str:
        return _("a number from {least} to {most}").format(
            least=_short(self.least), most=_short(self.most)
        )


def _short(value: float) -> str:
    """As people of the language write it, with no more digits than needed."""
    digits = len(f"{value:g}".partition(".")[2])
    return number(value, digits)


@dataclass(frozen=True, slots=True)
class DecimalOrAuto:
    """As Decimal, or `auto`, which is read as None."""

    number: Decimal

    def read(self, text: str) -> float | None:
        return None if text.casefold() == "auto" else self.number.read(text)

    def allowed(self) -> str:
        return _("{number}, or auto").format(number=self.number.allowed())


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, text: str) -> bool:
        word = text.casefold()
        if word in {"true", "yes", "on", "1"}:
            return True
        if word in {"false", "no", "off", "0"}:
            return False
        raise ValueError

    def allowed(self) -> str:
        return _("true or false")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words, in any case of letters."""

    words: Sequence[str]

    def read(self, text: str) -> str:
        for word in self.words:
            if word.casefold() == text.casefold():
                return word
        raise ValueError

    def allowed(self) -> str:
        return _(" or ").join(self.words)


@dataclass(frozen=True, slots=True)
class Several:
    """Any of a few words, separated by commas; `none` for none of them."""

    words: Sequence[str]

    def read(self, text: str) -> frozenset[str]:
        if text.casefold() == "none":
            return frozenset()
        one = Choice(self.words)
        return frozenset(one.read(part.strip()) for part in text.split(","))

    def allowed(self) -> str:
        return _("{words}, separated by commas, or none").format(words=", ".join(self.words))


@dataclass(frozen=True, slots=True)
class Location:
    """A path of a file or folder. What it is relative to is decided by core.settings.paths."""

    def read(self, text: str) -> Path:
        if _UNPRINTABLE.search(text) or not Path(text).name:
            raise ValueError
        if sys.platform == "win32" and re.search(r'[<>"|?*]', text):
            raise ValueError
        try:
            return Path(text).expanduser()
        except RuntimeError:  # '~somebody' who does not exist here
            raise ValueError from None

    def allowed(self) -> str:
        return _("a path of a file or folder")


THIS_COMPUTER = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Address:
    """An https address. Plain http only where nobody can listen in: it carries a token.

    `own_network` allows plain http within the own network too, else only to this computer.
    """

    own_network: bool = False

    def read(self, text: str) -> str:
        if not text.isprintable() or " " in text:
            raise ValueError
        parts = urlsplit(text)
        host = parts.hostname or ""
        _port = parts.port  # raises ValueError where it is no port
        if not host or "@" in parts.netloc or parts.fragment:
            raise ValueError
        safe = is_near(host) if self.own_network else host in THIS_COMPUTER
        if parts.scheme != "https" and not (parts.scheme == "http" and safe):
            raise ValueError
        return text

    def allowed(self) -> str:
        if not self.own_network:
            return _("an address that begins with https:// (http:// only to this computer)")
        return _("an address that begins with https:// (http:// only within your own network)")


def is_near(host: str) -> bool:
    """Whether a host is this computer or in the own network, told by its name or number alone."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        plain_name = "." not in host and not host[0].isdigit()
        return plain_name or host.endswith((".local", ".lan", ".internal", ".localhost"))


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to answer: a host (an IP address, or a name of this computer) and a port."""

    def read(self, text: str) -> tuple[str, int]:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port  # raises ValueError where it is no port
        rest = parts.path or parts.query or parts.fragment or "@" in parts.netloc
        if not host or port is None or rest or not text.isprintable() or " " in text:
            raise ValueError
        return host, port

    def allowed(self) -> str:
        return _("an address and a port, such as {example}").format(example="127.0.0.1:8080")


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """The address of a proxy, which may hold a user name and a password."""

    schemes: Sequence[str]

    def read(self, text: str) -> Secret:
        if not text.isprintable() or " " in text:
            raise ValueError
        parts = urlsplit(text)
        if parts.scheme not in self.schemes or not parts.hostname or not parts.port:
            raise ValueError
        return Secret(text)

    def allowed(self) -> str:
        schemes = _(" or ").join(f"{scheme}://" for scheme in self.schemes)
        return _("an address that begins with {schemes} and has a port").format(schemes=schemes)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The address of a database, which may hold a password. Which databases there are is known to
    whoever opens them."""

    def read(self, text: str) -> Secret:
        scheme, mark, rest = text.partition("://")
        if not text.isprintable() or not scheme or not mark or not rest.strip("/"):
            raise ValueError
        return Secret(text)

    def allowed(self) -> str:
        return _("an address such as postgresql://user:password@host:5432/name")


@dataclass(frozen=True, slots=True)
class Token:
    """A secret in one piece, as it was given by the other side."""

    shape: str = r"[!-~]{1,1000}"  # printable, no spaces

    def read(self, text: str) -> Secret:
        if not re.fullmatch(self.shape, text):
            raise ValueError
        return Secret(text)

    def allowed(self) -> str:
        return _("the token exactly as you were given it, without spaces")


@dataclass(frozen=True, slots=True)
class Word:
    """A name in one piece, of a server, a user or a database."""

    def read(self, text: str) -> str:
        if len(text) > 200 or not text.isprintable() or " " in text:
            raise ValueError
        return text

    def allowed(self) -> str:
        return _("a name without spaces")


@dataclass(frozen=True, slots=True)
class ChatId:
    """The number of a Telegram chat, negative for a group."""

    def read(self, text: str) -> str:
        if not re.fullmatch(r"-?[1-9][0-9]{0,18}", text):
            raise ValueError
        return text

    def allowed(self) -> str:
        return _("the number of a chat")


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A local time such as 09:30."""

    def read(self, text: str) -> time:
        match = _TIME.fullmatch(text)
        if match is None:
            raise ValueError
        return time(int(match[1]), int(match[2]))

    def allowed(self) -> str:
        return _("a time such as 09:30")


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day such as 23:00-08:00; it may pass midnight."""

    def read(self, text: str) -> Period:
        parts = [part.strip() for part in re.split(r"[-–]", text)]
        if len(parts) != 2:
            raise ValueError
        begin, end = (TimeOfDay().read(part) for part in parts)
        if begin == end:
            raise ValueError
        return begin, end

    def allowed(self) -> str:
        return _("hours such as 23:00-08:00")


@dataclass(frozen=True, slots=True)
class Origins:
    """Addresses of sites as a browser names them, without a path; `*` for all."""

    def read(self, text: str) -> tuple[str, ...]:
        origins = tuple(part.strip() for part in text.split(","))
        for origin in origins:
            parts = urlsplit(origin)
            whole = f"{parts.scheme}://{parts.netloc}"
            if origin != "*" and (parts.scheme not in {"http", "https"} or origin != whole):
                raise ValueError
        return origins

    def allowed(self) -> str:
        return _("addresses such as https://cars.example, separated by commas, or *")
