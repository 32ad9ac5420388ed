"""schemathesis over the whole description of the running program."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from core.phones.datamaster.demo.server import DemoServer
from core.phones.service.events import EventHub
from tests.phones.service.conftest import PATIENCE, Serve

StartApi = Callable[..., DemoServer]

FULL = os.environ.get("TORTURE") == "full"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_schemathesis_finds_nothing(
    api: StartApi, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bound to all addresses, so that everything but /health needs its token. /events, which else
    never ends, ends here after its first event."""
    monkeypatch.setattr(EventHub, "stream", _first_event)
    served = serve(api("--clients 3 --projects 6 --records 300"), SERVICE_HTTP="0.0.0.0:0")
    url = served.client.url.replace("0.0.0.0", "127.0.0.1")
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{url}/openapi.json",
            "--header", f"Authorization: Bearer {served.client.token}",
            "--checks", "all", "--rate-limit", "550/m",
            "--request-timeout", str(PATIENCE), "--max-examples", "100" if FULL else "10",
            *([] if FULL else ["--generation-deterministic"]),
        ],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=850, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested: 12" in done.stdout


_whole_stream = EventHub.stream


async def _first_event(events: EventHub) -> AsyncIterator[bytes]:
    async with aclosing(_whole_stream(events)) as stream:  # type: ignore[type-var]
        yield await anext(stream)
