"""What answers mean that are no success, and how long they ask us to wait."""

import contextlib
import json
import time
import traceback
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from typing import Any

import pytest

from core.asking.retry_after import retry_after
from core.asking.troubles import (
    BrokenAnswer,
    Reason,
    Refused,
    TemporaryTrouble,
    TokenRejected,
    UpstreamError,
)
from core.phones import wording
from core.phones.datamaster.api import DataMasterSource
from tests.phones.datamaster.scripted_server import ScriptedServer, answer

TOKEN = "marker-token-5d1f"


def error_of(body: object, status: str = "200 OK", *headers: str, command: str) -> UpstreamError:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    with (
        ScriptedServer(answer(data, status, *headers)) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN)) as source,
    ):
        session = source.open_session()
        ask = session.clients if command == "clients" else partial(session.projects, 100001)
        with pytest.raises(UpstreamError) as caught:
            ask()
    return caught.value


def saying(text: str, command: str = "gck_projects") -> UpstreamError:
    return error_of({"status": "error", "error": text}, command=command)


@pytest.mark.parametrize(
    "text",
    [
        "Invalid token",
        "Token expired",
        "Wrong API key",
        "Unauthorized",
        "Неверный токен",
        "Токен не найден",
        "Ошибка авторизации",
        "Требуется авторизация",
        "Срок действия токена истёк",
        "Недействительный API ключ",
    ],
)
@pytest.mark.parametrize("command", ["clients", "gck_projects"])
def test_a_rejected_token(text: str, command: str) -> None:
    error = saying(text, command)
    assert type(error) is TokenRejected
    assert (error.reason, error.detail) == (Reason.TOKEN_REJECTED, text)


@pytest.mark.parametrize(
    "text",
    [
        "IP address 192.0.2.7 is not authorized",
        "Unauthorized IP",
        "Token is not valid for this IP address",
        "Доступ с вашего IP-адреса запрещён, токен не принят",
    ],
)
@pytest.mark.parametrize("command", ["clients", "gck_projects"])
def test_an_address_that_is_not_allowed_is_no_wrong_token(text: str, command: str) -> None:
    error = saying(text, command)
    assert type(error) is Refused
    assert error.reason is Reason.REFUSED


def test_a_firewall_names_no_token() -> None:
    """Its page is shown as what it is, with what can be done, and not as a wrong token."""
    error = error_of("<html>Forbidden</html>", "403 Forbidden", command="clients")
    assert type(error) is Refused
    assert "address" in wording.advice(error.reason, error.detail)
    assert "address" in wording.advice_for_test(error.reason)


@pytest.mark.parametrize(
    "text",
    [
        "Database connection failed",
        "SQLSTATE[HY000] [2002] Connection refused",
        "Ошибка базы данных",
    ],
)
def test_a_database_in_trouble_is_a_server_in_trouble(text: str) -> None:
    error = saying(text, "clients")
    assert type(error) is TemporaryTrouble
    assert error.reason is Reason.SERVER_ERROR


@pytest.mark.parametrize(
    "text",
    ["User not found", "Access denied", "Проект token-sale.рф удалён", "Клиент не найден", "нет"],
)
def test_a_refusal_of_one_item(text: str) -> None:
    error = saying(text)
    assert type(error) is Refused
    assert (error.reason, error.detail) == (Reason.REFUSED, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Too many requests", Reason.TOO_MANY_REQUESTS),
        ("API rate limit reached for this token", Reason.TOO_MANY_REQUESTS),
        ("Invalid request: rate limit exceeded for token", Reason.TOO_MANY_REQUESTS),
        ("Слишком много запросов", Reason.TOO_MANY_REQUESTS),
        ("Превышен лимит запросов", Reason.TOO_MANY_REQUESTS),
        ("Internal error, try again later", Reason.SERVER_ERROR),
        ("Сервис временно недоступен", Reason.SERVER_ERROR),
        ("Попробуйте позже", Reason.SERVER_ERROR),
        ("Повторите попытку через минуту", Reason.SERVER_ERROR),
        ("MySQL server has gone away", Reason.SERVER_ERROR),
    ],
)
@pytest.mark.parametrize("command", ["clients", "gck_projects"])
def test_temporary_trouble_in_words(text: str, reason: Reason, command: str) -> None:
    error = saying(text, command)
    assert type(error) is TemporaryTrouble
    assert (error.reason, error.detail, error.wait) == (reason, text, None)


@pytest.mark.parametrize(
    "body",
    [{"status": "error"}, {"result": []}, {"status": "ok", "result": []}, {"status": True}, {}],
)
def test_no_success_and_no_words(body: Any) -> None:
    error = error_of(body, command="clients")
    assert type(error) is BrokenAnswer
    assert error.reason is Reason.UNKNOWN_SHAPE


