"""What an answer means that is no success: its status, its headers, the server's own words."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.asking.retry_after import retry_after
from core.asking.secret import Token
from core.asking.troubles import (
    BrokenAnswer,
    Reason,
    Refused,
    TemporaryTrouble,
    TokenRejected,
    UpstreamError,
)
from core.logs.masking import mask_numbers
from core.phones.datamaster.answers import clean, document, error_text

MAX_WORDS = 300

_TOKEN = re.compile(
    r"token|токен|api.?key|api.?ключ|ключ\w* api|unauthori[sz]ed|not authori[sz]ed"
    r"|not authenticated|авториз|аутентиф",
    re.IGNORECASE,
)
_NOT_ACCEPTED = re.compile(
    r"invalid|wrong|bad|incorrect|expired|revoked|missing|required|unknown|denied|disabled|blocked"
    r"|not (?:found|valid|accepted|active|authori[sz]ed|authenticated)|unauthori[sz]ed"
    r"|невер|недейств|неправ|некоррект|ист[её]к|просроч|отозван|отсутств|требуется|неизвест"
    r"|заблок|отключ|не (?:найден|действ|указан|передан|авториз|прин)|ошибка (?:авториз|аутентиф)",
    re.IGNORECASE,
)
# It is not the token that is wrong where it may not be used from here.
_ADDRESS = re.compile(
    r"\bip\b|\bip.?v?[46]?.?address|\baddress\b|firewall|адрес|брандмауэр", re.IGNORECASE
)
_TOO_MANY = re.compile(
    r"too many|rate.?limit|limit (?:is )?exceeded|exceeded .{0,20}limit|quota|throttl|flood"
    r"|слишком (?:много|часто)|превыш\w* .{0,20}(?:лимит|числ|колич)|лимит \w* ?(?:запрос|превыш)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"try (?:it )?(?:again )?(?:later|again)|retry later|temporar|maintenance|overload|timed? ?out"
    r"|internal (?:server )?error|unavailable|deadlock|gone away|too busy|server is busy"
    r"|sqlstate|database (?:\w+ )?(?:connection|error|failed|failure)|connection to the database"
    r"|(?:could not|cannot|can't|failed to|unable to) connect|баз\w+ данных"
    r"|попробуйте (?:позже|ещ[её])|повторите (?:\w+ )?(?:позже|попытку)|временно|внутренняя ошибка"
    r"|технические работы|недоступ(?:ен|на|но)\b.*позже|перегруж",
    re.IGNORECASE,
)


def refusal_by_status(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    token: Token,
    *,
    asks_nothing_special: bool,
) -> UpstreamError:
    """The error that an answer with a status other than 2xx stands for.

    `asks_nothing_special`: the request is one that every valid token may make, so a refusal of
    it in words about the token is one of the token. That is masked where the server repeats it.
    """
    wait = retry_after(headers)
    if status == 429:
        return TemporaryTrouble(Reason.TOO_MANY_REQUESTS, wait=wait)
    if status >= 500 or status in (408, 425):
        return TemporaryTrouble(Reason.SERVER_ERROR, str(status), wait)
    if 300 <= status < 400:
        # Perhaps a hotel's log-in page: worth trying again.
        return BrokenAnswer(Reason.REDIRECTED, _host(headers.get("Location", "")))
    try:
        answer = document(body)
    except BrokenAnswer:
        answer = {}
    if status == 401:
        return TokenRejected(
            Reason.TOKEN_REJECTED, _shown(error_text(answer), token) or str(status)
        )
    if error_text(answer):
        return refusal_by_words(answer, headers, token, asks_nothing_special=asks_nothing_special)
    return Refused(Reason.REFUSED, f"HTTP {status}")


def refusal_by_words(
    answer: dict[str, Any], headers: Mapping[str, str], token: Token, *, asks_nothing_special: bool
) -> UpstreamError:
    """The error that an answer without "status": "success" stands for, by what it says."""
    words = _shown(error_text(answer), token)
    if not words:
        return BrokenAnswer(Reason.UNKNOWN_SHAPE, "no success and no error text")
    if _TOO_MANY.search(words):
        return TemporaryTrouble(Reason.TOO_MANY_REQUESTS, words, retry_after(headers))
    of_token = _TOKEN.search(words) and not _ADDRESS.search(words)
    if of_token and (asks_nothing_special or _NOT_ACCEPTED.search(words)):
        return TokenRejected(Reason.TOKEN_REJECTED, words)
    if _LATER.search(words):
        return TemporaryTrouble(Reason.SERVER_ERROR, words, retry_after(headers))
    return Refused(Reason.REFUSED, words)


def _shown(words: str, token: Token) -> str:
    """The server's words as they may be kept and shown."""
    return mask_numbers(clean(token.hidden_in(words), MAX_WORDS))


def _host(location: str) -> str:
    try:
        return clean(urlsplit(location).hostname or "", MAX_WORDS)
    except ValueError:
        return ""
