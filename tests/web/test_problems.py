"""Whatever goes wrong is a problem+json answer with a sentence."""

import logging
import time
from typing import Any

import httpx
import pytest

from tests.web.conftest import READER, STEERER, Serve, Served


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["title"]
    assert found["type"] == "about:blank"
    assert found["detail"].endswith(".")
    return found


def test_an_unknown_place(served: Served) -> None:
    assert "/nothing" in problem(served.get("/nothing"), 404)["detail"]
    problem(served.get("/things/"), 404)  # no redirect: where it would lead a token would follow


def test_a_wrong_method_says_which_is_right(served: Served) -> None:
    answer = httpx.delete(f"{served.url}/things", headers={"X-API-Key": READER})
    assert "DELETE" in problem(answer, 405)["detail"]
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("limit=abc", "limit", "'abc' was given, allowed is a whole number"),
        ("limit=0", "limit", "1 or more"),
        ("limit=101", "limit", "100 or less"),
        ("size=huge", "size", "small or large"),
        ("lmit=5", "lmit", "There is no parameter lmit here."),
        ("limit=5&limit=6", "limit", "5, 6 was given, allowed is one value"),
    ],
)
def test_a_wrong_parameter_is_named(served: Served, query: str, parameter: str, words: str) -> None:
    found = problem(served.get(f"/things?{query}"), 422)
    assert words in found["detail"]
    assert found["errors"][0]["parameter"] == parameter
    assert found["errors"][0]["in"] == "query"


def test_lists_may_be_given_several_times(served: Served) -> None:
    answer = served.get("/things?name=a&name=b")
    assert answer.json()["name"] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "size is missing"),
        ({"size": "small", "clour": "red"}, "There is no parameter clour here."),
        ({"size": "small", "count": "many"}, "count: 'many' was given"),
        ([], "a JSON object"),
    ],
)
def test_a_wrong_body_is_explained(served: Served, body: object, words: str) -> None:
    assert words in problem(served.post("/things", body), 422)["detail"]


def test_a_body_that_is_no_json(served: Served) -> None:
    answer = httpx.post(
        f"{served.url}/things",
        content=b"{nonsense",
        headers={"X-API-Key": STEERER, "Content-Type": "application/json"},
    )
    problem(answer, 422)


def test_a_problem_carries_what_the_route_gave(served: Served) -> None:
    assert problem(served.get("/busy"), 409)["who"] == "process 7"


def test_trouble_around_us_is_503_with_what_to_do(served: Served) -> None:
    answer = served.get("/away")
    assert problem(answer, 503)["hint"] == "Bring it back."
    assert answer.headers["retry-after"]


def test_a_bug_tells_nothing_and_is_logged_without_secrets(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert "abcdefgh" not in str(problem(served.get("/broken"), 500))
        while "ZeroDivisionError" not in caplog.text:  # logged after the answer, in its own thread
            time.sleep(0.01)
    assert READER not in caplog.text


def test_openapi_tells_of_problems(served: Served) -> None:
    schema = served.get("/openapi.json").json()
    refused = schema["paths"]["/things"]["get"]["responses"]["422"]["content"]
    assert list(refused) == ["application/problem+json"]
    assert "Problem" in schema["components"]["schemas"]


def test_an_unreadable_store_of_tokens_is_503(serve: Serve) -> None:
    with serve() as served:
        served.tokens.away = True
        assert problem(served.get("/things"), 503)["detail"] == "The store is away."
        assert served.get("/health", token=None).status_code == 200