@pytest.mark.parametrize(
    ("status", "command", "kind", "reason", "detail"),
    [
        ("429 Too Many", "clients", TemporaryTrouble, Reason.TOO_MANY_REQUESTS, ""),
        ("500 Oops", "clients", TemporaryTrouble, Reason.SERVER_ERROR, "500"),
        ("503 Busy", "clients", TemporaryTrouble, Reason.SERVER_ERROR, "503"),
        ("599 Odd", "clients", TemporaryTrouble, Reason.SERVER_ERROR, "599"),
        ("408 Slow", "clients", TemporaryTrouble, Reason.SERVER_ERROR, "408"),
        ("401 No", "clients", TokenRejected, Reason.TOKEN_REJECTED, "401"),
        ("401 No", "gck_projects", TokenRejected, Reason.TOKEN_REJECTED, "401"),
        ("403 No", "clients", Refused, Reason.REFUSED, "HTTP 403"),
        ("403 No", "gck_projects", Refused, Reason.REFUSED, "HTTP 403"),
        ("404 Not Found", "clients", Refused, Reason.REFUSED, "HTTP 404"),
        ("418 Teapot", "gck_projects", Refused, Reason.REFUSED, "HTTP 418"),
    ],
)
@pytest.mark.parametrize("body", [b"<html>no</html>", b"", b'{"result":[]}'])
def test_statuses(
    status: str, command: str, kind: type, reason: Reason, detail: str, body: bytes
) -> None:
    error = error_of(body, status, command=command)
    assert (type(error), error.reason, error.detail) == (kind, reason, detail)


def test_a_status_with_words() -> None:
    words = {"status": "error", "message": {"message": "Токен недействителен"}}
    for status in ("400 Bad", "401 No", "403 No", "404 No"):
        error = error_of(words, status, command="gck_projects")
        assert (type(error), error.detail) == (TokenRejected, "Токен недействителен")
    error = error_of({"error": "No such project"}, "404 No", command="gck_projects")
    assert (type(error), error.detail) == (Refused, "No such project")


@pytest.mark.parametrize("status", ["429 Too Many", "503 Busy"])
def test_the_wait_that_was_asked_for(status: str) -> None:
    error = error_of(b"", status, "Retry-After: 17", command="clients")
    assert isinstance(error, TemporaryTrouble)
    assert error.wait == 17


def test_of_two_waits_the_longest_counts() -> None:
    headers = ("Retry-After: 1", "Retry-After: 6")
    error = error_of(b"", "429 Too Many", *headers, command="clients")
    assert isinstance(error, TemporaryTrouble)
    assert error.wait == 6


def test_the_wait_is_obeyed_where_the_error_is_in_words() -> None:
    words = {"status": "error", "error": "Too many requests"}
    error = error_of(words, "200 OK", "Retry-After: 5", command="clients")
    assert isinstance(error, TemporaryTrouble)
    assert error.wait == 5


HTTP_DATE = "Fri, 05 Sep 2031 10:30:05 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 120 "}, 120),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "7200"}, 7200),
        ({"Retry-After": "99999999999"}, 86400),
        ({"Retry-After": "inf"}, 86400),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Fri, 99 Sep 2031"}, None),
        # The server's clock counts, however wrong it or ours is.
        ({"Retry-After": HTTP_DATE, "Date": "Fri, 05 Sep 2031 10:29:00 GMT"}, 65),
        ({"Retry-After": HTTP_DATE, "Date": "Fri, 05 Sep 2031 10:31:00 GMT"}, 0),
        ({"Retry-After": HTTP_DATE, "Date": "nonsense"}, 86400),
        ({"Retry-After": "Mon, 05 Sep 2011 10:30:05 GMT"}, 0),
        # Sent twice, and joined by the HTTP library: the longest counts.
        ({"Retry-After": "1, 6"}, 6),
        ({"Retry-After": f"70, {HTTP_DATE}", "Date": "Fri, 05 Sep 2031 10:29:00 GMT"}, 70),
        ({"Retry-After": f"{HTTP_DATE}, 7", "Date": "Fri, 05 Sep 2031 10:29:00 GMT"}, 65),
        ({"Retry-After": "soon, 3"}, 3),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_servers_clock_is_never_too_short() -> None:
    wait = retry_after({"Retry-After": formatdate(time.time() + 30, usegmt=True)})
    assert wait is not None
    assert 30 <= wait <= 31


# Secrets


def test_the_servers_words_are_cut_and_masked() -> None:
    error = saying(
        f"Bad thing with {TOKEN} and +7 (907) 123-45-67,\r\n79071234567\x00" + "x" * 9999
    )
    assert type(error) is Refused
    assert error.detail.startswith("Bad thing with ••• and +7907•••4567, 7907•••4567 xxx")
    assert len(error.detail) <= 300


@pytest.mark.parametrize(
    "script", [answer(b"oops"), answer(b"{}", "500 Oops"), answer(b"{", length=9)]
)
def test_the_token_is_in_no_traceback(
    script: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    with (
        ScriptedServer(script) as server,
        contextlib.closing(DataMasterSource(server.url, TOKEN, 0.2)) as source,
    ):
        session = source.open_session()
        try:
            session.page(1, 1, "2023-09-05")
        except UpstreamError as error:
            shown = traceback.TracebackException.from_exception(error, capture_locals=True)
            text = "".join(shown.format())
        assert TOKEN.encode() in server.requests[0]
    assert "secret bytes" in text or "Transport.post" not in text
    out, err = capfd.readouterr()
    for place in (text, repr(session), repr(source), caplog.text, out, err, repr(vars(session))):
        assert TOKEN not in place


@pytest.mark.parametrize("spell", [str.upper, lambda token: token.replace("-", "%2d")])
def test_a_token_is_hidden_however_the_server_spells_it(spell: Callable[[str], str]) -> None:
    words = f"Bad thing with {spell(TOKEN)} in it"
    error = error_of({"status": "error", "error": words}, command="gck_projects")
    assert error.detail == "Bad thing with ••• in it"
