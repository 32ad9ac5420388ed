"""Errors, tokens, limits, headers: what a front end meets besides listings."""

import gzip
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest
import requests

from core.cars.api.tokens import FIRST_TOKENS, CarsTokens
from core.web.tokens import digest
from tests.cars.api.conftest import TOKEN, Api, Cars, Serve

MEDIA_TYPE = "application/problem+json"


@pytest.fixture
def api(cars: Cars, serve: Serve) -> Api:
    cars.fill(30)
    return serve(cars)


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("markk=toyota", "markk", "There is no parameter markk here."),
        ("year_from=new", "year_from", "'new' was given, allowed is a whole number"),
        ("year_from=-1", "year_from", "0 or more"),
        ("price_to=99999999999", "price_to", "or less"),
        ("limit=101", "limit", "100 or less"),
        ("limit=0", "limit", "1 or more"),
        ("sort=-color", "sort", "-updated_at"),
        ("page=0", "page", "1 or more"),
        ("page=5001&limit=20", "page", "go on with a cursor"),
        ("cursor=xx", "cursor", "what meta.next_cursor gave"),
        ("cursor=WyJwcmljZSIsMSwiMSJd&page=2", "cursor", "not both"),
        ("cursor=WyJwcmljZSIsMSwiMSJd", "cursor", "a cursor of the same sort, price"),
        ("is_dealer=perhaps", "is_dealer", "true or false"),
        ("updated_since=yesterday", "updated_since", "a time with its zone such as"),
        ("updated_since=2026-11-27T08:00:00", "updated_since", "allowed is"),
        ("mark=a&mark=b", "mark", "one value"),
        ("q=", "q", "not empty"),
        ("mark=" + ",".join(map(str, range(51))), "mark", "at most 50 values"),
        ("displacement_from=1e500", "displacement_from", "allowed is"),
    ],
)
def test_a_wrong_parameter_is_named(api: Api, query: str, parameter: str, said: str) -> None:
    answer = api.get(f"/offers?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert problem["errors"][0]["parameter"] == parameter
    assert said in problem["detail"]


def test_nothing_is_answered_without_a_token_but_health_and_docs(api: Api) -> None:
    for path in ("/offers", "/offers/50000001", "/filters", "/stats", "/changes"):
        answer = requests.get(api.url + path, timeout=60)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert "Authorization" in answer.json()["detail"]
    for path in ("/health", "/docs", "/openapi.json"):
        assert requests.get(api.url + path, timeout=60).status_code == 200
    assert "50000" not in requests.get(f"{api.url}/health", timeout=60).text


def test_both_headers_carry_a_token(api: Api) -> None:
    answer = requests.get(f"{api.url}/stats", headers={"X-API-Key": TOKEN}, timeout=60)
    assert answer.status_code == 200


def test_the_first_tokens_are_made_once_and_kept_as_hashes(cars: Cars) -> None:
    book = CarsTokens(cars.engine, cars.place)
    assert book.make_first() == []  # there is one already
    book.revoke(book.all()[0].id)
    tokens = book.make_first()
    assert len(set(tokens)) == FIRST_TOKENS
    assert all(len(token) == 16 and token.isalnum() for token in tokens)
    assert book.make_first() == []
    with cars.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT token FROM api_tokens").scalars().all()
    assert set(stored) == {digest(token) for token in tokens}


def test_a_revoked_token_is_dead_within_seconds(api: Api, cars: Cars) -> None:
    assert api.get("/stats").status_code == 200
    book = CarsTokens(cars.engine, cars.place)
    assert book.revoke(book.all()[0].id)
    began = datetime.now(UTC)
    while api.get("/stats").status_code == 200:
        assert datetime.now(UTC) - began < timedelta(seconds=10)
    assert api.get("/stats").status_code == 401


def test_an_expired_token_is_refused_and_the_last_use_is_noted(api: Api, cars: Cars) -> None:
    book = CarsTokens(cars.engine, cars.place)
    book.add(digest("Expired000000000"), "", (), datetime.now(UTC) - timedelta(seconds=1))
    headers = {"X-API-Key": "Expired000000000"}
    assert requests.get(f"{api.url}/stats", headers=headers, timeout=60).status_code == 401
    assert api.get("/stats").status_code == 200
    used = {token.description: token.last_used_at for token in book.all()}
    assert used["tests"] is not None
    assert used[""] is None


def test_each_token_has_the_same_limit_of_its_own(
    cars: Cars, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    other = "Zyxwvu9876543210"
    CarsTokens(cars.engine, cars.place).add(digest(other), "other", (), None)
    api = serve(cars, rate=5)
    with caplog.at_level(logging.WARNING):
        for token in (TOKEN, other):
            headers = {"X-API-Key": token, "Authorization": ""}
            answers = [
                requests.get(f"{api.url}/stats", headers=headers, timeout=60) for _ in range(6)
            ]
            assert [answer.status_code for answer in answers] == [200] * 5 + [429]
            assert answers[0].headers["RateLimit-Limit"] == "5"
            assert answers[0].headers["RateLimit-Remaining"] == "4"
            assert 1 <= int(answers[5].headers["Retry-After"]) <= 60
            assert answers[5].headers["content-type"] == MEDIA_TYPE
    assert "more than 5 requests a minute" in caplog.text
    assert TOKEN not in caplog.text
    assert other not in caplog.text


def test_no_token_stands_in_a_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        api.get("/offers?limit=1")
        requests.get(f"{api.url}/offers", headers={"X-API-Key": "WrongToken123456"}, timeout=60)
    assert "GET /offers" in caplog.text
    assert TOKEN not in caplog.text
    assert "WrongToken123456" not in caplog.text


def test_what_did_not_change_costs_nothing(api: Api, cars: Cars) -> None:
    first = api.get("/offers")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = api.session.get(f"{api.url}/offers", headers=tag, timeout=60)
    assert (again.status_code, again.content) == (304, b"")
    changed = dict(cars.on_sale[0])
    changed["updated_at"] = datetime.now(UTC)
    cars.put([changed])
    assert api.session.get(f"{api.url}/offers", headers=tag, timeout=60).status_code == 200


def test_large_answers_are_zipped(api: Api) -> None:
    headers = {"Accept-Encoding": "gzip"}
    answer = api.session.get(f"{api.url}/offers", headers=headers, stream=True, timeout=60)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.raw.read(decode_content=False)).startswith(b'{"result"')


def test_pages_of_named_sites_may_ask(cars: Cars, serve: Serve) -> None:
    api = serve(cars, origins=("https://cars.example",))
    asked = {"Origin": "https://cars.example", "Access-Control-Request-Method": "GET"}
    before = requests.options(f"{api.url}/offers", headers=asked, timeout=60)
    assert before.status_code == 200  # a browser sends no token with it
    assert before.headers["Access-Control-Allow-Origin"] == "https://cars.example"
    asked["Origin"] = "https://other.example"
    refused = requests.options(f"{api.url}/offers", headers=asked, timeout=60)
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_ends_in_time_with_connections_open(api: Api) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        api.server.stop()
        assert api.server.wait(0.1)
