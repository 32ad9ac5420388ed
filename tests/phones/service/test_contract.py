"""schemathesis over the whole description of the running program."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.phones.datamaster.demo.server import DemoServer
from tests.phones.service.conftest import PATIENCE, Serve

StartApi = Callable[..., DemoServer]

FULL = os.environ.get("TORTURE") == "full"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_schemathesis_finds_nothing(api: StartApi, serve: Serve, tmp_path: Path) -> None:
    """Bound to all addresses, so that everything but /health needs its token. /events never ends
    and is left to the other tests; a wrong question to it is in `test_events`."""
    served = serve(api("--clients 3 --projects 6 --records 300"), SERVICE_HTTP="0.0.0.0:0")
    url = served.client.url.replace("0.0.0.0", "127.0.0.1")
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{url}/openapi.json",
            "--header", f"Authorization: Bearer {served.client.token}",
            "--exclude-path", "/events", "--checks", "all", "--rate-limit", "550/m",
            "--request-timeout", str(PATIENCE), "--max-examples", "100" if FULL else "10",
            *([] if FULL else ["--generation-deterministic"]),
        ],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=850, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested: 11" in done.stdout
