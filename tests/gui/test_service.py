"""The window and the service in one process: one collector, seen and steered from both sides."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from core.phones.program import demo_server
from core.phones.storage.tokens import SCOPES, PhonesTokens
from core.web.tokens import digest, new_token
from tests.gui.conftest import Stage

pytestmark = [pytest.mark.gui, pytest.mark.slow]


def aside(stage: Stage, work: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, asked for by another thread while the window lives."""
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    stage.until(lambda: not thread.is_alive())
    return answers[0]


def test_one_collector_for_both(stage: Stage) -> None:
    server = demo_server(stage.home / "nowhere.db", "--clients 4 --projects 20 --records 2000")
    server.start()
    try:
        database = stage.home / "data" / "phones.db"
        token = new_token()
        PhonesTokens(database).add(digest(token), "test", SCOPES, None)
        window = stage.open(
            demo=False,
            DATAMASTER_API_URL=server.url,
            DATAMASTER_API_TOKEN=server.token,
            DATAMASTER_KEYRING="off",
            RATE_LIMIT_DELAY="0.05",
            SERVICE_HTTP="127.0.0.1:0",
        )
        service = window.session.program.service
        stage.until(lambda: service.address)
        url, headers = service.address.url, {"X-API-Key": token}

        def post(path: str, body: object = None) -> httpx.Response:
            return aside(
                stage,
                lambda: httpx.post(f"{url}{path}", json=body, headers=headers, timeout=60),
            )

        # Started over HTTP, seen and stopped in the window.
        assert post("/runs", {"mode": "full"}).status_code == 202
        stage.until(lambda: window.run.active)
        assert post("/runs", {}).status_code == 409
        window.session.program.collector.stop()
        assert stage.finish_run().status == "stopped"
        # Continued over HTTP; what the window shows is what is answered.
        assert post("/runs/continue").status_code == 202
        stage.until(lambda: window.run.active)
        finished: Any = stage.finish_run()
        assert finished.status == "completed"
        told = aside(stage, lambda: httpx.get(f"{url}/runs/1", headers=headers, timeout=60)).json()
        assert told["total_phones"] == finished.totals.valid
        assert told["new_phones"] == finished.totals.new
    finally:
        stage.closed()
        server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health")


def test_an_address_that_is_taken_is_told_in_the_window(stage: Stage) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        told: list[Exception] = []
        window = stage.open(demo=False, DATAMASTER_KEYRING="off")
        window.show_error = told.append
        window.session.program.use(
            _with_address(window.session.program.settings, other.getsockname()[1])
        )
        window.session.attend()
        stage.until(lambda: told)
    assert "SERVICE_HTTP" in str(told[0])


def _with_address(settings: Any, port: int) -> Any:
    from dataclasses import replace

    return replace(settings, service_http=("127.0.0.1", port))
