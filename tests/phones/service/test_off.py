"""Off, it costs nothing: nothing of it is loaded, nothing listens, no event is looked at."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from core.errors import SettingsError
from core.phones.collector import Collector
from core.phones.program import open_program
from core.phones.service_switch import ServiceSwitch
from tests.phones.cli.conftest import ROOT, Installation

Install = Callable[..., Installation]

SERVERS = (
    "fastapi",
    "starlette",
    "uvicorn",
    "uvloop",
    "httptools",
    "pydantic",
    "limits",
    "prometheus_client",
)


def test_nothing_is_loaded_where_nobody_serves(install: Install) -> None:
    """By a whole run in the demo, as by opening the program."""
    code = (
        "import sys\n"
        "from core.phones.cli.running import execute_run\n"
        "from core.phones.run_request import RunRequest\n"
        "assert execute_run(RunRequest(), demo=True) == 0\n"
        "from devtools.exe_contents import is_packed\n"
        f"loaded = [name for name in {SERVERS!r} if name in sys.modules]\n"
        "loaded += [n for n in sys.modules if n.startswith('core.') and not is_packed(n)]\n"
        "print(loaded)\n"
    )
    home = install(None, DATAMASTER_DEMO="--clients 2 --projects 4 --records 100")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=home.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_missing_packages_are_told_in_a_sentence(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = install(None, SERVICE_HTTP="127.0.0.1:0")
    program = open_program(environ=home.environment)
    try:
        monkeypatch.setitem(sys.modules, "core.phones.service.service", None)
        with pytest.raises(SettingsError) as told:
            program.serve_http()
        assert "SERVICE_HTTP" in told.value.message
        assert "setup --server" in told.value.hint
        assert program.service.address is None
    finally:
        program.close()


def test_a_taken_address_is_told_and_the_program_ends(install: Install) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        home = install(None, SERVICE_HTTP=f"127.0.0.1:{other.getsockname()[1]}",
                       DATAMASTER_API_TOKEN="x" * 8)  # fmt: skip
        done = home.run("serve")
    assert done.returncode == 2
    assert "answers at" in done.stderr
    assert "SERVICE_HTTP" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_can_be_switched_on_over_and_off(install: Install) -> None:
    from dataclasses import replace

    import httpx

    home = install(None)
    program = open_program(environ=home.environment)
    try:
        program.serve_http()
        assert program.service.address is None
        program.use(replace(program.settings, service_http=("127.0.0.1", 0)))
        program.serve_http()
        first = program.service.address
        assert first is not None
        assert httpx.get(f"{first.url}/health").status_code == 200
        program.serve_http()
        assert program.service.address is first  # nothing changed
        program.use(replace(program.settings, service_http=None))
        program.serve_http()
        assert program.service.address is None
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{first.url}/health")
    finally:
        program.close()
    assert isinstance(program.service, ServiceSwitch)
    assert isinstance(program.collector, Collector)
