"""Tokens, scopes, the rate of requests, and what is open without a token."""

import logging
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from core.web.tokens import StoredToken, TokenRegister, digest, new_token
from tests.web.conftest import READER, STEERER, Serve, Served, Tokens
from tests.web.test_problems import problem


def test_nothing_without_a_token(served: Served) -> None:
    for path in ("/things", "/nothing", "/broken"):
        answer = served.get(path, token=None)
        assert "token is missing" in problem(answer, 401)["detail"]
        assert answer.headers["www-authenticate"] == "Bearer"
    problem(served.get("/things", token="x" * 32), 401)
    assert served.get("/things").status_code == 200
    assert httpx.get(f"{served.url}/things", headers={"X-API-Key": READER}).status_code == 200


def test_a_wrong_scope_is_403_and_named(served: Served) -> None:
    refused = served.post("/things", {"size": "small"}, token=READER)
    assert "control" in problem(refused, 403)["detail"]
    assert served.post("/things", {"size": "small"}, token=STEERER).status_code == 202


def test_what_is_open_nearby_is_not_open_through_a_proxy(serve: Serve) -> None:
    with serve() as served:
        assert served.get("/metrics", token=None).status_code == 200
        forwarded = {"X-Forwarded-For": "203.0.113.7"}
        assert served.get("/metrics", token=None, **forwarded).status_code == 401
        assert served.get("/health", token=None, **forwarded).status_code == 200
    with serve(host="0.0.0.0") as served:
        port = served.port
        for path in ("/metrics", "/docs", "/openapi.json", "/things"):
            assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 401, path
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200


def test_a_body_is_not_read_before_the_token(served: Served) -> None:
    answer = served.post("/things", {"nonsense": True}, token=None)
    problem(answer, 401)


def test_too_many_requests(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    with serve(per_minute=3) as served, caplog.at_level(logging.WARNING):
        answers = [served.get("/things") for _ in range(5)]
        if answers[-1].status_code == 200:  # the minute turned in between
            answers = [served.get("/things") for _ in range(5)]
        assert answers[0].headers["ratelimit-limit"] == "3"
        spent = answers[-1]
        assert "3 requests" in problem(spent, 429)["detail"]
        assert 1 <= int(spent.headers["retry-after"]) <= 60
        assert spent.headers["ratelimit-remaining"] == "0"
        assert served.get("/things", token=STEERER).status_code == 200  # each has its own
        assert served.get("/health", token=None).status_code == 200
    lines = [record for record in caplog.records if "a minute" in record.getMessage()]
    assert 1 <= len(lines) <= 2
    assert "token 1" in lines[0].getMessage()


def test_trying_tokens_out_is_held_up_but_nobody_else(served: Served) -> None:
    statuses = {served.get("/things", token=new_token()).status_code for _ in range(70)}
    if 429 not in statuses:  # the minute turned in between
        statuses |= {served.get("/things", token=new_token()).status_code for _ in range(70)}
    assert statuses == {401, 429}
    assert served.get("/things").status_code == 200


def test_a_revoked_token_is_dead_at_once(served: Served) -> None:
    assert served.get("/things").status_code == 200
    del served.tokens.known[digest(READER)]
    problem(served.get("/things"), 401)


def test_an_expired_token(served: Served) -> None:
    served.tokens.known[digest(READER)] = StoredToken(
        1, scopes=frozenset({"read"}), expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )
    assert "expired" in problem(served.get("/things"), 401)["detail"]


def test_the_use_is_noted_once_a_minute_and_never_in_the_way(served: Served) -> None:
    for _ in range(5):
        served.get("/things")
    assert [token for token, _at in served.tokens.uses] == [1]
    served.tokens.read_only = True
    assert served.get("/things", token=STEERER).status_code == 200


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


async def _found(register: TokenRegister, token: str) -> bool:
    return await register.find(token) is not None


def test_what_is_remembered_is_forgotten_within_ten_seconds() -> None:
    import asyncio

    async def story() -> None:
        tokens, clock = Tokens(), Hand()
        register = TokenRegister(tokens, 60.0, clock.monotonic)
        assert await _found(register, READER)
        del tokens.known[digest(READER)]
        clock.seconds = 9.0
        assert await _found(register, READER)
        assert tokens.asked == 1
        clock.seconds = 10.0
        assert not await _found(register, READER)

    asyncio.run(story())


def test_no_token_reaches_the_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        served.get(f"/things?token={READER}")
        served.get("/things")
        served.get("/things", token="wrong" + READER)
        deadline = time.monotonic() + 60
        while "GET /things: 401" not in caplog.text and time.monotonic() < deadline:
            time.sleep(0.01)
    # httpx, the client of this test, tells its own address.
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    texts = "\n".join(record.getMessage() for record in ours)
    assert "GET /things: 200" in texts
    assert READER not in texts


def test_tokens_are_random_letters_and_digits() -> None:
    made = {new_token(16) for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 16 and token.isalnum() and token.isascii() for token in made)
    assert digest("a") != digest("b")
